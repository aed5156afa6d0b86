import ast
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

from odoo.exceptions import UserError
from odoo.tests import tagged

from ...rules.instalments import Instalment
from ..clock import today
from ..common import MONDAY
from ..sending.dispatch_common import DispatchCommon

MODULE = Path(__file__).parents[2]
DAY = timedelta(days=1)
LATER = MONDAY + 14 * DAY  # a Monday too
# Every place of the add-on that makes something leave, or hands over what a person then carries: who asks
# `recouvrement.exit`, and where. A new one fails the test below until somebody has written here how it is guarded.
EXITS = {
    # dispatches ask in recouvrement.dispatch._send and _check_open
    "models/sending/recouvrement_channel_email.py _create": "mail made `cancel`, see _send",
    "models/sending/recouvrement_channel_email.py _send": "called by recouvrement.dispatch._send",
    "models/sending/recouvrement_channel_email.py _send_again": "called by recouvrement.dispatch._send",
    "models/sending/recouvrement_long_list.py _list_pages": "enclosed with an e-mail of a dispatch",
    "models/sending/recouvrement_channel_letter.py _draft": "the pages, which `_check_open` lets be printed and posted",
    "models/sending/recouvrement_channel_sms.py _send": "called by recouvrement.dispatch._send",
    "recouvrement_fr_snailmail/models/recouvrement_channel_postal.py _print": "called by recouvrement.dispatch._send",
    "models/sending/ir_mail_server.py send_email": "what is heard of what leaves, for a dispatch",
    "models/sending/recouvrement_dispatch_postal.py _post": "asks _check_open",
    "models/sending/recouvrement_dispatch_postal.py action_print": "asks _check_open",
    "models/sending/recouvrement_dispatch_postal.py action_deposit_slip": "asks _check_open",
    "models/sending/recouvrement_dispatch_postal.py action_deposit_csv": "asks _check_open",
    "models/sending/recouvrement_dispatch_postal.py _deposit": "called by _post, which asks _check_open",
    # e-mails of the queue ask when they are written, and once more in mail.mail._send
    "models/amicable/recouvrement_forewarning.py _forewarn": "its callers ask",
    "models/contacts/recouvrement_proof.py _ask_proof": "asks",
    "models/contacts/recouvrement_statement.py _send": "asks in _make",
    "models/sending/recouvrement_debtor_message.py _queue_message": "asks",
    "models/contacts/recouvrement_thanks.py _queue_one": "asked by _leaving, and _obstacle for the judgment",
    "models/door/recouvrement_door_acts.py _acknowledge": "asks whether the database is neutralized; claims nothing",
    # paper
    "models/contacts/recouvrement_statement.py _make": "asks",
    "models/contacts/recouvrement_visit_sheet.py _open": "asks",
    "models/documents/recouvrement_document.py _printed": "drafts are marked by their name; freezing and posting ask",
    # not to the debtor
    "wizards/figures/recouvrement_aged.py _printed": "figures of all debtors, for whoever asks in the house",
    "wizards/figures/recouvrement_dashboard_page.py _sheet": "figures of all debtors, for whoever asks in the house",
    "models/figures/recouvrement_figures_sending.py _send": "to users who asked for it; asks whether it is neutralized",
    "models/privacy/recouvrement_person_export.py _printed": "given to the person whose data they are, by a manager",
    "wizards/night/recouvrement_preview.py action_send_test": "to whoever presses the button, marked as a test",
    "models/night/recouvrement_decision.py action_letters": "marked as a preview",
    "wizards/night/recouvrement_preview.py _print": "marked as a preview",
}
CALLS = {"send_mail", "send_email", "print_sheets", "_render_pdf", "_open_file", "_snailmail_print_valid_address"}
CALLS |= {"_deposit", "message_mail_with_source", "_message_sms", "message_notify", "_send_sms"}
MADE = {"mail.mail", "sms.sms", "snailmail.letter", "mail.compose.message", "sms.composer"}
NO_EXIT = {  # names a model to search or to extend it, or prints for the house alone
    "models/documents/recouvrement_letter_printing.py",  # the engine itself: whoever asks for its pages is above
    "models/penalties/recouvrement_decompte.py",
}


def exits():
    """ "file function" of each call that makes something leave."""
    folders = ("models", "wizards", "controllers")
    files = [file for folder in folders for file in MODULE.parent.glob(f"recouvrement_fr*/{folder}/**/*.py")]
    for file in sorted(files):
        name = str(file.relative_to(MODULE.parent)).removeprefix("recouvrement_fr/")
        nodes = [] if name in NO_EXIT else ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        for function in nodes:
            if isinstance(function, ast.FunctionDef) and any(leaves(node) for node in ast.walk(function)):
                yield f"{name} {function.name}"


def leaves(node):
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
        return False
    called = node.func.attr
    if called in CALLS:
        return True
    if called == "message_post" and any(key.arg in ("partner_ids", "outgoing_email_to") for key in node.keywords):
        return True
    if called not in ("create", "send", "_send"):
        return False
    return any(
        isinstance(inner, ast.Subscript) and isinstance(inner.slice, ast.Constant) and inner.slice.value in MADE
        for inner in ast.walk(node.func)
    ) or (called == "send" and "mail" in ast.unparse(node.func))


@tagged("post_install", "-at_install")
class TestExits(DispatchCommon):
    def test_every_place_where_something_leaves_is_known_with_what_guards_it(self):
        self.assertEqual(sorted(set(exits())), sorted(EXITS))


class ExitCommon(DispatchCommon):
    """A debtor reminded on Monday, and everything that could leave to him."""

    def before_all(self):
        super().before_all()
        self.company.recouvrement_gap_days = 3
        self.policy.write({"thanks": True, "promise_reminder": True})
        self.debt = self.invoice(MONDAY - 20 * DAY, 1000)
        self.night(MONDAY)
        self.debtor = self.card()

    def protocol(self):
        """A letter drafted on Monday about what the debtor owes."""
        with self.at(MONDAY):
            schedule = [Instalment(LATER + 30 * DAY, Decimal(1000))]
            plan = self.env["recouvrement.plan"]._make(self.debtor, self.debt, schedule)
            return self.env["recouvrement.document"].browse(plan.action_protocol()["res_id"])

    def letters(self):
        """[(name, what a person presses)]: each hands something over."""
        statement, debtor = self.env["recouvrement.statement"], self.debtor
        return [
            ("statement by e-mail", lambda: statement._send(debtor, LATER, {debtor: debtor.partner_id})),
            ("statement on paper", lambda: statement._make(debtor, LATER)),
            ("proof", lambda: debtor._ask_proof(LATER)),
            ("visit sheet", debtor.action_print_visit_sheet),
        ]

    def letter(self):
        """A registered letter, printed and not posted."""
        self.reminders().level_id.channel_ids.channel = "registered"
        self.dispatch(MONDAY, 3)
        return self.reminders().dispatch_ids

    def outgoing(self):
        return self.env["mail.mail"].search([("state", "=", "outgoing"), ("model", "=like", "recouvrement.%")])


@tagged("post_install", "-at_install")
class TestExitInAGap(ExitCommon):
    def test_what_a_person_sends_during_a_gap_is_refused_until_a_manager_confirms(self):
        for name, press in self.letters():
            with self.subTest(name), self.at(LATER), self.assertRaisesRegex(UserError, "Nights were missed"):
                press()
        self.assertFalse(self.outgoing())
        self.night(LATER)
        held = self.env["recouvrement.run"].search([("company_id", "=", self.company.id), ("date", "=", LATER)])
        self.assertEqual(held.reason, "gap")
        with self.at(LATER):
            held.action_release()
            for name, press in self.letters():
                with self.subTest(name):
                    press()

    def test_a_document_is_not_frozen_during_a_gap(self):
        document = self.protocol()
        with self.at(LATER), self.assertRaisesRegex(UserError, "Nights were missed"):
            document.action_freeze()
        with self.at(MONDAY + 2 * DAY):
            document.action_freeze()
        self.assertEqual(document.state, "frozen")

    def test_the_statement_of_claim_waits_for_the_same_confirmation(self):
        mandataire = self._partner("Maître Legrand", company_registry=False)
        with self.at(MONDAY):
            insolvency = self.env["recouvrement.insolvency"].create(
                {
                    "debtor_id": self.debtor.id,
                    "kind": "redressement",
                    "judgment_on": MONDAY,
                    "mandataire_id": mandataire.id,
                }
            )
            declaration = self.env["recouvrement.document"].browse(insolvency.action_declaration()["res_id"])
        with self.at(LATER), self.assertRaisesRegex(UserError, "Nights were missed"):
            declaration.action_freeze()
        with self.at(MONDAY + DAY):
            declaration.action_freeze()  # to the mandataire: the judgment does not stop it
        self.assertEqual(declaration.state, "frozen")

    def test_letters_are_not_posted_by_the_dialog_nor_listed_on_a_slip(self):
        letter = self.letter()
        with self.at(LATER):
            dialog = (
                self.env["recouvrement.posting"]
                .with_context(active_model="recouvrement.dispatch", active_ids=letter.ids)
                .create({"posted_on": LATER})
            )
            dialog.line_ids.tracking_number = "1A00000000001"
            for press in (dialog.action_post, letter.action_deposit_slip, letter.action_deposit_csv):
                with self.assertRaisesRegex(UserError, "Nights were missed"):
                    press()
        self.assertEqual(letter.state, "queued")

    def test_a_message_sent_again_waits_too(self):
        self.dispatch(MONDAY)
        self.assertEqual(len(self.server.messages), 1)
        with self.at(LATER):
            copy = self.reminders().dispatch_ids._resend()
        self.dispatch(LATER)
        self.assertEqual((copy.state, len(self.server.messages)), ("queued", 1))
        with self.mail_server(), self.at(LATER):
            copy._send_after_commit(LATER)  # at once, by a button
        self.assertEqual((copy.state, len(self.server.messages)), ("queued", 1))

    def test_a_message_without_date_is_held_as_well(self):
        with self.at(MONDAY):
            self.debtor._ask_proof(on=today())
        mail = self.outgoing()
        mail.sudo().mail_message_id.date = False
        for commits in (True, False):
            with self.mail_server(), self.at(LATER), self.enter_registry_test_mode():
                mail._send(auto_commit=commits)
            self.assertEqual((mail.state, self.server.messages), ("outgoing", []), commits)

    def test_a_branch_follows_the_nights_of_the_company_above_it_alone(self):
        branch = self.env["res.company"].sudo().create({"name": "Agence", "parent_id": self.company.id})
        night = self.env["recouvrement.run"].search([("company_id", "=", self.company.id), ("kind", "=", "night")])
        self.env["recouvrement.run"].sudo().create({"company_id": branch.id, "date": MONDAY - 60 * DAY})
        gate = self.env["recouvrement.exit"]
        self.assertFalse(gate._late_companies(night.date + DAY) & (self.company | branch))
        self.assertEqual(gate._late_companies(LATER) & (self.company | branch), self.company | branch)


@tagged("post_install", "-at_install")
class TestExitAfterAJudgment(ExitCommon):
    def judged(self):
        with self.at(MONDAY + DAY):
            return self.env["recouvrement.insolvency"].create(
                {"debtor_id": self.debtor.id, "kind": "redressement", "judgment_on": MONDAY}
            )

    def test_what_was_written_before_the_judgment_does_not_leave(self):
        with self.at(MONDAY):
            self.debtor._ask_proof(on=today())
            self.env["recouvrement.statement"]._send(self.debtor, MONDAY, {self.debtor: self.debtor.partner_id})
        written = self.outgoing()
        self.assertEqual(len(written), 2)
        self.judged()
        self.assertEqual(set(written.mapped("state")), {"cancel"})

    def test_nothing_asks_for_a_frozen_debt(self):
        self.judged()
        statement, debtor = self.env["recouvrement.statement"], self.debtor
        with self.at(MONDAY + DAY):
            for press in (
                lambda: debtor._ask_proof(today()),
                lambda: statement._send(debtor, MONDAY + DAY, {debtor: debtor.partner_id}),
            ):
                with self.assertRaises(UserError):
                    press()
        self.dispatch(MONDAY + DAY)
        self.assertFalse(self.server.messages)

    def test_a_letter_drafted_before_the_judgment_is_not_frozen_after_it(self):
        document = self.protocol()
        self.judged()
        with self.at(MONDAY + DAY), self.assertRaisesRegex(UserError, "frozen by insolvency"):
            document.action_freeze()

    def test_a_reminder_is_not_sent_again_about_what_was_frozen_since(self):
        self.dispatch(MONDAY)
        with self.at(MONDAY):
            copy = self.reminders().dispatch_ids._resend()
        self.judged()
        self.dispatch(MONDAY + DAY)
        self.assertEqual((copy.state, len(self.server.messages)), ("cancelled", 1))
        with self.assertRaisesRegex(UserError, "frozen by insolvency"):
            self.reminders().dispatch_ids.filtered(lambda sent: not sent.copy_of_id)._resend()

    def test_a_promise_is_not_announced_by_the_queue_once_the_judgment_is_known(self):
        with self.at(MONDAY):
            promise = self.env["recouvrement.promise"]._make(self.debtor, self.debt, 1000, MONDAY + 3 * DAY, on=today())
        with self.at(MONDAY + 2 * DAY):
            promise.sudo()._follow_up(MONDAY + 2 * DAY)
        mail = promise.mail_id.sudo()
        self.assertEqual(mail.state, "outgoing")
        self.judged()
        mail.state = "outgoing"  # as if another worker had put it back meanwhile
        with self.mail_server(), self.at(MONDAY + 2 * DAY), self.enter_registry_test_mode():
            mail._send(auto_commit=True)
        self.assertEqual((mail.state, self.server.messages), ("cancel", []))


@tagged("post_install", "-at_install")
class TestExitOfACopy(ExitCommon):
    def setUp(self):
        super().setUp()
        with self.at(MONDAY):
            self.debtor._ask_proof(on=today())
        self.queued = self.outgoing()
        self.debtor.sudo().proof_asked_on = False
        self.env["ir.config_parameter"].sudo().set_param("database.is_neutralized", True)

    def test_nothing_is_handed_over_from_a_copy(self):
        for name, press in self.letters():
            with self.subTest(name), self.at(MONDAY), self.assertRaisesRegex(UserError, "neutralized"):
                press()

    def test_the_queue_of_a_copy_sends_nothing_of_ours(self):
        for commits in (True, False):
            with self.mail_server(), self.at(MONDAY), self.enter_registry_test_mode():
                self.queued._send(auto_commit=commits)
        self.dispatch(MONDAY)
        self.assertEqual((self.queued.state, self.server.messages), ("outgoing", []))

    def test_a_letter_of_a_copy_is_neither_printed_nor_given_to_its_carrier(self):
        self.env["ir.config_parameter"].sudo().set_param("database.is_neutralized", False)
        letter = self.letter()
        self.env["ir.config_parameter"].sudo().set_param("database.is_neutralized", True)
        with self.at(MONDAY):
            for press in (letter.action_print, letter.action_mark_posted, letter.action_deposit_csv):
                with self.assertRaisesRegex(UserError, "neutralized"):
                    press()


@tagged("post_install", "-at_install")
class TestExitOfStrangers(ExitCommon):
    def test_an_archived_debtor_receives_nothing_whatever_asks(self):
        self.debtor.dunning_contact_id = self.env["res.partner"].create(
            {"name": "Compta", "parent_id": self.debtor_partner.id, "email": "contact@durand.example"}
        )
        self.company.recouvrement_active = False  # archived before collection began
        self.debtor_partner.active = False
        self.company.recouvrement_active = True
        with self.at(MONDAY):
            self.assertFalse(self.debtor._email_contact())
            with self.assertRaises(UserError):
                self.debtor._ask_proof(on=today())
            promise = self.env["recouvrement.promise"]._make(self.debtor, self.debt, 1000, MONDAY + 3 * DAY, on=today())
        with self.at(MONDAY + 2 * DAY):
            promise.sudo()._follow_up(MONDAY + 2 * DAY)
        self.assertFalse(promise.mail_id)
        self.dispatch(MONDAY)
        self.assertFalse(self.server.messages)

    def test_a_contact_that_left_the_debtor_is_passed_over_by_every_e_mail(self):
        contact = self.env["res.partner"].create(
            {"name": "Compta", "parent_id": self.debtor_partner.id, "email": "contact@durand.example"}
        )
        self.debtor.dunning_contact_id = contact
        self.assertEqual(self.debtor._email_contact(), contact)
        contact.parent_id = self._partner("Autre")
        self.assertEqual(self.debtor._email_contact(), self.debtor_partner)
