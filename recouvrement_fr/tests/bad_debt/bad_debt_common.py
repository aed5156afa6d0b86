from datetime import timedelta

from odoo.fields import Command
from odoo.tests import new_test_user

from ..common import MONDAY, RecouvrementCommon

DUE = MONDAY - timedelta(days=20)
DAY = timedelta(days=1)


class BadDebtCommon(RecouvrementCommon):
    """A company with taxes at 20 % and 5.5 %, a manager, a collector and an accountant who do one thing each."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.collected = cls.env["account.account"].search([("code", "=", "445710")], limit=1)
        cls.vat20, cls.vat5 = (cls._tax(f"TVA {rate}", rate) for rate in (20, 5.5))
        cls.collector = cls._user("wo_collector", "recouvrement_fr.group_recouvrement_user")
        cls.boss = cls._user("wo_boss", "recouvrement_fr.group_recouvrement_manager")
        cls.accountant = cls._user("wo_accountant", "account.group_account_user")

    @classmethod
    def _user(cls, login, groups):
        user = new_test_user(cls.env, login, groups=groups)
        user.write({"company_ids": [Command.set(cls.company.ids)], "company_id": cls.company.id})
        return user

    @classmethod
    def _tax(cls, name, rate, **values):
        return cls.env["account.tax"].create(
            {
                "name": name,
                "amount": rate,
                "type_tax_use": "sale",
                "invoice_repartition_line_ids": [
                    Command.create({"repartition_type": "base"}),
                    Command.create({"repartition_type": "tax", "account_id": cls.collected.id}),
                ],
                "refund_repartition_line_ids": [
                    Command.create({"repartition_type": "base"}),
                    Command.create({"repartition_type": "tax", "account_id": cls.collected.id}),
                ],
                **values,
            }
        )

    @classmethod
    def _cash_basis(cls):
        """A tax due on payment, with its transition account and journal."""
        cls.company.tax_exigibility = True
        cls.waiting = cls.env["account.account"].search([("code", "=", "445740")], limit=1)
        cls.waiting.reconcile = True
        return cls._tax(
            "TVA 20 sur encaissements",
            20,
            tax_exigibility="on_payment",
            cash_basis_transition_account_id=cls.waiting.id,
        )

    def sold(self, *lines, due=DUE, **values):
        """An invoice of lines (price, tax)."""
        return self.invoice(
            due,
            invoice_line_ids=[
                Command.create({"name": "Pose", "price_unit": price, "tax_ids": [Command.set(tax.ids if tax else [])]})
                for price, tax in lines
            ],
            **values,
        )

    def propose(self, moves, reason="liquidation", amount=None, user=None, debtor=None, **values):
        user = user or self.collector
        debtor = debtor or self.env["recouvrement.debtor"]._card(self.company, moves.commercial_partner_id)
        with self.at(MONDAY):
            return (
                self.env["recouvrement.write.off"]
                .with_user(user)
                ._propose(
                    self.company.with_user(user),
                    {(move, move.commercial_partner_id): amount for move in moves.with_user(user)},
                    reason,
                    debtor=debtor.with_user(user),
                    **values,
                )
            ).with_env(self.env)

    def approve(self, write_off):
        with self.at(MONDAY):
            write_off.with_user(self.boss).action_approve()
        return write_off.entry_ids.filtered(lambda entry: entry.state == "draft")

    def post(self, entries):
        with self.at(MONDAY):
            entries.with_user(self.accountant).action_post()

    def balances(self, entries):
        """{account code: balance} of these entries."""
        found = {}
        for line in entries.line_ids:
            found[line.account_id.code] = round(found.get(line.account_id.code, 0) + line.balance, 2)
        return found
