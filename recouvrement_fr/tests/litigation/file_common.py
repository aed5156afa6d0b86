import io
from datetime import timedelta

from reportlab.pdfgen.canvas import Canvas

from odoo.fields import Command
from odoo.tests import new_test_user

from ..common import MONDAY, RecouvrementCommon

DUE = MONDAY - timedelta(days=40)
DAY = timedelta(days=1)


def sheet(text):
    """A PDF of one page that says this."""
    out = io.BytesIO()
    canvas = Canvas(out, invariant=1)
    canvas.drawString(80, 600, text)
    canvas.save()
    return out.getvalue()


class FileCommon(RecouvrementCommon):
    """Two late invoices in a case, their PDF stored, a reminder of one and a formal notice with its receipt."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.write(
            {
                "company_registry": "35600000000048",
                "recouvrement_legal_form": "SARL",
                "recouvrement_share_capital": 8000,
                "recouvrement_rcs_city": "Lyon",
                "recouvrement_representative": "Mme Claire Martin, gérante",
            }
        )

    def before_all(self):
        super().before_all()
        self.debt, self.other = self.invoice(DUE, 1000), self.invoice(DUE + DAY, 500)
        for move in self.debt | self.other:
            self.stored(move)
        self.night(MONDAY)
        self.reminders().sudo()._cancel("The test sends its own")

    def opened(self, **values):
        with self.at(MONDAY):
            return self.env["recouvrement.case"]._open(self.card(), self.debt | self.other, **values)

    def stored(self, move, text=None):
        """The PDF of an invoice, as core stores it."""
        self.env["ir.attachment"].search(
            [
                ("res_model", "=", "account.move"),
                ("res_id", "=", move.id),
                ("res_field", "=", "invoice_pdf_report_file"),
            ]
        ).unlink()
        text = text or f"Facture {move.name}"
        return self.attached(move, f"{move.name}.pdf", text, res_field="invoice_pdf_report_file")

    def attached(self, record, name, text, **values):
        return (
            self.env["ir.attachment"]
            .sudo()
            .create({"name": name, "raw": sheet(text), "res_model": record._name, "res_id": record.id, **values})
        )

    def sent(self, level, channel, on):
        """A reminder that left that day: its bytes, and the receipt of a registered letter."""
        reminder = (
            self.env["recouvrement.reminder"]
            .sudo()
            .create(
                {
                    "company_id": self.company.id,
                    "debtor_id": self.card().id,
                    "addressee_id": self.debtor_partner.id,
                    "policy_id": self.policy.id,
                    "level_id": level.id,
                    "state": "sent",
                    "date": on,
                    "sent_date": on,
                    "line_ids": [
                        Command.create(
                            {
                                "move_id": self.debt.id,
                                "date_due": DUE,
                                "level_id": level.id,
                                "role": "carried",
                                "amount_residual": 1000,
                                "currency_id": self.debt.currency_id.id,
                            }
                        )
                    ],
                }
            )
        )
        dispatch = (
            self.env["recouvrement.dispatch"]
            .sudo()
            .create(
                {
                    "reminder_id": reminder.id,
                    "company_id": self.company.id,
                    "channel": channel,
                    "state": "delivered" if channel == "registered" else "handed_over",
                    "addressee_id": self.debtor_partner.id,
                    "handed_over_on": f"{on} 09:00:00",
                    "tracking_number": "1A00000000000" if channel == "registered" else False,
                    "delivered_on": on + 3 * DAY if channel == "registered" else False,
                }
            )
        )
        dispatch.attachment_id = self.attached(dispatch, f"{reminder.name}.pdf".replace("/", "-"), f"Lettre du {on}")
        if channel == "registered":
            self.env["recouvrement.dispatch.event"].sudo().create(
                {
                    "dispatch_id": dispatch.id,
                    "date": on + 3 * DAY,
                    "state": "delivered",
                    "proof_id": self.attached(dispatch, "AR.pdf", "Avis de réception").id,
                }
            )
        return reminder

    def person(self, login, group, company=None):
        company = company or self.company
        return new_test_user(
            self.env,
            login,
            groups=f"recouvrement_fr.group_recouvrement_{group}",
            company_id=company.id,
            company_ids=[Command.set(company.ids)],
        )
