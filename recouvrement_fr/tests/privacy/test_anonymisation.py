import base64
import contextlib
import io
import json
import zipfile
from datetime import date, timedelta

from pypdf import PdfReader

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger
from odoo.tools.misc import file_path

from ...models.privacy import recouvrement_anonymisation as module
from ...tools import letter_pdf
from ..common import MONDAY
from .privacy_common import MARKS, NAME, PrivacyCommon

DAY = timedelta(days=1)
LATER = date(2033, 1, 10)


@tagged("post_install", "-at_install")
class TestAnonymisation(PrivacyCommon):
    """Who may go, who decides, page by page, and what a person is given."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager, cls.collector = (
            new_test_user(
                cls.env,
                f"privacy_{group}",
                f"base.group_user,recouvrement_fr.group_recouvrement_{group}",
                company_id=cls.company.id,
                company_ids=[Command.set(cls.company.ids)],
            )
            for group in ("manager", "user")
        )

    def job(self, on=LATER):
        """The job of that day as the scheduler runs it; what it proposed or did in our company."""
        self.env.flush_all()
        with self.at(on, 5), self.enter_registry_test_mode():
            self.env.ref("recouvrement_fr.ir_cron_recouvrement_privacy").method_direct_trigger()
        self.env.invalidate_all()
        return self.log()

    def log(self, partner=None):
        domain = [("partner_id", "=", partner.id)] if partner else []
        return self.env["recouvrement.anonymisation"].search(
            [("company_id", "=", self.company.id), *domain], order="id"
        )

    # --- proposed, approved, done -------------------------------------------------------------------------------------

    def test_the_job_proposes_and_a_manager_approves(self):
        self.paid()
        self.assertFalse(self.job(date(2031, 3, 2)))  # the sixtieth month ends that day
        [proposal] = self.job(date(2031, 3, 3))
        self.assertEqual((proposal.partner_id, proposal.state), (self.person, "proposed"))
        self.assertEqual((proposal.retention_end, proposal.by_itself), (date(2031, 3, 3), True))
        self.assertEqual(self.job(date(2031, 3, 4)), proposal)  # once
        with self.assertRaises(AccessError):
            proposal.with_user(self.collector).action_approve()
        with self.at(LATER):
            proposal.with_user(self.manager).action_approve()
        self.assertEqual(proposal.decided_by_id, self.manager)
        self.job()
        self.assertEqual((proposal.state, proposal.done_on), ("done", LATER))
        self.assertNotIn("Xylographe", self.person.name)
        self.assertFalse(self.person.active)
        self.assertEqual(self.card(self.person).anonymised_on, LATER)
        self.assertEqual(self.job(LATER + DAY), proposal)  # never again

    def test_kept_by_a_manager_it_is_proposed_again_only_when_its_time_moved(self):
        self.paid()
        proposal = self.job()
        proposal.with_user(self.manager).action_keep()
        self.assertEqual(self.job(LATER + DAY), proposal)
        self.paid(on=MONDAY + 30 * DAY)
        self.assertEqual(self.job(LATER + 2 * DAY).mapped("state"), ["kept", "proposed"])

    def test_by_itself_only_where_the_company_asks_and_on_verified_rules(self):
        self.paid()
        self.company.recouvrement_anonymisation = "automatic"
        rule = self.env.ref("recouvrement_fr.recouvrement_retention_collection").sudo()  # of all companies
        rule.verified = False
        self.assertEqual(self.job().state, "proposed")
        other = self._person(name="Other Consumer")
        self.paid(other)
        rule.verified = True
        self.job(LATER + DAY)
        self.assertEqual(self.log(other).state, "done")
        self.assertFalse(self.log(other).decided_by_id)

    def test_a_company_is_never_proposed(self):
        self.paid(self.debtor_partner)
        self.assertFalse(self.job())

    def test_what_opened_since_the_approval_sends_it_back_to_the_list(self):
        self.paid()
        proposal = self.job()
        proposal.action_approve()
        debt = self.invoice(MONDAY, 10, partner=self.person)
        self.job(LATER + DAY)
        self.assertEqual(proposal.state, "proposed")
        self.assertIn(debt.name, proposal.problem)
        self.assertEqual(self.person.name, NAME)

    def test_a_legal_hold_keeps_everything_until_it_is_lifted(self):
        self.paid()
        hold = self.env["recouvrement.retention.hold"].with_user(self.manager)
        hold = hold.create({"partner_id": self.person.id, "reason": f"Plainte de {NAME}"})
        self.assertFalse(self.job())
        with self.at(LATER), self.assertRaisesRegex(UserError, "Legal hold: Plainte"):
            self.env["recouvrement.anonymisation"]._refuse_open(self.company, self.person, LATER)
        with self.assertRaises(UserError):
            hold.write({"reason": "Other"})
        with self.assertRaises(AccessError):
            hold.with_user(self.collector).action_lift()
        hold.action_lift()
        self.assertEqual(hold.lifted_by_id, self.manager)
        self.job(LATER + DAY).action_approve()
        self.job(LATER + DAY)
        self.assertEqual(self.log().state, "done")
        self.assertEqual(hold.reason, "—")

    # --- in pages -----------------------------------------------------------------------------------------------------

    def crowd(self, count):
        people = self.env["res.partner"]
        for number in range(count):
            people |= self._person(name=f"Person Numbered {number}", email=f"p{number}@nowhere.example")
            self.paid(people[-1])
        return people

    def statements(self, people):
        data = self.env["recouvrement.personal.data"]
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        family = data._family(self.company, people)
        data._standing(family, LATER)
        data._erase(family, LATER)
        return self.env.cr.sql_log_count - before

    def test_a_page_takes_as_many_statements_for_many_as_for_few(self):
        few, many = self.crowd(2), self.crowd(8)
        self.statements(self._person(name="To Warm Up"))
        of_few, of_many = self.statements(few), self.statements(many)
        self.assertLessEqual(of_many, of_few + 4)
        self.assertLess(of_many, 500)

    def test_one_that_fails_is_told_and_the_others_go(self):
        people = self.crowd(3)
        proposals = self.job()
        proposals.action_approve()
        data = type(self.env["recouvrement.personal.data"])
        erase = data._erase

        def failing(self_, family, on):
            if people[1].id in family.persons:
                raise ValueError("disk")
            return erase(self_, family, on)

        self.patch(data, "_erase", failing)
        with mute_logger(module.__name__):
            self.job()
        self.assertEqual(proposals.sorted(lambda one: one.partner_id.id).mapped("state"), ["done", "failed", "done"])
        self.assertEqual(people[1].name, "Person Numbered 1")

    def test_stopped_between_two_pages_it_goes_on_from_there(self):
        self.crowd(3)
        self.patch(module, "PAGE", 1)
        proposals = self.job()
        proposals.action_approve()
        page = type(proposals)._try_page
        done = []

        def killed(self_, on):
            if len(done) == 1:
                raise KeyboardInterrupt
            done.append(self_.ids)
            return page(self_, on)

        self.patch(type(proposals), "_try_page", killed)
        with contextlib.suppress(KeyboardInterrupt):  # assertRaises would undo what was committed before
            self.job()
            self.fail("It was not stopped.")
        self.env.invalidate_all()
        self.assertEqual(sorted(proposals.mapped("state")), ["approved", "approved", "done"])
        self.patch(type(proposals), "_try_page", page)
        self.job()
        self.assertEqual(set(proposals.mapped("state")), {"done"})

    # --- two companies, contacts --------------------------------------------------------------------------------------

    def test_a_person_known_by_two_companies_goes_from_each_apart_and_the_partner_with_the_last(self):
        self.paid()
        other = self.env["res.company"].create({"name": "Other creditor", "country_id": self.env.ref("base.fr").id})
        card = self.env["recouvrement.debtor"].sudo().create({"company_id": other.id, "partner_id": self.person.id})
        card.message_post(body=f"Vu {NAME}")
        self.job().action_approve()
        self.job()
        log = self.log()
        self.assertEqual((log.state, log.partner_too, self.person.name), ("done", False, NAME))
        self.assertIn(NAME, card.message_ids[0].body)
        self.assertNotIn("recouvrement_contact.note", self.found())
        theirs = self.env["recouvrement.anonymisation"]._anonymise_now(other, self.person, LATER)
        self.assertTrue(theirs.partner_too)
        self.assertNotEqual(self.person.name, NAME)
        identity = self.env["recouvrement.retention.identity"].search([("partner_id", "=", self.person.id)])
        self.assertEqual((identity.company_id, identity.name), (self.company, NAME))

    def test_a_contact_goes_and_its_company_stays(self):
        contact = self.env["res.partner"].create(
            {"name": NAME, "email": MARKS["email"], "phone": MARKS["phone"], "parent_id": self.debtor_partner.id}
        )
        self.paid(self.debtor_partner)
        card = self.card()
        self.assertEqual(contact.street, "2 rue du Débiteur")  # the address of its company
        card.message_post(body="Courrier au 2 rue du Débiteur")
        card.message_post(body=f"<p>Menuiserie Durand : {NAME} rappelle au 06 98 76 54 32</p>")
        noted = (
            self.env["recouvrement.contact"]
            .sudo()
            .create(
                {
                    "company_id": self.company.id,
                    "debtor_id": card.id,
                    "channel": "call",
                    "outcome": "no_answer",
                    "spoke_to": NAME,
                    "note": f"{NAME} est absente, l’accueil rappellera",
                }
            )
        )
        card.dunning_contact_id = contact
        log = self.env["recouvrement.anonymisation"]
        with self.assertRaisesRegex(UserError, "Named as its contact"):
            log._anonymise_now(self.company, contact, LATER)
        card.dunning_contact_id = False
        log._anonymise_now(self.company, contact, LATER)
        shown = self.found("z[ée]phyrine|zephyrine.xylographe|98[\\s.-]?76[\\s.-]?54")
        self.assertEqual({name: count for name, count in shown.items() if "bank" not in name}, self.of_other_person())
        self.assertEqual(self.debtor_partner.name, "Menuiserie Durand")
        self.assertIn("Menuiserie Durand", card.message_ids[0].body)
        self.assertIn("2 rue du Débiteur", card.message_ids[1].body)
        self.assertEqual((noted.spoke_to, noted.note), ("—", "— est absente, l’accueil rappellera"))

    def of_other_person(self):
        """The person of the fixture has the same name: its own row is somebody else's."""
        return {
            f"res_partner.{name}": 1
            for name in ("name", "complete_name", "email", "email_normalized", "phone", "phone_sanitized")
            if self.person[name]
        }

    # --- a person asks ------------------------------------------------------------------------------------------------

    def asked(self):
        with self.at(LATER):
            action = self.person.with_user(self.manager).action_recouvrement_export()
            dialog = self.env["recouvrement.person.request"].with_user(self.manager).with_context(action["context"])
            dialog = dialog.create({})
            dialog.action_make()
        return zipfile.ZipFile(io.BytesIO(base64.b64decode(dialog.file)))

    def test_a_person_is_given_everything_that_is_held_and_nothing_of_others(self):
        invoice = self.paid()
        card = self.card(self.person)
        card.message_post(body=f"Vu {NAME}", attachments=[("mot.txt", b"Un mot")])
        other = self._partner("Somebody Else", email="else@nowhere.example")
        self.paid(other)
        given = self.asked()
        self.assertEqual(sorted(given.namelist())[0], "donnees.json")
        data = json.loads(given.read("donnees.json"))
        self.assertEqual(data["res.partner"][0]["name"], NAME)
        self.assertEqual(data["res.partner.bank"][0]["acc_number"].replace(" ", ""), MARKS["iban"])
        self.assertEqual(data["account.move"][0]["name"], invoice.name)
        self.assertEqual(data["recouvrement.contact"][0]["outcome"], "no_answer")
        self.assertTrue(any("Vu" in (message["body"] or "") for message in data["mail.message"]))
        page = given.read("synthese.html").decode()
        self.assertIn(NAME, page)
        self.assertIn(invoice.name, page)
        paper = PdfReader(io.BytesIO(given.read("synthese.pdf")))
        words = "".join(sheet.extract_text() for sheet in paper.pages)
        self.assertIn(invoice.name, words)
        self.assertIn(NAME, words)
        self.assertNotIn("Somebody Else", words)
        for name in given.namelist():
            self.assertNotIn(b"Somebody Else", given.read(name))
            self.assertNotIn(self.collector.login.encode(), given.read(name))
            self.assertNotIn(self.env.user.email.encode(), given.read(name))  # who wrote the note
        self.assertIn(b"Un mot", [given.read(name) for name in given.namelist() if name.startswith("fichiers/")])
        log = self.env["recouvrement.person.export"].search([("partner_id", "=", self.person.id)])
        self.assertEqual((log.given_by_id, log.company_id, len(log.sha256)), (self.manager, self.company, 64))

    def test_without_a_renderer_he_is_given_the_page(self):
        self.paid()
        self.patch(letter_pdf, "_renderer", self._no_renderer)
        with mute_logger("odoo.addons.recouvrement_fr.models.privacy.recouvrement_person_export"):
            names = self.asked().namelist()
        self.assertIn("synthese.html", names)
        self.assertNotIn("synthese.pdf", names)

    def _no_renderer(self):
        raise letter_pdf.RendererMissing

    def test_no_shipped_rule_is_verified_before_a_person_read_its_text(self):
        shipped = self.env["ir.model.data"].search(
            [("module", "=", "recouvrement_fr"), ("model", "=", "recouvrement.retention")]
        )
        self.assertEqual(len(shipped), 5)
        text = file_path("recouvrement_fr/data/recouvrement_retention_data.xml")
        with open(text, encoding="utf-8") as data:
            self.assertNotIn('name="verified"', data.read())  # as installed: a manager may have ticked one since
        self.paid()
        self.company.recouvrement_anonymisation = "automatic"
        self.env["recouvrement.retention"].sudo().search([]).verified = False
        self.assertEqual(self.job().state, "proposed")

    def test_managers_alone_and_of_their_company(self):
        self.paid()
        for act in ("action_recouvrement_anonymise", "action_recouvrement_export"):
            with self.assertRaises(AccessError):
                getattr(self.person.with_user(self.collector), act)()
        other = self.env["res.company"].create({"name": "Other creditor", "country_id": self.env.ref("base.fr").id})
        for model, act in (
            ("recouvrement.anonymise", "action_anonymise"),
            ("recouvrement.person.request", "action_make"),
        ):
            dialog = self.env[model].with_user(self.manager)
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                getattr(dialog.create({"partner_id": self.person.id, "company_id": other.id}), act)()

    def test_the_dialog_shows_what_changes_and_what_stays_before_anything_does(self):
        self.paid()
        dialog = self.env["recouvrement.anonymise"].with_user(self.manager)
        with self.at(MONDAY + DAY):
            early = dialog.create({"partner_id": self.person.id})
            self.assertFalse(early.may_go)
            self.assertIn("03/03/2031", early.until_words)
            with self.assertRaisesRegex(UserError, "03/03/2031"):
                early.action_anonymise()
        with self.at(LATER):
            dialog = dialog.create({"partner_id": self.person.id})
            self.assertTrue(dialog.may_go)
            self.assertIn("Contact", dialog.changed_words)
            self.assertRegex(dialog.kept_words, r"2 entries")
            dialog.action_anonymise()
            company = self.env["recouvrement.anonymise"].with_user(self.manager)
            company = company.create({"partner_id": self._partner("Some Company").id})
            with self.assertRaisesRegex(UserError, "This is a company"):
                company.action_anonymise()
        self.assertEqual(self.log().state, "done")

    def test_a_rule_of_all_is_not_changed_by_a_manager_of_one_company(self):
        rule = self.env.ref("recouvrement_fr.recouvrement_retention_collection").with_user(self.manager)
        self.env["res.company"].create({"name": "Other creditor"})
        with self.assertRaises(AccessError):
            rule.months = 1
        own = rule.create(
            {
                "kind": "collection",
                "event": "relation_end",
                "months": 24,
                "date_from": "2020-01-01",
                "legal_basis": "Own",
                "company_id": self.company.id,
            }
        )
        self.paid()
        self.assertFalse(self.job(date(2028, 3, 2)))
        self.assertTrue(self.job(date(2028, 3, 3)))
        self.assertTrue(own)
