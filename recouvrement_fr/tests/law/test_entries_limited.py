from datetime import date, timedelta

from odoo.tests import Form, tagged

from ..common import MONDAY, RecouvrementCommon

DAY = timedelta(days=1)
LONG_AGO = MONDAY - timedelta(days=5 * 366)
NEAR = date(2021, 4, 1)  # time-barred five years later, less than ninety days after MONDAY


@tagged("post_install", "-at_install")
class TestEntriesLimited(RecouvrementCommon):
    """What interrupts the limitation of an opening entry is noted item by item: the entry holds many customers."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.events = cls.env["recouvrement.limitation.event"]
        cls.other_partner = cls._partner("Boulangerie Petit", email="compta@petit.example")
        cls.mine, cls.others = (
            cls.env["recouvrement.debtor"]._card(cls.company, partner).sudo()
            for partner in (cls.debtor_partner, cls.other_partner)
        )
        (cls.mine | cls.others).write({"debtor_type": "professional", "type_confirmed": True})
        cls.nothing = cls.env["account.move"]

    def opened(self, due):
        """Two customers' old invoices of one entry, due that day."""
        entry = self.opening(400.10, on=due, more=[(self.other_partner, 70, due, "Facture 2021-119")])
        item, other = entry.line_ids.filtered("debit").sorted("id")
        item.name = "Facture 2021-118"
        return item, other

    def note(self, item, kind, on, **values):
        with self.at(MONDAY):
            return self.events._note(self.mine, self.nothing, kind, on, items=item, **values)

    def follow(self, on):
        with self.at(on):
            self.env["recouvrement.limitation.alert"].sudo()._follow_up(on)  # the scheduler's rights

    def told(self, card):
        """The notes of the warnings in the agenda of whoever follows that debtor, the last one first."""
        return card.activity_ids.filtered(lambda task: task.user_id == card._person_in_charge()).sorted("id")[::-1]

    def test_what_is_certain_about_an_item_lets_it_be_reminded_and_no_other_of_its_entry(self):
        item, _other = self.opened(LONG_AGO)
        self.night(MONDAY)
        self.assertEqual([self.card(partner).reason for partner in self.partners()], ["prescribed", "prescribed"])
        event = self.note(item, "court_claim", MONDAY - 400 * DAY)
        self.assertIn("Facture 2021-118", self.mine.message_ids.sorted("id")[-1].body)
        self.night(MONDAY + DAY)
        self.assertEqual(self.reminders().line_ids.mapped("entry_line_id"), item.ids)
        self.assertEqual(self.card(self.other_partner).reason, "prescribed")
        with self.at(MONDAY + DAY):
            self.reminders()._cancel("Another way")
            event._void("Claim withdrawn", MONDAY + DAY)
        self.night(MONDAY + 2 * DAY)
        self.assertEqual(self.card().reason, "prescribed")

    def partners(self):
        return self.debtor_partner, self.other_partner

    def test_each_item_has_its_own_alerts_and_an_interruption_starts_its_own_afresh(self):
        item, _other = self.opened(NEAR + 20 * DAY)
        item.date_maturity = NEAR
        last_day = NEAR.replace(year=2026)
        self.follow(last_day - 90 * DAY)
        self.assertIn("Facture 2021-118", self.told(self.mine)[0].note)
        self.assertFalse(self.told(self.others), "its own ninety days begin later")
        self.follow(last_day - 70 * DAY)
        self.assertIn("Facture 2021-119", self.told(self.others)[0].note)
        self.assertEqual(len(self.told(self.mine)), 1)
        with self.at(last_day - 69 * DAY):
            self.events._note(self.mine, self.nothing, "court_claim", last_day - 80 * DAY, items=item)
        self.follow(last_day - 30 * DAY)
        self.follow(last_day - 10 * DAY)
        self.assertEqual((len(self.told(self.mine)), len(self.told(self.others))), (1, 2))

    def test_the_card_says_when_the_first_of_its_debts_is_time_barred_opening_entries_too(self):
        item, _other = self.opened(NEAR)
        with self.at(MONDAY):
            self.assertEqual(self.mine._limited_on(20), NEAR.replace(year=2026))
            self.note(item, "court_claim", MONDAY - 10 * DAY)
            self.assertEqual(self.mine._limited_on(20), (MONDAY - 10 * DAY).replace(year=2031))

    def test_a_written_promise_and_a_signed_plan_on_an_opening_entry_are_noted_as_possible(self):
        item, _other = self.opened(MONDAY - 30 * DAY)
        with self.at(MONDAY):
            promises = self.env["recouvrement.promise"]
            promises._make(self.mine, self.nothing, 400.10, MONDAY + 5 * DAY, on=MONDAY, items=item, origin="call")
            self.assertFalse(self.mine.limitation_event_ids, "spoken words prove nothing")
            self.mine.promise_ids._cancel("By e-mail now")
            promises._make(self.mine, self.nothing, 400.10, MONDAY + 5 * DAY, on=MONDAY, items=item, origin="email")
        event = self.mine.limitation_event_ids
        self.assertEqual((event.kind, event.certainty, event.item_ids), ("acknowledgement", "possible", item))
        self.assertFalse(event.move_ids)

    def test_a_collector_notes_it_in_the_dialog_of_the_card(self):
        item, other = self.opened(NEAR)
        with self.at(MONDAY):
            context = self.mine.action_note_limitation()["context"]
            model = self.env["recouvrement.limitation.note"].with_user(self._somebody("limits"))
            dialog = Form(model.with_company(self.company).with_context(**context))
            self.assertEqual(dialog.item_ids.ids, item.ids)
            dialog.kind, dialog.on = "court_claim", MONDAY - 10 * DAY
            dialog.save().action_apply()
            self.assertEqual(self.mine.limitation_event_ids.item_ids, item)
            with self.assertRaisesRegex(Exception, "not all of"):
                model.create({"debtor_id": self.mine.id, "item_ids": other.ids, "kind": "court_claim"}).action_apply()
