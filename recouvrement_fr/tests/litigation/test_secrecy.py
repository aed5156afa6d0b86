"""A case made confidential after months of work: nothing of it is read, counted or guessed any more, wherever it is."""

import json
from datetime import date
from importlib.util import module_from_spec, spec_from_file_location

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged
from odoo.tools.misc import file_path, mute_logger

from .case_common import DAY, OPENED, CaseCommon

NUMBER = "RG26-98765"  # of the court: no other record has it
LATER = date(2026, 10, 20)
WORDS = "Zephyrine"  # said in the case alone
PARTS = ("case", "case.proceeding", "case.step", "case.event", "case.claim", "case.cost", "case.piece", "case.approval")


@tagged("post_install", "-at_install")
class TestSecrecy(CaseCommon):
    def before_all(self):
        super().before_all()
        self.env = self.env(context={**self.env.context, "tracking_disable": False})
        self.case = self.lived()
        self.names = (self.case.name, NUMBER, WORDS)

    def lived(self):
        """A case with everything that hangs on one, made while everybody could read it."""
        self.night(OPENED - DAY)
        case = self.opened()
        case.write({"court_number": NUMBER, "note": WORDS})
        run = self.start(case, "injonction")
        order = {"amount": 10000}
        self.walk(run, ("filed", OPENED), ("order", date(2026, 10, 5), order), ("served", date(2026, 10, 12)))
        with self.at(LATER):
            document = case._draft_act("statement", LATER)
            document.title = WORDS
            document.message_post(body=f"{WORDS} about the draft")
            case._sync(LATER)
            for user in (self.collector, self.officer):
                case.message_subscribe(user.partner_id.ids)
            self.said = case.with_user(self.collector).message_post(body=f"He says {WORDS}")
            self.told = case.message_post(body=f"Read {WORDS}", partner_ids=self.collector.partner_id.ids)
            self.task = case.activity_schedule(
                "mail.mail_activity_data_todo", summary=f"Call {WORDS}", user_id=self.collector.id
            )
            self.file = self.env["ir.attachment"].create(
                {"name": f"{WORDS}.txt", "raw": b"secret", "res_model": case._name, "res_id": case.id}
            )
            costs = self.env["recouvrement.case.cost"].with_user(self.officer)
            costs.create({"case_id": case.id, "name": WORDS, "amount": 35})
            bailiff = self._partner("SCP Huissier", company_registry=False)
            billed = {"case_id": case.id, "name": "Signification", "amount": 90, "partner_id": bailiff.id}
            costs.create(billed).action_draft_bill()
        return case

    def hidden(self):
        with self.at(LATER):
            self.case.with_user(self.officer).is_confidential = True
        self.env.flush_all()
        self.env.invalidate_all()

    def models_with_a_path(self):
        """Every stored model that leads to a case, and those that name their record in two fields."""
        parts = {f"recouvrement.{name}" for name in PARTS}
        for name, model in sorted(self.env.registry.items()):
            if model._abstract or model._transient or not model._auto:
                continue
            for field in model._fields.values():
                direct = field.type in ("many2one", "one2many", "many2many") and field.comodel_name in parts
                if direct or field.type == "many2one_reference":
                    yield name
                    break
        yield from (
            "recouvrement.reminder",
            "recouvrement.debtor",
            "res.partner",
            "mail.message",
            "account.move.line",
        )

    def rows(self, name, user):
        """What that user reads of this model, as JSON; empty where he may not."""
        model = self.env[name].with_user(user).with_context(active_test=False)
        try:
            if name in (
                "account.move",
                "account.move.line",
                "res.partner",
                "mail.message",
                "ir.attachment",
                "mail.activity",
            ):
                found = model.search([], limit=200, order="id desc")
            else:
                found = model.search([])
            names = [field for field in found.fields_get() if found._fields[field].type != "binary"]
            return json.dumps(found.read(names), default=str)
        except AccessError:
            return ""

    def test_nothing_of_it_is_read_in_any_model(self):
        before = {name for name in self.models_with_a_path() if self.read_names(name, self.collector)}
        self.assertGreater(len(before), 8, before)  # it does look at them
        self.hidden()
        after = {name: found for name in self.models_with_a_path() if (found := self.read_names(name, self.collector))}
        self.assertFalse(after)
        self.assertTrue(self.read_names("recouvrement.case", self.officer))

    def read_names(self, name, user):
        rows = self.rows(name, user)
        return [word for word in self.names if word in rows]

    def test_nothing_hangs_on_it_for_who_may_not_read_it(self):
        self.hidden()
        runs = self.case.run_ids
        for name in self.models_with_a_path():
            model = self.env[name]
            for field in model._fields.values():
                if field.type != "many2one_reference" or not field.store:
                    continue
                for record in (self.case, *runs):
                    domain = [(field.model_field, "=", record._name), (field.name, "=", record.id)]
                    with self.subTest(model=name, about=record):
                        try:
                            found = model.with_user(self.collector).search_count(domain)
                        except AccessError:
                            found = 0
                        self.assertEqual(found, 0, name)

    def test_who_follows_a_record_is_told_to_whoever_reads_that_record(self):
        followers = self.env["mail.followers"]
        of_case = [("res_model", "=", self.case._name), ("res_id", "=", self.case.id)]
        of_card = [("res_model", "=", "recouvrement.debtor"), ("res_id", "=", self.case.debtor_id.id)]
        self.case.debtor_id.message_subscribe(self.collector.partner_id.ids)
        employee = new_test_user(self.env, "no_role", groups="base.group_user")
        other = self.env["res.company"].create({"name": "Other Creditor", "country_id": self.env.ref("base.fr").id})
        elsewhere = new_test_user(
            self.env,
            "elsewhere",
            groups="base.group_user,recouvrement_fr.group_recouvrement_manager",
            company_id=other.id,
            company_ids=[Command.set(other.ids)],
        )
        for domain in (of_case, of_card):
            one = followers.search(domain, limit=1)
            self.assertTrue(one)
            for user in (employee, elsewhere):
                self.assertFalse(followers.with_user(user).search(domain))
                with self.assertRaises(AccessError):
                    one.with_user(user).read(["partner_id", "res_id"])
            self.assertEqual(one.with_user(self.collector).read(["res_id"])[0]["res_id"], one.res_id)
        self.assertIn(self.collector.partner_id, self.case.with_user(self.collector).message_partner_ids)
        either = ["|", ("res_model", "=", "res.partner"), ("res_model", "=", self.case._name)]
        self.assertNotIn(self.case._name, followers.with_user(employee).search(either).mapped("res_model"))
        of_move = [("res_model", "=", "account.move")]  # of others than the add-on: as Odoo does
        self.assertEqual(followers.with_user(employee).search(of_move), followers.search(of_move))

    @mute_logger("odoo.models")  # a model without a name
    def test_no_question_asked_of_others_tells_of_it(self):
        """Searched by what only the case knows, through every field that leads to it."""
        self.hidden()
        parts = {f"recouvrement.{name}" for name in PARTS}
        asked = 0
        for name in sorted(set(self.models_with_a_path())):
            model = self.env[name].with_user(self.collector).with_context(active_test=False)
            for field in model._fields.values():
                if getattr(field, "comodel_name", None) not in parts or not (field.store or field.search):
                    continue
                inner = {"recouvrement.case": "court_number"}.get(field.comodel_name, "case_id.court_number")
                for domain in (
                    [(f"{field.name}.{inner}", "=", NUMBER)],
                    [(field.name, "any", [(inner, "=", NUMBER)])],
                    [(field.name, "ilike", self.case.name)],
                ):
                    asked += 1
                    with self.subTest(model=name, domain=domain), mute_logger("odoo.domains"):
                        try:
                            found = model.search_count(domain)
                        except AccessError:
                            found = 0
                        self.assertEqual(found, 0)
        self.assertGreater(asked, 20)

    def test_the_timeline_and_the_card_tell_nothing(self):
        with self.at(LATER):
            self.assertIn(self.case.name, json.dumps(self.card().with_user(self.collector).get_timeline()))
            self.hidden()
            card = self.card().with_user(self.collector)
            said = json.dumps(card.get_timeline()) + json.dumps(card.read(), default=str)
        for word in self.names:
            self.assertNotIn(word, said)

    def test_whoever_wrote_was_told_or_had_to_act_reads_it_no_more(self):
        self.hidden()
        for record in (self.said, self.told, self.task, self.file):
            with self.subTest(record=record):
                self.assertFalse(record.with_user(self.collector).has_access("read"))
                self.assertFalse(record.with_user(self.collector).search([("id", "=", record.id)]))
                self.assertTrue(record.with_user(self.officer).has_access("read"))
        self.assertNotIn(self.collector.partner_id, self.case.message_partner_ids)
        self.assertIn(self.officer.partner_id, self.case.message_partner_ids)
        self.assertEqual(self.task.user_id, self.officer)

    def test_secrecy_lifted_shows_everything_again(self):
        self.hidden()
        self.case.with_user(self.officer).is_confidential = False
        self.env.invalidate_all()
        for name in ("recouvrement.document", "recouvrement.deadline", "recouvrement.limitation.event", "mail.message"):
            with self.subTest(model=name):
                domain = [("debtor_id", "=", self.card().id)] if name != "mail.message" else [("id", "=", self.said.id)]
                self.assertTrue(self.env[name].with_user(self.collector).search(domain))

    def test_it_is_hidden_in_the_same_breath(self):
        document = self.env["recouvrement.document"].search([("res_id", "=", self.case.id), ("title", "=", WORDS)])
        self.assertTrue(document.with_user(self.collector).has_access("read"))
        self.case.with_user(self.officer).is_confidential = True
        self.assertFalse(document.with_user(self.collector).has_access("read"))
        self.assertFalse(document.with_user(self.collector).search([("id", "=", document.id)]))

    def test_another_case_of_the_same_debtor_stays_readable(self):
        other = self.opened(self.invoice(OPENED - 40 * DAY, 500))
        self.hidden()
        for record in (other, other.event_ids):
            self.assertTrue(record.with_user(self.collector).has_access("read"))

    def test_what_is_told_of_limitation_is_told_in_the_case(self):
        said = self.case.message_ids.filtered(lambda message: "Limitation:" in (message.body or ""))
        self.assertEqual(len(said), 1)
        self.assertFalse(self.card().message_ids.filtered(lambda message: "Limitation:" in (message.body or "")))

    def test_a_cancelled_reminder_does_not_name_the_case(self):
        reminder = self.env["recouvrement.reminder"].search([("debtor_id", "=", self.card().id)], limit=1)
        reminder.sudo().state = "planned"
        self.case._take_back()
        self.assertEqual(reminder.cancel_reason, "In a litigation case.")

    def test_a_case_is_not_hidden_by_the_deadline_of_an_open_proceeding(self):
        """Amicable proceedings are confidential from the first day: their documents and deadlines too."""
        with self.at(OPENED):
            record = self.env["recouvrement.insolvency"].create(
                {"debtor_id": self.card().id, "kind": "mandat_ad_hoc", "judgment_on": OPENED}
            )
        self.env["recouvrement.deadline"].sudo().create(
            {
                "name": WORDS,
                "code": "x",
                "date": OPENED,
                "debtor_id": self.card().id,
                "company_id": self.company.id,
                "res_model": record._name,
                "res_id": record.id,
            }
        )
        mine = [("name", "=", WORDS), ("res_model", "=", record._name)]
        self.assertEqual(self.env["recouvrement.deadline"].with_user(self.collector).search_count(mine), 0)
        self.assertEqual(self.env["recouvrement.deadline"].with_user(self.officer).search_count(mine), 1)

    def test_commands_of_many_do_not_reach_it(self):
        self.hidden()
        for command in (Command.link(self.case.id), Command.set(self.case.ids), Command.unlink(self.case.id)):
            with self.assertRaises(UserError), self.env.cr.savepoint():
                self.card().with_user(self.collector).write({"case_ids": [command]})

    def test_a_database_of_before_is_mended_and_may_be_mended_twice(self):
        card = self.card()
        reminder = self.env["recouvrement.reminder"].search([("debtor_id", "=", card.id)], limit=1)
        reminder.sudo().cancel_reason = f"In the litigation case {self.case.name}."
        event = self.env["recouvrement.limitation.event"].search([("res_model", "=", "recouvrement.case.proceeding")])
        message = card.message_post(body="Limitation: claim – 12/10/2026 (C.civ 2241), for INV/1.")
        other = card.message_post(body="He called")
        self.env.flush_all()
        self.env.cr.execute("UPDATE mail_message SET create_date = %s WHERE id = %s", [event.create_date, message.id])
        self.env.cr.execute("UPDATE recouvrement_case SET is_confidential = TRUE WHERE id = %s", [self.case.id])
        self.env.invalidate_all()
        path = file_path("recouvrement_fr/migrations/19.0.3.0.0/post-secrecy.py")
        spec = spec_from_file_location("secrecy", path)
        script = module_from_spec(spec)
        spec.loader.exec_module(script)
        for _time in range(2):
            script.migrate(self.env.cr, "19.0.2.0.0")
            self.env.invalidate_all()
            self.assertEqual(reminder.cancel_reason, "In the litigation case.")
            self.assertEqual((message.model, message.res_id), (self.case._name, self.case.id))
            self.assertEqual((other.model, other.res_id), (card._name, card.id))
            self.assertNotIn(self.collector.partner_id, self.case.message_partner_ids)

    def test_an_impairment_says_nothing_of_a_confidential_case(self):
        self.case.sudo().write({"is_estimated": True, "provision_rate": 80, "provision_note": WORDS})
        provision = self.env["recouvrement.provision"].new({"company_id": self.company.id, "date": LATER})
        for secret in (False, True):
            self.case.sudo().is_confidential = secret
            [(rate, note)] = provision._case_estimates().values()
            self.assertEqual((rate, note), (80, "Estimated in a litigation case." if secret else WORDS))
