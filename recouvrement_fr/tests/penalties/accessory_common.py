from datetime import timedelta

from odoo import Command
from odoo.tests import new_test_user

from ..common import MONDAY, RecouvrementCommon

DUE = MONDAY - timedelta(days=10)


class AccessoryCommon(RecouvrementCommon):
    """The way of a claim: an invoice, the letter that claims its penalties, the debit note."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.first.accessories = "silent"
        cls.first.delay_days = 2
        cls.env["recouvrement.rate"].search([]).write({"verified": True})

    def claimed(self, amount=1000.0, due=DUE, on=MONDAY):
        """An invoice whose letter of the second level claims penalties, handed over that day."""
        invoice = self.invoice(due, amount)
        self.letter(invoice, self.second, on)
        return invoice

    def letter(self, invoice, level, on, hand_over=True, due=None):
        """A reminder of that level, frozen and handed over as dispatch does, of the instalment due that day."""
        due = due or invoice.invoice_date_due
        asked = invoice._instalments()[due]
        with self.at(on):
            card = self.env["recouvrement.debtor"]._card(self.company, invoice.partner_id)
            card.sudo().write({"debtor_type": "professional", "type_confirmed": True})
            reminder = (
                self.env["recouvrement.reminder"]
                .sudo()
                .create(
                    {
                        "company_id": self.company.id,
                        "debtor_id": card.id,
                        "addressee_id": invoice.partner_id.id,
                        "policy_id": self.policy.id,
                        "level_id": level.id,
                        "date": on,
                        "lang": "fr_FR",
                        "line_ids": [
                            Command.create(
                                {
                                    "move_id": invoice.id,
                                    "date_due": due,
                                    "level_id": level.id,
                                    "role": "carried",
                                    "currency_id": invoice.currency_id.id,
                                    "amount_total": sum(asked.mapped("amount_currency")),
                                    "amount_residual": sum(asked.mapped("amount_residual_currency")),
                                }
                            )
                        ],
                    }
                )
            )
            reminder._prepare(on)
            self.assertFalse(reminder.error)
            if hand_over:
                reminder._mark_sent(on)
        self.env.invalidate_all()
        return reminder

    def rows(self, invoice, kind=None):
        domain = [("move_id", "=", invoice.id)] + ([("kind", "=", kind)] if kind else [])
        return self.env["recouvrement.accessory"].search(domain, order="date_from, id")

    def collect(self, on):
        with self.at(on):
            invoices = self.env["account.move"].search([("company_id", "=", self.company.id)])
            for partner in invoices.commercial_partner_id:
                card = self.env["recouvrement.debtor"]._card(self.company, partner)
                if not card.type_confirmed:
                    card.sudo().write({"debtor_type": card.debtor_type or "professional", "type_confirmed": True})
            self.env["recouvrement.accessory"]._collect(self.company, on)
        self.env.invalidate_all()

    def book(self, rows, on=MONDAY):
        with self.at(on):
            rows.action_book()
        return rows.penalty_move_id

    def reverse(self, invoice):
        wizard = (
            self.env["account.move.reversal"]
            .with_context(active_model="account.move", active_ids=invoice.ids)
            .create({"date": MONDAY, "journal_id": invoice.journal_id.id})
        )
        wizard.refund_moves()
        refund = invoice.reversal_move_ids
        refund.action_post()
        (refund + invoice).line_ids.filtered(
            lambda item: item.account_type == "asset_receivable" and not item.reconciled
        ).reconcile()

    def member(self, login, group, company=None):
        company = company or self.company
        return new_test_user(
            self.env,
            login,
            groups=f"base.group_user,recouvrement_fr.group_recouvrement_{group}",
            company_id=company.id,
            company_ids=[Command.set(company.ids)],
        )
