import re
from datetime import date, timedelta

from markupsafe import Markup

from odoo.addons.account.tests.common import AccountTestInvoicingCommon

from ..paper import texts_of
from ..ready import ReadyCompanies

ON = date(2026, 11, 20)
IBAN = "FR7630006000011234567890189"


class LettersCommon(ReadyCompanies):
    """A company that writes letters, and the reminders, invoices and debtors that they are about."""

    @classmethod
    @AccountTestInvoicingCommon.setup_country("fr")
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(su=True)  # letters are written by the night
        cls.env["res.lang"]._activate_lang("fr_FR")
        cls.company = cls.company_data["company"]
        cls.company.write(
            {
                "name": "Menuiserie <Morel>",
                "street": "14 rue des Tanneurs",
                "zip": "69007",
                "city": "Lyon",
                "country_id": cls.env.ref("base.fr").id,
                "company_registry": "55210055400013",
                "recouvrement_legal_form": "SARL",
                "recouvrement_share_capital": 50000,
                "recouvrement_rcs_city": "Lyon",
                "recouvrement_signatory": "Claire Morel",
            }
        )
        cls.company.partner_id.bank_ids.unlink()
        cls.bank = cls.env["res.partner.bank"].create(
            {"acc_number": IBAN, "partner_id": cls.company.partner_id.id, "company_id": cls.company.id}
        )
        cls.letters = cls.env["recouvrement.letter"]
        cls.count = 0

    # --- sample reminders --------------------------------------------------------------------------------------------

    @classmethod
    def sample_debtor(cls, debtor_type="professional", confirmed=True, **values):
        partner = cls.env["res.partner"].create(
            {
                "name": "Hôtel des Deux Rives",
                "is_company": True,
                "street": "27 quai Augagneur",
                "zip": "69003",
                "city": "Lyon",
                "country_id": cls.env.ref("base.fr").id,
                **values,
            }
        )
        return cls.env["recouvrement.debtor"].create(
            {
                "partner_id": partner.id,
                "company_id": cls.company.id,
                "debtor_type": debtor_type,
                "type_confirmed": confirmed,
            }
        )

    @classmethod
    def sample_invoice(cls, debtor, amount=1234.56, days_late=40, currency=None):
        cls.count += 1
        due = ON - timedelta(days=days_late)
        return cls.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": debtor.partner_id.id,
                "name": f"FAC/2026/{cls.count:05}",
                "invoice_date": due - timedelta(days=30),
                "invoice_date_due": due,
                "currency_id": (currency or cls.company.currency_id).id,
                "invoice_line_ids": [(0, 0, {"name": "Travaux", "price_unit": amount, "tax_ids": [(5,)]})],
            }
        )

    @classmethod
    def sample_reminder(cls, level, debtor, invoices, interest=0, indemnity=0, paid=0, level_values=None):
        """A reminder whose figures are frozen, and what dispatch says besides."""
        level = cls.env.ref(f"recouvrement_fr.level_{level}")
        level.write(level_values or {})
        reminder = cls.env["recouvrement.reminder"].create(
            {
                "company_id": cls.company.id,
                "debtor_id": debtor.id,
                "addressee_id": debtor.partner_id.id,
                "policy_id": level.policy_id.id,
                "level_id": level.id,
                "date": ON,
                "lang": "fr_FR",
            }
        )
        lines = cls.env["recouvrement.reminder.line"].create(
            [
                {
                    "reminder_id": reminder.id,
                    "move_id": invoice.id,
                    "date_due": invoice.invoice_date_due,
                    "level_id": level.id,
                    "role": "carried",
                    "currency_id": invoice.currency_id.id,
                    "amount_total": invoice.amount_total,
                    "amount_residual": invoice.amount_total - paid,
                    "days_overdue": (ON - invoice.invoice_date_due).days,
                    "interest": interest,
                    "indemnity": indemnity,
                }
                for invoice in invoices
            ]
        )
        article = "CCP R2192-31" if debtor.debtor_type == "public" else "C.com L441-10 II"
        tranches = {
            line.id: [
                {
                    "from": (line.date_due + timedelta(days=1)).isoformat(),
                    "to": ON.isoformat(),
                    "days": line.days_overdue,
                    "base": str(line.amount_residual),
                    "rate": "12.400",
                    "interest": str(interest),
                    "article": article,
                }
            ]
            for line in lines
            if interest
        }
        return reminder, {"on": ON, "tranches": tranches}

    def payload(self, *args, **kwargs):
        reminder, detail = self.sample_reminder(*args, **kwargs)
        return self.letters._payloads(reminder, {reminder.id: detail})[reminder.id]

    def page(self, payload):
        """The text of the letter, spaces made plain."""
        html = self.letters._render_html([payload])[0]
        text = Markup(re.sub(r"<style.*?</style>", "", html, flags=re.S)).striptags()
        return re.sub(r"\s+", " ", text)

    def pages(self, document):
        return [re.sub(r"\s+", " ", text) for text in texts_of(document)]
