"""A litigation case of many invoices: ``make bench-case`` (500 invoices and 2,000 pieces).

On a database of its own it gathers the pieces of one debtor, gathers them again, computes the claim, and makes the PDF
and the ZIP twice: figures in seconds and statements, and whether both files came out the same.
"""

import argparse
import io
import resource
import subprocess
import sys
import time
from datetime import date
from functools import cache
from pathlib import Path

from bench import Opened

ROOT = Path(__file__).resolve().parent.parent
TODAY = date(2026, 11, 20)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--invoices", type=int, default=500)
    parser.add_argument("--keep", action="store_true", help="keep the database, and reuse the one kept")
    parser.add_argument("--measure", action="store_true", help=argparse.SUPPRESS)  # in a process of its own
    options = parser.parse_args()
    import env

    database = f"{env.PREFIX}_bench_case_{options.invoices}"
    if options.measure:
        measure(database, options.invoices)
        return
    if not (options.keep and env.exists(database)):
        env.clone(env.build_template(), database)
        command = [sys.executable, "-m", "ledger", "--database", database, "--open", str(options.invoices * 4)]
        subprocess.run([*command, "--today", TODAY.isoformat()], check=True, cwd=ROOT)
    command = [sys.executable, __file__, "--measure", "--invoices", str(options.invoices)]
    subprocess.run(command, check=True, cwd=ROOT)
    if not options.keep:
        env.drop(database)


def measure(database, count):
    with Opened(database, TODAY) as env:
        env = env(context={"tracking_disable": True})
        case, pieces = prepare(env, count)
        print(f"{count} invoices, {pieces} pieces to gather; memory {peak_mb():.0f} MB")
        shown(env, "gather", case.action_gather)
        shown(env, "gather again", case.action_gather)
        shape = {"name": {}, "piece_ids": {"fields": {"title": {}}, "limit": 80}}
        shown(env, "open the form", lambda: case.web_read(shape))
        if hasattr(case, "_statement"):
            shown(env, "compute the claim", lambda: case._statement(TODAY))
            shown(env, "draft the request", lambda: case._document_values(TODAY))
        first = shown(env, "make the PDF and the ZIP", lambda: case._bundle(case.piece_ids.sorted("number")))
        again = shown(env, "make them again", lambda: case._bundle(case.piece_ids.sorted("number")))
        same = "the same bytes" if first[1:] == again[1:] else "DIFFERENT BYTES"
        print(f"{first[0].pages} pages, PDF {len(first[1]) >> 20} MB, ZIP {len(first[2]) >> 20} MB: {same}")
        env.cr.rollback()


def shown(env, what, work):
    """Do it from a cold cache, and print what it took."""
    env.flush_all()
    env.invalidate_all()
    before, started = env.cr.sql_log_count, time.perf_counter()
    result = work()
    env.flush_all()
    seconds, statements = time.perf_counter() - started, env.cr.sql_log_count - before
    print(f"{what:<26} {seconds:7.2f} s {statements:6} statements  peak {peak_mb():.0f} MB", flush=True)
    return result


def prepare(env, count):
    """A case of that many invoices of one debtor, each with its PDF, an order, a delivery note and a message."""
    from odoo.tools import SQL

    moves = env["account.move"].search(
        [
            ("move_type", "=", "out_invoice"),
            ("state", "=", "posted"),
            ("amount_residual", ">", 0),
            ("invoice_date_due", "<", TODAY),
            ("company_id", "=", env.company.id),
            ("currency_id", "=", env.company.currency_id.id),
        ],
        limit=count,
    )
    if len(moves) < count:
        raise SystemExit(f"error: only {len(moves)} open invoices in this database")
    partner = moves[0].commercial_partner_id
    ids, one = tuple(moves.ids), partner.id
    # In SQL: Odoo refuses to change the customer of posted invoices, as it should.
    env.cr.execute(
        SQL("UPDATE account_move SET partner_id = %s, commercial_partner_id = %s WHERE id IN %s", one, one, ids)
    )
    env.cr.execute(SQL("UPDATE account_move_line SET partner_id = %s WHERE move_id IN %s", one, ids))
    env.invalidate_all()
    debtor = env["recouvrement.debtor"].search([("partner_id", "=", partner.id), ("company_id", "=", env.company.id)])
    debtor = debtor or env["recouvrement.debtor"].create(
        {"partner_id": partner.id, "company_id": env.company.id, "debtor_type": "professional", "type_confirmed": True}
    )
    attach(env, moves)
    write(env, moves, partner)
    return env["recouvrement.case"]._open(debtor, moves), 4 * count


def attach(env, moves):
    values = []
    for move in moves:
        about = {"res_model": "account.move", "res_id": move.id}
        for kind, field in (("Facture", "invoice_pdf_report_file"), ("Commande", False), ("BL", False)):
            text = f"{kind} {move.name}"
            values.append({"name": f"{text}.pdf", "raw": sheet(text), "res_field": field, **about})
    env["ir.attachment"].create(values)


def write(env, moves, partner):
    comment = env.ref("mail.mt_comment").id
    env["mail.message"].create(
        [
            {
                "model": "account.move",
                "res_id": move.id,
                "message_type": "email",
                "subtype_id": comment,
                "author_id": partner.id,
                "subject": f"Facture {move.name}",
                "body": "<p>Nous traitons votre demande.</p>",
            }
            for move in moves
        ]
    )


def sheet(text):
    """A page of a usual weight: some lines and a picture shared by all."""
    from reportlab.lib.utils import ImageReader
    from reportlab.pdfgen.canvas import Canvas

    out = io.BytesIO()
    canvas = Canvas(out, invariant=1)
    canvas.drawImage(ImageReader(logo()), 60, 740, 90, 45)
    for line in range(40):
        canvas.drawString(60, 700 - 14 * line, f"{text} – ligne {line}")
    canvas.save()
    return out.getvalue()


@cache
def logo():
    from PIL import Image

    return Image.linear_gradient("L").resize((360, 180))


def peak_mb():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main()
