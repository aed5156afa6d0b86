from datetime import date, timedelta

from odoo import Command
from odoo.tests import tagged

from ..common import MONDAY
from .books_common import CLOSING, BooksCommon

DAY = timedelta(days=1)


@tagged("post_install", "-at_install")
class TestFiguresOpen(BooksCommon):
    """What a figure opens adds up to it: at a past month end, by collector, by branch."""

    def panel(self, name, on=CLOSING, **asked):
        board = self.env["recouvrement.dashboard"].with_context(lang="en_US")
        with self.at(on):
            return {block["code"]: block for block in board.get_panel(name, asked)}

    def owed_then(self, opens, on=CLOSING, **asked):
        """The lines that a point of the trend opens."""
        with self.at(on):
            action = getattr(self.env["recouvrement.dashboard"], opens["call"])(asked, *opens["arguments"])
        return self.env[action["res_model"]].search(action["domain"])

    def test_each_point_of_the_trend_opens_what_was_owed_then(self):
        self.small_ledger()
        found = self.panel("trend")
        for code in ("dso_trend", "owed_trend", "share_trend"):
            not_due, overdue = (serie["values"] for serie in found["owed_trend"]["series"])
            for number in (10, 11, 12):
                lines = self.owed_then(found[code]["opens"][number])
                self.assertEqual(
                    (sum(lines.mapped("not_due")), sum(lines.mapped("overdue"))), (not_due[number], overdue[number])
                )
        self.assertEqual((not_due[10:], overdue[10:]), ([3000, 2800, 1240], [0, 1000, 3800]))

    def test_a_point_opens_what_the_filters_leave(self):
        self.small_ledger()
        martin = self._partner("Peinture Martin")
        self.invoice(date(2026, 4, 9), 77, partner=martin, invoice_date=date(2026, 3, 10))
        colleague = self._somebody("open_colleague")
        card = self.env["recouvrement.debtor"]._card(self.company, martin).sudo()
        card.write({"collector_id": colleague.id, "debtor_type": "public", "type_confirmed": True})
        for asked in ({"collector_id": colleague.id}, {"debtor_type": "public"}):
            opens = self.panel("trend", **asked)["owed_trend"]["opens"][12]
            lines = self.owed_then(opens, **asked)
            self.assertEqual((lines.debtor_id, lines.total), (card, 77))
        self.assertEqual(sum(self.owed_then(opens).mapped("total")), 5117)

    def test_contacts_and_promises_of_a_collector_open(self):
        claire, paul = (self._somebody(f"open_{name}") for name in ("claire", "paul"))
        debt = self.invoice(MONDAY - 20 * DAY, 900)
        card = self.env["recouvrement.debtor"]._card(self.company, self.debtor_partner)
        contact = {"company_id": self.company.id, "channel": "call", "outcome": "reached", "debtor_id": card.id}
        contacts = self.env["recouvrement.contact"].sudo()
        hers = contacts.create([{**contact, "date": MONDAY, "author_id": claire.id} for _each in range(2)])
        contacts.create({**contact, "date": MONDAY, "author_id": paul.id})
        before = contacts.create({**contact, "date": date(2025, 12, 31), "author_id": claire.id})
        with self.at(MONDAY):
            promise = (
                self.env["recouvrement.promise"]
                .with_user(claire)
                ._make(card.with_user(claire), debt, 900, MONDAY + DAY, on=MONDAY)
            )
        rows = {row["cells"][0]: row for row in self.panel("work", MONDAY)["activity"]["rows"]}
        links = rows[claire.name]["links"]
        self.assertEqual(rows[claire.name]["cells"][3:], ["2", "1"])
        self.assertEqual(self.env["recouvrement.contact"].search(links[3]["domain"]), hers)
        self.assertEqual(self.env["recouvrement.promise"].search(links[4]["domain"]), promise)
        self.assertNotIn(before, hers)
        self.assertEqual(len(self.env["recouvrement.contact"].search(rows[paul.name]["links"][3]["domain"])), 1)

    def test_a_branch_is_counted_with_its_root(self):
        self.small_ledger()
        self.company.child_ids = [Command.create({"name": "Agence"})]
        self.cr.precommit.run()  # loads the branch's chart
        branch = self.company.child_ids
        invoice = (
            self.env["account.move"]
            .with_company(branch)
            .create(
                {
                    "move_type": "out_invoice",
                    "partner_id": self.debtor_partner.id,
                    "invoice_date": date(2026, 3, 10),
                    "invoice_date_due": date(2026, 3, 20),
                    "invoice_payment_term_id": False,
                    "company_id": branch.id,
                    "invoice_line_ids": [Command.create({"name": "Pose", "price_unit": 960, "tax_ids": False})],
                }
            )
        )
        invoice.action_post()
        tiles = self.tiles()
        self.assertEqual(tiles["receivables"]["value"], "€6,000.00")
        self.assertEqual(tiles["overdue"]["value"], "€4,760.00")  # 1,000 + 2,800 + 960
        # 6,000 x 90 / 8,000; March 2,200 (31 days), February 2,800 (28), 1,000 of the 3,000 of January (10.33);
        # 1,240 x 90 / 8,000 = 13.95; (8,000 - 6,000) / (8,000 - 1,240) = 29.59
        self.assertEqual(self.values(), ["67.5 days", "69.3 days", "14.0 days", "29.6 %"])
        self.assertIn(invoice, self.opened(tiles["overdue"]).move_id)
        opens = self.panel("trend")["owed_trend"]["opens"][12]
        self.assertEqual(sum(self.owed_then(opens).mapped("total")), 6000)
        with self.at(CLOSING):
            [found] = [
                block
                for block in self.env["recouvrement.dashboard"].with_company(branch).get_dashboard({})["blocks"]
                if block["code"] == "receivables"
            ]
        self.assertEqual(self.opened(found).company_id, self.company + branch, "Asked by a branch: of the tree.")

    def test_a_past_day_says_what_its_own_day_said(self):
        first = self.small_ledger()
        on_the_day, trend_then = self.tiles(), self.panel("trend", months=3)["owed_trend"]["series"]
        self.pay(first, 700, on=date(2026, 4, 1))
        self.invoice(date(2026, 3, 1), 5000, invoice_date=date(2026, 4, 1))
        board = self.env["recouvrement.dashboard"].with_context(lang="en_US")
        with self.at(date(2026, 4, 2)):
            asked = board._asked({}, CLOSING)._replace(is_past=True)
            blocks = {block["code"]: block for block in board._first_blocks(asked)}
            later = {block["code"]: block for block in board._panel_trend(asked)}
        values = {code: (block["value"], block["note"]) for code, block in on_the_day.items()}
        self.assertEqual({code: (blocks[code]["value"], blocks[code]["note"]) for code in values}, values)
        self.assertEqual(later["owed_trend"]["series"], trend_then)
        dso = [serie["values"][-1] for serie in later["dso_trend"]["series"]]
        self.assertEqual(dso, [64.4, 69.3, 15.9])
        [row] = blocks["largest"]["rows"]
        self.assertEqual(row["cells"][1:], ["€3,800.00", "€5,040.00", "Feb 14, 2026"])
