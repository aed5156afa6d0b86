from datetime import date, timedelta

from odoo import Command
from odoo.tests import tagged

from ..common import MONDAY, RecouvrementCommon

DAY = timedelta(days=1)
CLOSING = date(2026, 3, 31)


@tagged("post_install", "-at_install")
class TestHandComputed(RecouvrementCommon):
    """Every indicator on a ledger that has everything: a partial payment, a foreign currency, a credit note, an invoice
    that was reversed, a payment that was returned, another company."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.dollar = cls.setup_other_currency("USD", rates=[("2025-01-01", 2.0)])
        cls.other = cls.setup_other_company(name="Second creditor")["company"]

    def received(self, moves):
        moves.line_ids.filtered(lambda line: line.account_id.account_type == "asset_receivable").reconcile()

    def elsewhere(self, due, amount):
        """The same debtor owes another company."""
        move = (
            self.env["account.move"]
            .with_company(self.other)
            .create(
                {
                    "move_type": "out_invoice",
                    "partner_id": self.debtor_partner.id,
                    "invoice_date": due - 30 * DAY,
                    "invoice_date_due": due,
                    "invoice_line_ids": [Command.create({"name": "Pose", "price_unit": amount, "tax_ids": False})],
                }
            )
        )
        move.action_post()
        return move

    def ledger(self):
        """Open on 31 March: 600.00 of A (50 days late), 450.00 of B (900 USD, 24 days), 300.00 of C (9 days), 700.00 of
        E, not due."""
        a = self.invoice(date(2026, 2, 9), 1000, invoice_date=date(2026, 1, 10))
        self.pay(a, 400, on=date(2026, 2, 19))
        self.invoice(date(2026, 3, 7), 900, currency_id=self.dollar.id, invoice_date=date(2026, 2, 5))
        c = self.invoice(date(2026, 3, 22), 500, invoice_date=date(2026, 2, 20))
        self.received(c + self.invoice(date(2026, 3, 5), 200, move_type="out_refund", invoice_date=date(2026, 3, 5)))
        d = self.invoice(date(2026, 4, 30), 800, invoice_date=date(2026, 3, 1))
        d._reverse_moves([{"invoice_date": date(2026, 3, 15), "date": date(2026, 3, 15)}], cancel=True)
        e = self.invoice(date(2026, 4, 9), 700, invoice_date=date(2026, 3, 10))
        payment = self.pay(e, on=date(2026, 3, 20))
        payment.move_id._reverse_moves([{"date": date(2026, 3, 25)}], cancel=True)
        self.elsewhere(date(2026, 2, 1), 9999)
        self.assertEqual((d.amount_residual, e.amount_residual), (0, 700))
        return a

    def blocks(self):
        board = self.env["recouvrement.dashboard"].with_context(lang="en_US")
        with self.at(CLOSING):
            shown = board.get_dashboard({"months": 3})
            found = shown["blocks"] + [block for name in shown["panels"] for block in board.get_panel(name, {})]
        return {block["code"]: block for block in found}

    def test_every_tile(self):
        self.ledger()
        blocks = self.blocks()
        values = {code: block["value"] for code, block in blocks.items() if block["kind"] == "tile"}
        self.assertEqual(
            values,
            {
                "receivables": "€2,050.00",
                "overdue": "€1,350.00",
                "over_90": "0.0 %",
                # billed: 1,000 + 450 + 500 - 200 + 800 - 800 + 700 = 2,450
                "dso": "75.3 days",  # 2,050 x 90 / 2,450 = 75.31
                # March 500 (31 days), February 950 (28 days), then 600 of the 1,000 of January: 18.6 of 31
                "count_back": "77.6 days",
                "best_possible": "25.7 days",  # 700 x 90 / 2,450 = 25.71
                "effectiveness": "22.9 %",  # (2,450 - 2,050) / (2,450 - 700) = 400 / 1,750
                "days_late": "10.0 days",  # 400 on 19 February; what was returned was not paid
            },
        )
        self.assertEqual(blocks["overdue"]["note"], "65.9 % of what is owed")  # 1,350 / 2,050
        self.assertEqual(blocks["dso"]["note"], "49.6 days of turnover are owed because of lateness")  # 75.3 - 25.7
        self.assertEqual(blocks["ageing"]["series"][0]["values"], [700, 750, 600, 0, 0])
        [row] = blocks["largest"]["rows"]
        self.assertEqual(row["cells"][1:], ["€1,350.00", "€2,050.00", "Feb 9, 2026"])

    def test_every_month_end(self):
        self.ledger()
        not_due, overdue = (serie["values"][-3:] for serie in self.blocks()["owed_trend"]["series"])
        # January: A. February: A 600 late; B 450 and C 500 not due. March: as the tiles.
        self.assertEqual((not_due, overdue), ([1000, 950, 700], [0, 600, 1350]))

    def test_what_reminders_brought_in(self):
        """900 USD reminded, 450.00 in euros: 300 USD paid after 4 days, 100 USD credited after 6."""
        debt = self.invoice(MONDAY - 3 * DAY, 900, currency_id=self.dollar.id)
        self.night(MONDAY)
        reminder = self.reminders()
        self.env["recouvrement.dispatch"].sudo().create(
            {
                "reminder_id": reminder.id,
                "company_id": self.company.id,
                "channel": "email",
                "template_id": self.template.id,
                "state": "handed_over",
                "addressee_id": self.debtor_partner.id,
            }
        )
        self.mark_sent(reminder, MONDAY)
        register = self.env["account.payment.register"].with_context(active_model="account.move", active_ids=debt.ids)
        register.create(
            {"payment_date": MONDAY + 4 * DAY, "currency_id": self.dollar.id, "amount": 300}
        )._create_payments()
        day = MONDAY + 6 * DAY
        credit = self.invoice(day, 100, move_type="out_refund", currency_id=self.dollar.id, invoice_date=day)
        self.received(debt + credit)
        self.env.flush_all()
        [row] = self.env["recouvrement.effectiveness"].search([("move_id", "=", debt.id)])
        self.assertEqual((row.amount, row.recovered, row.days_to_pay), (450, 150, 4), "A credit note is no cash.")
        self.assertEqual(row.credited, 50)
        self.assertAlmostEqual(row.recovery_percent, 33.33, 2)
        self.assertEqual((row.channel, row.template_id), ("email", self.template))
        board = self.env["recouvrement.dashboard"].with_context(lang="en_US")
        with self.at(MONDAY + 7 * DAY):
            [funnel] = board.get_panel("funnel", {})
        [shown] = funnel["rows"]
        self.assertEqual(shown["cells"][1:], ["E-mail", "Reminder", "1", "€450.00", "33.3 %", "4.0"])
        found = self.env[shown["opens"]["res_model"]].search(shown["opens"]["domain"])
        self.assertEqual(found, row)

    def test_lateness_is_weighted_and_what_is_very_old_is_a_share(self):
        """300.00 paid 20 days late, 100.00 paid 4 days early, 300.00 (600 USD) paid 5 days late; open: 251.00 of 91
        days, 749.00 of 90 days."""
        self.pay(self.invoice(date(2026, 2, 9), 300), on=date(2026, 3, 1))
        self.pay(self.invoice(date(2026, 3, 9), 100), on=date(2026, 3, 5))
        self.pay(self.invoice(date(2026, 3, 10), 600, currency_id=self.dollar.id), on=date(2026, 3, 15))
        for late, amount in ((91, 251), (90, 749)):
            self.invoice(CLOSING - late * DAY, amount)
        blocks = self.blocks()
        self.assertEqual(blocks["days_late"]["value"], "10.7 days")  # (300 x 20 + 100 x 0 + 300 x 5) / 700 = 10.71
        self.assertEqual((blocks["over_90"]["value"], blocks["over_90"]["note"]), ("25.1 %", "€251.00"))

    def test_each_level_channel_and_template_has_its_own_rate_and_days(self):
        """By e-mail, 1,000.00 of which 250.00 came after 4 days and 500.00 paid after 10 days; then, by letter, the
        750.00 left, of which 150.00 came after 2 days."""
        martin = self._partner("Peinture Martin", email="compta@martin.example")
        slow, whole = self.invoice(MONDAY - 3 * DAY, 1000), self.invoice(MONDAY - 3 * DAY, 500, partner=martin)
        dispatches = self.env["recouvrement.dispatch"].sudo()
        for on, channel, number in ((MONDAY, "email", 2), (MONDAY + 11 * DAY, "letter", 1)):
            self.night(on)
            reminders = (self.reminders() | self.reminders(martin)).filtered(lambda one: one.state == "planned")
            self.assertEqual(len(reminders), number)
            dispatches.create(
                [
                    {
                        "reminder_id": reminder.id,
                        "company_id": self.company.id,
                        "channel": channel,
                        "template_id": self.template.id if channel == "email" else False,
                        "state": "handed_over",
                        "addressee_id": reminder.addressee_id.id,
                    }
                    for reminder in reminders
                ]
            )
            self.mark_sent(reminders, on)
            if channel == "email":
                self.pay(slow, 250, on=on + 4 * DAY)
                self.pay(whole, on=on + 10 * DAY)
        self.pay(slow, 150, on=MONDAY + 13 * DAY)
        self.env.flush_all()
        self.env.invalidate_all()
        with self.at(MONDAY + 14 * DAY):
            [funnel] = self.env["recouvrement.dashboard"].with_context(lang="en_US").get_panel("funnel", {})
        self.assertEqual(
            [row["cells"] for row in funnel["rows"]],
            [  # 750 / 1,500, (4 + 10) / 2 days; 150 / 750
                ["Professionals – Reminder 1", "E-mail", "Reminder", "2", "€1,500.00", "50.0 %", "7.0"],
                ["Professionals – Reminder 2", "Letter", "", "1", "€750.00", "20.0 %", "2.0"],
            ],
        )
        self.assertEqual(funnel["columns"][4]["label"], "Amount reminded")

    def test_what_should_come_in(self):
        part = self.invoice(date(2026, 3, 9), 1000)
        self.pay(part, 400, on=date(2026, 2, 20))
        self.invoice(date(2026, 3, 16), 900, currency_id=self.dollar.id)
        credited = self.invoice(date(2026, 3, 16), 80)
        self.received(credited + self.invoice(MONDAY, 30, move_type="out_refund", invoice_date=MONDAY))
        self.elsewhere(date(2026, 3, 9), 9999)
        model = self.env["recouvrement.dashboard"]
        weeks = [tuple(map(float, week[1:])) for week in model._forecast(model._asked({}, MONDAY))]
        self.assertEqual(weeks[:4], [(0, 0, 0), (600, 600, 600), (500, 500, 500), (0, 0, 0)])

    def test_how_a_debtor_pays(self):
        """100.00 paid 10 days late, 200.00 (400 USD) 5 days late, 300.00 returned, 50.00 credited: (100 x 10 + 200 x 5)
        / 300 = 6.7."""
        debtor = self.env["recouvrement.debtor"]._card(self.company, self.debtor_partner)
        debtor.sudo().write({"debtor_type": "professional", "type_confirmed": True})
        due = MONDAY - 60 * DAY
        self.pay(self.invoice(due, 100), on=due + 10 * DAY)
        self.pay(self.invoice(due, 400, currency_id=self.dollar.id), on=due + 5 * DAY)
        returned = self.pay(self.invoice(due, 300), on=due + 40 * DAY)
        returned.move_id._reverse_moves([{"date": due + 45 * DAY}], cancel=True)
        credited = self.invoice(due, 50)
        self.received(credited + self.invoice(due, 50, move_type="out_refund", invoice_date=due + 50 * DAY))
        self.pay(self.elsewhere(due, 9999).with_company(self.other), on=due + 55 * DAY)
        self.env["recouvrement.payer.profile"]._refresh(self.company, MONDAY)
        found = debtor.payer_ids
        self.assertEqual((found.payment_count, found.paid_amount, found.days_late), (2, 300, 6.7))
