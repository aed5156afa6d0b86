import hashlib
from datetime import timedelta

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged
from odoo.tools import SQL, mute_logger

from ...models.door.recouvrement_door import DoorWay
from .door_common import DoorCommon


@tagged("post_install", "-at_install")
class TestDoorAccess(DoorCommon):
    """Who is let in, and that looking changes nothing."""

    def test_a_link_shows_the_account_of_its_debtor(self):
        invoice = self.late(1234.5)
        page = self.get()
        self.assertEqual(page.status_code, 200)
        self.assertIn(invoice.name, page.text)
        self.assertIn("Menuiserie Durand", page.text)
        self.assertIn("1\u00a0234,50\u00a0€", page.text)
        self.assertEqual(page.headers["Cache-Control"], "no-store, private")
        self.assertIn("noindex", page.headers["X-Robots-Tag"])
        self.assertEqual(page.headers["Referrer-Policy"], "no-referrer")
        self.assertIn("default-src 'none'", page.headers["Content-Security-Policy"])

    def test_only_the_hash_of_a_token_is_kept(self):
        access = self.env["recouvrement.portal.access"].sudo().search([("debtor_id", "=", self.debtor.id)])
        self.assertEqual(access.token_hash, hashlib.sha256(self.token.encode()).hexdigest())
        self.env.flush_all()
        row = self.env.execute_query(
            SQL("SELECT row_to_json(a)::text FROM recouvrement_portal_access a WHERE id = %s", access.id)
        )
        self.assertNotIn(self.token, row[0][0])
        self.assertEqual(len(self.token), 43)

    def test_altered_tokens_open_nothing(self):
        for token in (
            *(self.token[:-1] + ("A" if self.token[-1] != "A" else "B"), self.token + "A", self.token[:-1]),
            *(self.token.swapcase(), "A" * 43, "1", "%00", "..%2f..%2fetc", "é" * 43, "' OR 1=1 --", "0" * 5000),
        ):
            with self.subTest(token=token[:50]):
                self.assertIn(self.get(token=token).status_code, (404, 414))

    def test_an_expired_link_opens_nothing_the_day_after(self):
        token = self.link(self.debtor, days=0)
        self.assertEqual(self.get(token=token).status_code, 200)
        access = self.env["recouvrement.portal.access"]._find(token, self.today)
        access.expires_on = self.today - timedelta(days=1)
        self.assertEqual(self.get(token=token).status_code, 404)

    def test_a_revoked_link_opens_nothing(self):
        self.env["recouvrement.portal.access"]._find(self.token, self.today).with_env(self.env).action_revoke()
        self.assertEqual(self.get().status_code, 404)
        another = self.link(self.debtor)
        self.assertEqual(self.get(token=another).status_code, 200)
        self.debtor.action_door_revoke()
        self.assertEqual(self.get(token=another).status_code, 404)

    def test_a_message_made_again_has_another_token_and_the_old_one_dies(self):
        self.late()
        self.night(self.today)
        reminder = self.reminders()
        access = self.env["recouvrement.portal.access"]
        [first] = access._make_for(reminder, {reminder.id: self.today}).values()
        [second] = access._make_for(reminder, {reminder.id: self.today}).values()
        self.assertEqual(self.get(token=first).status_code, 404)
        self.assertEqual(self.get(token=second).status_code, 200)
        self.assertEqual(access.search_count([("reminder_id", "=", reminder.id)]), 1)

    def test_a_closed_policy_closes_every_page(self):
        self.policy.door = False
        self.assertEqual(self.get().status_code, 404)

    def test_an_archived_debtor_has_no_page(self):
        self.debtor.active = False
        self.assertEqual(self.get().status_code, 404)
        self.debtor.action_unarchive()
        self.assertEqual(self.get().status_code, 404, "its links were revoked")

    def test_an_archived_partner_has_no_page(self):
        self.debtor_partner.active = False
        self.assertEqual(self.get().status_code, 404)

    def test_merged_partners_lose_the_links_of_both(self):
        other = self._partner("Menuiserie Durand bis", email="bis@durand.example")
        card = self.env["recouvrement.debtor"]._card(self.company, other)
        theirs = self.link(card)
        self.late(500, partner=other)
        wizard = self.env["base.partner.merge.automatic.wizard"].create(
            {"partner_ids": [Command.set((other | self.debtor_partner).ids)], "dst_partner_id": self.debtor_partner.id}
        )
        wizard.action_merge()
        self.assertEqual(self.get().status_code, 404)
        self.assertEqual(self.get(token=theirs).status_code, 404)

    def test_nothing_of_another_debtor_is_shown_or_downloaded(self):
        mine, theirs = self.late(), self.late(777, partner=self._partner("Another debtor"))
        self.assertNotIn(theirs.name, self.get().text)
        for kind in ("invoice", "letter", "statement", "plan", "secret"):
            self.assertEqual(self.get(f"/file/{kind}/{theirs.id}").status_code, 404)
        self.assertEqual(self.post(f"/print/{theirs.id}").status_code, 404)
        self.assertEqual(self.get(f"/pay?m={theirs.id}").status_code, 404)
        self.assertEqual(self.get(f"/pay?m={mine.id}-{theirs.id}").status_code, 404)

    def test_nothing_of_another_company_is_shown(self):
        """The same customer owes to two companies: a link of the one says nothing of the other."""
        other = self.setup_other_company(name="Other creditor")["company"]
        theirs = self.init_invoice(
            "out_invoice", partner=self.debtor_partner, amounts=[888.0], company=other, post=True
        )
        self.late()
        self.assertNotIn(theirs.name + "<", self.get().text)
        self.assertNotIn("888", self.get().text)
        self.assertEqual(self.get(f"/file/invoice/{theirs.id}").status_code, 404)

    def test_drafts_are_not_shown(self):
        draft = self.late(4321.0, post=False)
        self.assertNotIn("4\u00a0321", self.get().text)
        self.assertEqual(self.get(f"/file/invoice/{draft.id}").status_code, 404)

    # --- looking changes nothing --------------------------------------------------------------------------------------

    def _everything(self):
        """How many rows each table of ours, and those it could touch, has, and when they were last written."""
        self.env.flush_all()
        found = {}
        names = [name for name in self.env.registry if name.startswith("recouvrement.")]
        for name in [*names, "account.move", "mail.mail", "mail.message", "ir.attachment", "payment.transaction"]:
            model = self.env[name]
            if not model._auto or model._abstract or model._transient:
                continue
            written = SQL("MAX(write_date)") if model._log_access else SQL("NULL")
            query = SQL("SELECT COUNT(*), %s FROM %s", written, SQL.identifier(model._table))
            found[name] = self.env.execute_query(query)
        return found

    def test_looking_changes_nothing(self):
        invoice = self.late()
        before = self._everything()
        for path in (
            *("", "?page=2", "?done=paid", f"/pay?m={invoice.id}", "/pay?m=all", "/pay?m=all&amount=10"),
            *(
                f"/plan?count=2&first={self.day(10)}",
                f"/file/invoice/{invoice.id}",
                "/seen",
                "/act/paid",
                "/act/promise",
            ),
        ):
            self.assertIn(self.get(path).status_code, (200, 404, 405), path)
        self.env.invalidate_all()
        self.assertEqual(self._everything(), before)

    def test_an_opening_is_counted_when_the_page_says_so_and_once_in_a_while(self):
        self.get()
        self.assertFalse(self.events())
        self.assertEqual(self.post("/seen").status_code, 204)
        self.assertEqual(self.post("/seen").status_code, 204)
        self.assertEqual(self.events().mapped("kind"), ["opened"])
        access = self.events().access_id
        self.assertEqual((access.opened_count, access.act_count), (1, 0))

    def test_a_form_without_the_token_of_its_session_is_refused(self):
        self.late()
        with mute_logger("odoo.http"):
            self.assertEqual(self.act("paid", {"day": self.day(0)}, csrf="wrong").status_code, 400)
        self.assertFalse(self.events())

    def test_guessing_links_is_slowed_down(self):
        for _guess in range(30):
            self.assertEqual(self.get(token="A" * 43).status_code, 404)
        self.assertEqual(self.get(token="A" * 43).status_code, 429)
        self.assertEqual(self.get().status_code, 200, "who shares the address keeps its page")

    def test_a_large_account_is_paged_in_as_many_queries(self):
        door = self.env["recouvrement.door"]
        way = DoorWay(self.debtor.sudo(), "/rc/x")

        def queries(page=1):
            self.env.flush_all()
            self.env.invalidate_all()
            start = self.env.cr.sql_log_count
            found = door._page(way, self.today, page)
            return self.env.cr.sql_log_count - start, len(found["rows"]), found["pages"]

        for number in range(3):
            self.late(10 + number)
        queries()
        few = queries()
        for number in range(52):
            self.late(20 + number)
        many, rows, pages = queries()
        self.assertEqual((rows, pages), (50, 2))
        self.assertLessEqual(many, few[0] + 3)
        self.assertEqual(queries(2)[1:], (5, 2))
        self.assertEqual(queries(99)[1:], (5, 2))

    # --- accounts -----------------------------------------------------------------------------------------------------

    def test_a_logged_in_customer_finds_its_page(self):
        invoice = self.late()
        user = new_test_user(self.env, "door_portal", "base.group_portal")
        user.partner_id.parent_id = self.debtor_partner
        self.authenticate("door_portal", "door_portal")
        page = self.url_open("/my/collection")
        self.assertEqual(page.status_code, 200)
        self.assertIn(invoice.name, page.text)
        self.assertIn(f"/my/collection/{self.company.id}", page.url)
        self.assertIn("/my/collection", self.url_open("/my/home").text)

    def test_another_customer_does_not(self):
        self.late()
        new_test_user(self.env, "door_other", "base.group_portal")
        self.authenticate("door_other", "door_other")
        self.assertEqual(self.url_open(f"/my/collection/{self.company.id}").status_code, 404)
        self.assertNotIn("Menuiserie Durand", self.url_open("/my/collection").text)

    def test_nobody_logged_in_has_no_account_page(self):
        self.authenticate(None, None)
        self.assertEqual(self.url_open(f"/my/collection/{self.company.id}").status_code, 404)

    # --- colleagues ---------------------------------------------------------------------------------------------------

    def test_a_colleague_looks_and_does_nothing(self):
        invoice = self.late()
        new_test_user(
            self.env,
            "door_collector",
            "base.group_user,recouvrement_fr.group_recouvrement_user",
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )
        self.authenticate("door_collector", "door_collector")
        url = self.debtor.action_door_preview()["url"]
        page = self.url_open(url)
        self.assertEqual(page.status_code, 200)
        self.assertIn(invoice.name, page.text)
        self.assertNotIn('method="post"', page.text)
        self.assertEqual(self.post("/seen").status_code, 204)
        self.assertEqual(self.act("paid", {"day": self.day(0)}).status_code, 403)
        self.assertFalse(self.events())

    def test_a_colleague_of_another_company_sees_no_preview(self):
        other = self.env["res.company"].create({"name": "Other creditor"})
        new_test_user(
            self.env,
            "door_stranger",
            "base.group_user,recouvrement_fr.group_recouvrement_user",
            company_id=other.id,
            company_ids=[Command.set(other.ids)],
        )
        self.authenticate("door_stranger", "door_stranger")
        self.assertEqual(self.url_open(f"/recouvrement/door/{self.debtor.id}").status_code, 404)
        self.assertEqual(self.url_open("/recouvrement/door/999999999").status_code, 404)

    def test_a_new_link_is_shown_once(self):
        action = self.debtor.action_door_link()
        token = action["params"]["message"].rsplit("/", 1)[1]
        self.assertEqual(self.get(token=token).status_code, 200)
        self.policy.door = False
        with self.assertRaises(UserError):
            self.debtor.action_door_link()

    def test_evidence_is_not_written(self):
        event = self.env["recouvrement.portal.event"]._add(DoorWay(self.debtor, ""), "opened")
        with self.assertRaises(UserError):
            event.write({"note": "another"})
        with self.assertRaises(UserError):
            event.unlink()
        collector = new_test_user(self.env, "door_writer", "base.group_user,recouvrement_fr.group_recouvrement_user")
        with self.assertRaises(AccessError):
            self.env["recouvrement.portal.event"].with_user(collector).create({"kind": "paid"})
