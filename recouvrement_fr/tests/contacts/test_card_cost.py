from datetime import timedelta

from lxml import etree

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from ..common import MONDAY, RecouvrementCommon

DAY = timedelta(days=1)
STATEMENTS = 30  # at most, to open a card with its timeline, as a user whose rights are looked at


def wanted(record, view_type="form"):
    """What the web client asks for to show a form, with the lists in it."""

    def asked(node, model):
        found = {}
        for field in node.iter("field"):
            above = [one for one in field.iterancestors("field") if one is not node]
            kind = model._fields.get(field.get("name"))
            if above and above[0] is not field or kind is None or field is node:
                continue
            found[field.get("name")] = {}
            if kind.type == "many2one":
                found[field.get("name")] = {"fields": {"display_name": {}}}
            elif kind.type in ("one2many", "many2many"):
                rows = field.find("list")
                lines = rows is not None and asked(rows, model.env[kind.comodel_name])
                found[field.get("name")] = {"fields": lines or {"display_name": {}}, "limit": 40}
        return found

    return asked(etree.fromstring(record.get_view(view_type=view_type)["arch"]), record)


@tagged("post_install", "-at_install")
class TestCardCost(RecouvrementCommon):
    """What a card costs to open, in statements; what it knows to be empty is filled by whoever adds to it."""

    def before_all(self):
        for number in range(3):
            self.invoice(MONDAY - (20 + number) * DAY, 100)
        self.night(MONDAY)

    def opened(self, card):
        """What opening a card gives, and the statements it takes."""
        fields = wanted(card)
        with self.at(MONDAY):
            for _warm in range(2):
                self.env.flush_all()
                self.env.invalidate_all()
                before = self.env.cr.sql_log_count
                [values] = card.web_read(fields)
                card.get_timeline()
        return values, self.env.cr.sql_log_count - before

    def test_a_card_opens_in_few_statements_whatever_is_owed(self):
        card = self.card()
        _values, few = self.opened(card)
        self.assertLessEqual(few, STATEMENTS)
        for number in range(12):
            self.invoice(MONDAY - (40 + number) * DAY, 100)
        values, many = self.opened(card)
        self.assertLessEqual(many, few + 1)
        self.assertEqual(len(values["open_item_ids"]), 15)

    def test_a_payment_is_seen_by_the_next_who_opens_it(self):
        card = self.card()
        with self.at(MONDAY):
            fields = wanted(card)
            [before] = card.web_read(fields)
            self.assertEqual(before["overdue_now"], 300)
            self.pay(self.env["account.move"].search([("partner_id", "=", self.debtor_partner.id)], limit=1), 100)
            self.env.flush_all()
            self.env.invalidate_all()  # another call
            [after] = card.web_read(fields)
        self.assertEqual(after["overdue_now"], 200)
        self.assertEqual(len(after["open_item_ids"]), 2)
        self.assertIn("200", after["ageing"]["total"])

    def test_what_was_empty_when_it_was_opened_is_filled(self):
        card = self.card()
        with self.at(MONDAY):
            card.web_read(wanted(card))
            self.assertFalse(card.contact_ids or card.promise_ids or card.limitation_event_ids)
            contact = (
                self.env["recouvrement.contact"]
                .sudo()
                .create(
                    {"debtor_id": card.id, "company_id": self.company.id, "channel": "call", "outcome": "no_answer"}
                )
            )
            moves = card._open_moves()
            event = self.env["recouvrement.limitation.event"]._note(card, moves, "acknowledgement", MONDAY)
            self.assertEqual((card.contact_ids.ids, card.limitation_event_ids.ids), (contact.ids, event.ids))
            [values] = card.web_read({"contact_ids": {"fields": {"display_name": {}}}})
        self.assertEqual([row["id"] for row in values["contact_ids"]], contact.ids)

    def test_a_card_is_read_by_those_who_may(self):
        card, fields = self.card(), {"partner_id": {}, "contact_ids": {"fields": {"display_name": {}}}}
        elsewhere = self.env["res.company"].create({"name": "Ailleurs"})
        stranger = new_test_user(
            self.env,
            "stranger",
            groups="base.group_user,recouvrement_fr.group_recouvrement_manager",
            company_id=elsewhere.id,
            company_ids=[Command.set(elsewhere.ids)],
        )
        for user in (new_test_user(self.env, "employee", groups="base.group_user"), stranger):
            self.env.invalidate_all()
            with self.assertRaises(AccessError):
                card.with_user(user).web_read(fields)
        [values] = card.with_user(self._somebody("collects")).web_read(fields)
        self.assertEqual(values["contact_ids"], [])

    def test_a_context_from_outside_shows_nothing_of_its_own(self):
        card = self.card().with_context(recouvrement_read={"known": {}})
        with self.at(MONDAY):
            self.assertEqual(card.overdue_now, 300)
            self.assertEqual(card._credit_exposures(MONDAY)[card].open_items, 300)

    def test_exposure_is_the_same_from_the_items_of_a_card_and_from_the_database(self):
        self.invoice(MONDAY + 10 * DAY, 50.55)
        self.invoice(MONDAY - 5 * DAY, 20.10, move_type="out_refund")
        card = self.card()
        with self.at(MONDAY):
            plain = card._credit_exposures(MONDAY)[card]
            read = card._read_once()
            self.assertEqual(read._credit_exposures(MONDAY)[read], plain)
        self.assertEqual((plain.open_items, plain.overdue), (330.45, 300))
