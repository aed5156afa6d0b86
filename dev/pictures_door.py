"""The pictures of docs/porte-du-debiteur.md: ``make pictures-door``.

The debtor's page as a debtor of the demonstration sees it, on a desk and on a phone, with each of its forms open, the
payment, the schedule, the receipt and the formal notice that bears its codes. On a copy of the demonstration, dropped
afterwards; few colours, so that each picture stays under 100 kB. Console errors are told at the end, and are a failure.
"""

import argparse
import base64
import io
import os
import subprocess
import sys
import warnings
from datetime import timedelta
from pathlib import Path

import env
import machine
from devtools import Browser, Failed
from pictures import Server
from PIL import Image

FOLDER = env.ROOT / "docs" / "porte"
SIZES = {"bureau": (1000, 900), "telephone": (390, 844)}
LARGEST = 100_000  # bytes of a picture
ACTS = {  # the French name of the picture of each form
    "paid": "deja-paye",
    "promise": "promesse",
    "dispute": "contestation",
    "plan": "delai",
    "message": "message",
    "contact": "autre-interlocuteur",
    "email": "e-mails",
    "sms": "sms",
}
# A debtor with a bit of everything, of few invoices: what fits a picture.
CHOSEN = """
    SELECT d.id FROM recouvrement_debtor d
     WHERE d.overdue_amount > 0
       AND EXISTS (SELECT 1 FROM recouvrement_accessory a WHERE a.debtor_id = d.id AND a.state = 'claimed')
       AND EXISTS (SELECT 1 FROM recouvrement_reminder r JOIN recouvrement_level l ON l.id = r.level_id
                    WHERE r.debtor_id = d.id AND r.state = 'sent' AND l.kind = 'formal_notice')
       AND EXISTS (SELECT 1 FROM account_payment p WHERE p.partner_id = d.partner_id)
       AND NOT EXISTS (SELECT 1 FROM recouvrement_insolvency i WHERE i.debtor_id = d.id)
  ORDER BY d.overdue_amount LIMIT 1
"""


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, default=FOLDER)
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    database = f"{env.DEMO}_door"
    env.clone(env.DEMO, database)
    try:
        prepared = prepare(database, options.folder)
        with Server(database) as server, Browser(machine.browser(), timeout=600) as page:
            for words, size in SIZES.items():
                page.size(*size, phone=words == "telephone")
                Pictures(page, f"{server.url}{prepared['path']}", prepared, options.folder, words).walk()
            errors = [error for error in page.errors if "422" not in error]  # a form refused is one of the pictures
    finally:
        env.drop(database)
    for error in errors:
        print(f"console: {error[:600]}", file=sys.stderr)
    return bool(errors)


def prepare(database, folder):
    """The door of the demonstration opened, a link to it, and what is printed; the path of the page."""
    warnings.simplefilter("ignore")
    from odoo import SUPERUSER_ID, api
    from odoo.modules.registry import Registry
    from odoo.tools import config

    config.parse_config(["-c", os.environ["ODOO_RC"], "-d", database, "--log-level=error"])
    registry = Registry(database)
    with registry.cursor() as cr:
        env = api.Environment(cr, SUPERUSER_ID, {"lang": "fr_FR", "tz": "Europe/Paris"})
        cr.execute(CHOSEN)
        debtor = env["recouvrement.debtor"].browse(cr.fetchone()[0])
        env["recouvrement.policy"].search([]).write({"door": True, "door_plan": True, "door_plan_maximum": 0})
        provide(env, debtor.company_id)
        accesses = env["recouvrement.portal.access"]
        from odoo.addons.recouvrement_fr.tools import clock

        on = clock.today(env)
        token = accesses._make(debtor, on, 90)
        draw(notice(env, debtor, accesses._url(debtor, token)), folder / "mise-en-demeure", pages=2)
        receipt = env["recouvrement.document"].browse(debtor.action_receipt()["res_id"])
        draw(receipt.attachment_id.raw, folder / "quittance", pages=1)
        moves = debtor._overdue_moves()
        prepared = {"path": f"/rc/{token}", "first": (on + timedelta(days=10)).isoformat(), "moves": moves.ids}
        cr.commit()
    registry.delete(database)
    return prepared


def provide(env, company):
    """A payment provider that only pretends, published."""
    demo = env.ref("payment.payment_provider_demo")
    method = env["payment.method"].search([("code", "=", "demo"), ("active", "in", (True, False))], limit=1)
    method.active = True
    provider = demo if demo.company_id == company else demo.copy({"company_id": company.id})
    provider.write({"state": "test", "is_published": True, "payment_method_ids": [(6, 0, method.ids)]})


def notice(env, debtor, url):
    """Its last formal notice, with the codes that it has where the page is open."""
    reminder = env["recouvrement.reminder"].search(
        [("debtor_id", "=", debtor.id), ("state", "=", "sent"), ("level_id.kind", "=", "formal_notice")],
        order="id desc",
        limit=1,
    )
    letters, figures = env["recouvrement.letter"], reminder.figures
    payment = figures["payment"] | {"link": url, "sepa": letters._transfer_code(reminder, figures)}
    [content] = letters._render_pdf([{**figures, "payment": payment}])
    return content


class Pictures:
    """The page at one size of screen."""

    def __init__(self, page, base, prepared, folder, words):
        self.page, self.base, self.prepared, self.folder, self.words = page, base, prepared, folder, words

    def walk(self):
        self.open("")
        self.shot("compte", "main")
        for kind, name in ACTS.items():
            self.open("")
            self.page.run(f"document.getElementById('act-{kind}').open = true")
            self.shot(name, f"#act-{kind}")
        self.open("")
        self.shot("documents", "section[aria-labelledby=documents]")
        self.open(f"/plan?count=3&first={self.prepared['first']}")
        self.shot("echeancier", "main")
        self.open("?done=promise")
        self.shot("merci", ".done")
        self.open("/pay?m=all&amount=999999")
        self.shot("refus", "[role=alert]")
        self.open("/pay?m=late&penalties=1")
        self.page.until("document.querySelector('button[name=\"o_payment_submit_button\"]') !== null", 60)
        self.shot("paiement", "main")

    def open(self, path):
        self.page.open(f"{self.base}{path}")
        self.page.run("document.fonts.ready.then(() => true)")

    def shot(self, name, selector):
        """What that element shows, with a little around it; at most two screens of it."""
        box = self.page.run(
            f"(() => {{ const box = document.querySelector({selector!r}).getBoundingClientRect();"
            "return {x: box.x + scrollX, y: box.y + scrollY, width: box.width, height: box.height}; })()"
        )
        width, height = SIZES[self.words]
        top = max(box["y"] - 12, 0)
        clip = {"x": 0, "y": top, "width": width, "height": min(box["height"] + 24, 2 * height), "scale": 1}
        taken = self.page.ask("Page.captureScreenshot", format="png", captureBeyondViewport=True, clip=clip)
        keep(base64.b64decode(taken["data"]), self.folder / f"{name}-{self.words}.png")


def draw(content, name, pages):
    """The first pages of a PDF, a picture each."""
    for page in range(1, pages + 1):
        command = ["pdftoppm", "-r", "75", "-png", "-f", str(page), "-l", str(page), "-"]
        drawn = subprocess.run(command, input=content, check=True, capture_output=True).stdout
        keep(drawn, Path(f"{name}-{page}.png" if pages > 1 else f"{name}.png"))


def keep(content, file):
    """A picture of few colours, which text and lines need.

    :raises Failed: it is larger than a page of documentation should load
    """
    image = Image.open(io.BytesIO(content)).convert("RGB")
    image.quantize(32, dither=Image.Dither.NONE).save(file, "PNG", optimize=True)
    if file.stat().st_size >= LARGEST:
        raise Failed(f"{file.name} weighs {file.stat().st_size >> 10} kB")
    print(f"  {file.name} {file.stat().st_size >> 10} kB", flush=True)


if __name__ == "__main__":
    sys.exit(main())
