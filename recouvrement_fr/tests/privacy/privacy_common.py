import email
import email.policy
import io
import os
import re

from pypdf import PdfReader

from odoo.tools import SQL

from ..common import MONDAY
from ..sending.dispatch_common import DispatchCommon

NAME = "Zéphyrine Xylographe"
MARKS = {
    "name": NAME,
    "email": "zephyrine.xylographe@nulle-part.example",
    "phone": "+33 6 98 76 54 32",
    "street": "77 impasse des Ornithorynques",
    "iban": "FR7612345987650123456789014",
}
# As each may be written: in capitals, without accents, as it is dialled, in groups.
PATTERN = "|".join(
    (
        *("z[ée]phyrine", "xylographe", "ornithorynques", r"98[\s.-]?76[\s.-]?54[\s.-]?32"),
        r"FR76\s?1234\s?5987\s?6501\s?2345\s?6789\s?014",
    )
)
TEXTS = ("text", "character varying", "jsonb", "json", "bytea", "name", "ARRAY")


class PrivacyCommon(DispatchCommon):
    """A consumer with an unmistakable name, and the eyes to find it anywhere in the database and its files."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.person = cls._person()

    @classmethod
    def _person(cls, **values):
        person = cls._partner(
            values.pop("name", NAME),
            **{
                "is_company": False,
                "company_registry": False,
                "email": MARKS["email"],
                "phone": MARKS["phone"],
                "street": MARKS["street"],
                "lang": "fr_FR",
                **values,
            },
        )
        cls.env["res.partner.bank"].create({"acc_number": MARKS["iban"], "partner_id": person.id})
        return person

    def paid(self, partner=None, on=MONDAY, amount=1000.0):
        """A debt of somebody that was reminded of and paid, and nothing open any more."""
        invoice = self.invoice(on, amount, partner=partner or self.person)
        card = self.env["recouvrement.debtor"]._card(self.company, partner or self.person).sudo()
        self.env["recouvrement.contact"].sudo().create(
            {"company_id": self.company.id, "debtor_id": card.id, "channel": "call", "outcome": "no_answer"}
        )
        self.pay(invoice, on=on)
        self.env.flush_all()
        # SQL: dated by the server's clock, which no test moves
        for table in ("recouvrement_contact", "recouvrement_debtor"):
            self.env.cr.execute(
                SQL("UPDATE %s SET create_date = %s", SQL.identifier(table), f"{on} 09:00:00"),
            )
        self.env.invalidate_all()
        return invoice

    # --- looking everywhere -------------------------------------------------------------------------------------------

    def found(self, pattern=PATTERN):
        """{table.column: how many rows} of every text, figure and byte column of the database that shows it."""
        self.env.flush_all()
        columns = self.env.execute_query(
            SQL(
                """
                SELECT c.table_name, c.column_name, c.data_type
                  FROM information_schema.columns c JOIN information_schema.tables t USING (table_schema, table_name)
                 WHERE c.table_schema = 'public' AND t.table_type = 'BASE TABLE' AND c.data_type IN %s
                 ORDER BY 1, 2
                """,
                TEXTS,
            )
        )
        tables = {}
        for table, column, kind in columns:
            tables.setdefault(table, []).append((column, kind))
        shown = {}
        for table, names in tables.items():
            looked = [self._looked(column, kind, pattern) for column, kind in names]
            [row] = self.env.execute_query(SQL("SELECT %s FROM %s", SQL(", ").join(looked), SQL.identifier(table)))
            shown |= {f"{table}.{name}": count for (name, _kind), count in zip(names, row, strict=True) if count}
        self.assertGreater(len(tables), 300)  # it does look at them
        return shown

    def _looked(self, column, kind, pattern):
        name = SQL.identifier(column)
        text = SQL("convert_from(decode(replace(encode(%s, 'hex'), '00', ''), 'hex'), 'latin1')", name)
        if kind != "bytea":
            text = SQL("%s::text", name)
        return SQL("count(*) FILTER (WHERE %s ~* %s)", text, pattern)

    def files_showing(self, pattern=PATTERN):
        """{file of the store: [attachments]} of those whose bytes, or whose text once a PDF is read, show it."""
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL("SELECT store_fname, array_agg(id) FROM ir_attachment WHERE store_fname IS NOT NULL GROUP BY 1")
        )
        store = self.env["ir.attachment"]
        shown = {}
        for name, ids in rows:
            path = store._full_path(name)
            if os.path.exists(path) and re.search(pattern, self._text_of(path), re.IGNORECASE):
                shown[name] = ids
        return shown

    def _text_of(self, path):
        with open(path, "rb") as file:
            raw = file.read()
        text = raw.decode("utf-8", "replace")
        if raw.startswith(b"%PDF"):
            text += " ".join(page.extract_text() for page in PdfReader(io.BytesIO(raw)).pages)
        if b"=?utf-8?" in raw or b"quoted-printable" in raw or b"base64" in raw:  # a message as it was sent
            message = email.message_from_bytes(raw, policy=email.policy.default)
            text += str(message["to"]) + " ".join(
                part.get_content() for part in message.walk() if part.get_content_maintype() == "text"
            )
        return text
