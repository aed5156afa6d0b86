from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from ..litigation.case_common import OPENED, CaseCommon


@tagged("post_install", "-at_install")
class TestDuties(CaseCommon):
    """Who proposes, drafts or writes is not who decides; and nothing is born as only acts can make it."""

    def reminder(self, level, made_by=None):
        card = self.card()
        return (
            self.env["recouvrement.reminder"]
            .with_user(made_by or self.manager)
            .sudo()
            .create(
                {
                    "company_id": self.company.id,
                    "debtor_id": card.id,
                    "addressee_id": card.partner_id.id,
                    "policy_id": self.policy.id,
                    "level_id": level.id,
                    "run_id": self.env["recouvrement.run"].sudo().search([("state", "=", "released")], limit=1).id
                    or self.env["recouvrement.run"].sudo().search([], limit=1).id,
                    "date": OPENED,
                    "state": "to_approve",
                }
            )
            .with_env(self.env)
        )

    def drafted(self, user, record=None):
        return (
            self.env["recouvrement.document"]
            .with_user(user)
            .sudo()
            .create(
                {
                    "title": "A draft",
                    "template": "recouvrement_fr.document_declaration",
                    "debtor_id": self.card().id,
                    "company_id": self.company.id,
                    "date": OPENED,
                    "body": "<p>As drafted</p>",
                    "res_model": record._name if record else False,
                    "res_id": record.id if record else False,
                }
            )
            .with_env(self.env)
        )

    def approved_by(self, reminder, user):
        with self.at(OPENED):
            reminder.with_user(user).action_approve()
        return reminder.state == "planned" and reminder.approved_by_id == user

    def test_a_collector_approves_no_formal_notice_unless_his_company_says_so(self):
        notice = self.reminder(self.notice)
        with self.assertRaisesRegex(AccessError, "formal notice"):
            self.approved_by(notice, self.collector)
        self.assertTrue(self.approved_by(notice, self.officer))
        self.company.recouvrement_notice_by_collector = True
        self.assertTrue(self.approved_by(self.reminder(self.notice), self.collector))

    def test_a_collector_does_not_approve_the_reminder_he_made(self):
        mine = self.reminder(self.first, self.collector)
        with self.assertRaisesRegex(AccessError, "another person"):
            self.approved_by(mine, self.collector)
        colleague = new_test_user(
            self.env, "colleague", "base.group_user,recouvrement_fr.group_recouvrement_user", company_id=self.company.id
        )
        self.assertTrue(self.approved_by(mine, colleague))
        self.company.recouvrement_own_reminder = True
        self.assertTrue(self.approved_by(self.reminder(self.first, self.collector), self.collector))

    def test_a_collector_neither_rewrites_nor_freezes_nor_cancels_what_is_an_officers(self):
        for name, document in {
            "drafted by an officer": self.drafted(self.officer),
            "for a court": self.drafted(self.collector, self.opened()),
        }.items():
            his = document.with_user(self.collector)
            for act in (
                lambda his=his: his.write({"body": "<p>Another</p>"}),
                his.action_freeze,
                his.action_cancel,
                his.action_restore,
                his.action_new_version,
            ):
                with self.subTest(document=name, act=act), self.assertRaisesRegex(AccessError, "officer"):
                    act()
            document.with_user(self.officer).body = "<p>Mine</p>"
            self.assertIn("Mine", document.body)
        mine = self.drafted(self.collector).with_user(self.collector)
        mine.body = "<p>My letter</p>"
        self.company.recouvrement_documents_by_collector = True
        his.body = "<p>He may here</p>"
        self.assertIn("He may here", his.body)

    def test_a_cancelled_document_is_taken_back_as_it_was(self):
        document = self.drafted(self.collector).with_user(self.collector)
        with self.assertRaisesRegex(UserError, "not cancelled"):
            document.action_restore()
        for before in ("draft", "frozen"):
            if before == "frozen":
                document.sudo().write({"state": "frozen", "sha256": "0" * 64})
            document.action_cancel()
            self.assertEqual(document.state, "cancelled")
            document.action_restore()
            self.assertEqual(document.state, before)

    # --- born as it is ------------------------------------------------------------------------------------------------

    def test_nothing_is_born_in_a_state_that_only_acts_lead_to(self):
        card = self.card()
        partner = self._partner("Newcomer", company_registry="552100554")
        born = {
            "recouvrement.insolvency": (
                self.officer,
                {"debtor_id": card.id, "judgment_on": OPENED},
                {"state": "closed", "closed_on": OPENED, "admission": "admitted", "amount_admitted": 5, "outcome": "x"},
            ),
            "recouvrement.insolvency.hit": (
                self.officer,
                {"debtor_id": card.id, "name": "A1"},
                {"state": "confirmed", "insolvency_id": 1, "judgment_on": OPENED},
            ),
            "recouvrement.guarantee": (
                self.officer,
                {"debtor_id": card.id, "kind": "reserve_of_title", "name": "Clause"},
                {"state": "released", "called_on": OPENED, "told_ids": self.debt.ids},
            ),
            "recouvrement.debtor": (
                self.manager,
                {"partner_id": partner.id, "company_id": self.company.id},
                {"overdue_amount": 1000, "last_contact_date": OPENED, "reason_detail": "x", "next_date": OPENED},
            ),
        }
        for model, (user, needed, typed) in born.items():
            for name, value in typed.items():
                with (
                    self.subTest(model=model, name=name),
                    self.assertRaisesRegex(UserError, "by what happens"),
                    self.env.cr.savepoint(),
                ):
                    self.env[model].with_user(user).with_context(lang="en_US").create({**needed, name: value})
            if model != "recouvrement.insolvency.hit":  # the night alone writes those
                with self.at(OPENED):
                    self.assertTrue(self.env[model].with_user(user).create(needed))

    def test_a_copy_begins_afresh(self):
        guarantee = (
            self.env["recouvrement.guarantee"]
            .with_user(self.officer)
            .create({"debtor_id": self.card().id, "kind": "reserve_of_title", "name": "Clause"})
        )
        guarantee.sudo().state = "released"
        self.assertEqual(guarantee.copy().state, "active")
