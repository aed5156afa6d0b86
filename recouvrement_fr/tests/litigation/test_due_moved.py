from importlib.util import module_from_spec, spec_from_file_location

from odoo.modules.module import load_script
from odoo.tests import tagged
from odoo.tools.misc import file_path

from ..clock import today
from ..common import MONDAY
from ..penalties.accessory_common import DUE as LATE
from ..penalties.accessory_common import AccessoryCommon
from .case_common import DAY, DUE, OPENED, CaseCommon


def edit(invoice, due):
    """Give an invoice another due date, as a person does."""
    invoice.button_draft()
    invoice.invoice_date_due = due
    invoice.action_post()


@tagged("post_install", "-at_install")
class TestPenaltiesOfAMovedInvoice(AccessoryCommon):
    def test_claimed_penalties_are_those_of_the_new_due_date(self):
        invoice = self.claimed(100000)
        interest = self.rows(invoice, "interest")
        before = interest.amount
        edit(invoice, LATE + 4 * DAY)
        self.assertEqual(set(self.rows(invoice).mapped("date_due")), {LATE + 4 * DAY})
        self.assertEqual(self.rows(invoice, "interest"), interest)
        self.assertAlmostEqual(interest.amount, before - round(100000 * 0.1215 * 4 / 365, 2), 2)

    def test_nothing_is_owed_of_a_delay_that_did_not_happen(self):
        invoice = self.claimed()
        edit(invoice, MONDAY + 10 * DAY)
        self.assertEqual(set(self.rows(invoice).mapped("amount")), {0})

    def test_what_is_on_a_debit_note_is_history(self):
        invoice = self.claimed()
        self.book(self.rows(invoice))
        edit(invoice, LATE + 4 * DAY)
        self.assertEqual(set(self.rows(invoice).mapped("date_due")), {LATE})


@tagged("post_install", "-at_install")
class TestCaseOfAMovedInvoice(CaseCommon):
    def asked(self, case, words):
        return case.activity_ids.filtered(lambda one: words in (one.summary or ""))

    def test_a_claim_follows_until_it_is_filed_then_somebody_is_told(self):
        case = self.opened()
        with self.at(OPENED):
            edit(self.debt, DUE + 5 * DAY)
        self.assertEqual(case.claim_ids.date_due, DUE + 5 * DAY)
        self.assertFalse(self.asked(case, "set back to draft"))
        run = self.start(case, "injonction")
        self.record(run, "filed", OPENED + DAY)
        with self.at(OPENED + 2 * DAY):
            edit(self.debt, DUE + 9 * DAY)
        self.assertEqual(case.claim_ids.date_due, DUE + 5 * DAY)
        self.assertEqual(len(self.asked(case, "set back to draft")), 1)
        self.assertEqual(len(self.asked(case, "was filed with")), 1)

    def test_an_upgrade_marks_the_cases_closed_before_as_paid_where_they_were(self):
        paid = self.opened()
        self.pay(self.debt, on=OPENED)
        other = self.opened(self.invoice(DUE, 300))
        with self.at(OPENED + DAY):
            for case in (paid, other):
                case._close("settled" if case == paid else "abandoned", "Over", on=today())
        self.env.flush_all()  # then as the older version left them
        self.env.cr.execute("UPDATE recouvrement_case SET was_paid = NULL WHERE id IN %s", [(paid.id, other.id)])
        path = file_path("recouvrement_fr/migrations/19.0.3.0.0/post-closed_cases.py")
        spec = spec_from_file_location("closed", path)
        script = module_from_spec(spec)
        spec.loader.exec_module(script)
        script.migrate(self.env.cr, "19.0.2.0.0")
        self.env.invalidate_all()
        self.assertEqual((paid.was_paid, other.was_paid), (True, False))

    def test_what_an_older_version_told_of_a_due_date_that_moved_is_not_told_again(self):
        case = self.opened()
        self.record(self.start(case, "injonction"), "filed", OPENED + DAY)
        with self.at(OPENED + 2 * DAY):
            edit(self.debt, DUE + 9 * DAY)
            case.activity_ids.sudo().recouvrement_mark = False  # as it was made then
            edit(self.debt, DUE + 9 * DAY)
        self.assertEqual(len(self.asked(case, "was filed with")), 1)

    def test_an_upgrade_marks_what_ends_by_itself_since(self):
        case = self.opened()
        run = self.start(case, "injonction")
        self.walk(run, ("filed", OPENED + DAY), ("order", OPENED + 14 * DAY, {"amount": 10000}))
        deadline = case.deadline_ids.filtered(lambda one: one.state == "open")
        self.follow(deadline.date - DAY)
        tasks = case.activity_ids.filtered(lambda task: deadline.name in task.summary)
        closing = case.sudo().activity_schedule("mail.mail_activity_data_todo", summary="Paid in full: close the case")
        night = self.env["recouvrement.run"].sudo().search([("company_id", "=", self.company.id)], limit=1)
        told = {
            mark: night.activity_schedule("mail.mail_activity_data_warning", summary=words)
            for mark, words in (
                ("held", "A dunning run is held"),
                ("failure", "A part of the daily follow-up stopped"),
                ("silent", "The nights send nothing"),
            )
        }
        tasks.sudo().recouvrement_mark = False
        self.env.flush_all()
        script = load_script(file_path("recouvrement_fr/migrations/19.0.10.0.0/post-debtor.py"), "post_debtor")
        script.migrate(self.env.cr, "19.0.9.0.0")
        self.env.invalidate_all()
        self.assertEqual(set(tasks.mapped("recouvrement_mark")), {f"deadline {deadline.id}"})
        self.assertEqual(closing.recouvrement_mark, "closing")
        self.assertEqual({mark: task.recouvrement_mark for mark, task in told.items()}, {mark: mark for mark in told})

    def test_the_activation_says_when_the_company_has_no_bank_account(self):
        assistant = self.env["recouvrement.activation"].create({})
        self.assertFalse(assistant.lacks_iban)
        self.company.partner_id.bank_ids.unlink()
        assistant.invalidate_recordset()
        self.assertTrue(assistant.lacks_iban)

    def test_whoever_changes_it_again_in_another_language_tells_nothing_twice(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        case = self.opened()
        self.record(self.start(case, "injonction"), "filed", OPENED + DAY)
        for debt in (self.debt, self.debt.with_context(lang="fr_FR")):
            with self.at(OPENED + 2 * DAY):
                edit(debt, DUE + 9 * DAY)
        marks = case.activity_ids.filtered("recouvrement_mark").mapped("recouvrement_mark")
        self.assertEqual(len(marks), 2)
        self.assertEqual(len(set(marks)), 2)
