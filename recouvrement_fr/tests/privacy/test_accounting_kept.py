from datetime import date, timedelta
from importlib.util import module_from_spec, spec_from_file_location

from odoo import Command
from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged
from odoo.tools.misc import file_path

from ..common import MONDAY
from .privacy_common import NAME, PrivacyCommon

LATER = date(2033, 1, 10)
DAY = timedelta(days=1)


@tagged("post_install", "-at_install")
class TestAccountingKept(PrivacyCommon):
    """What the law obliges to keep is kept ten years from the end of the fiscal year (C. com. art. L123-22)."""

    def archived(self):
        """Who the invoices of the person, anonymised, were made out to."""
        self.env["recouvrement.anonymisation"]._anonymise_now(self.company, self.person, LATER)
        return self.env["recouvrement.retention.identity"].search([("partner_id", "=", self.person.id)])

    def test_an_invoice_tells_who_it_is_made_out_to_until_ten_years_after_the_end_of_its_year(self):
        invoice = self.paid()
        identity = self.archived()
        self.assertEqual((identity.name, identity.until), (NAME, date(2036, 12, 31)))
        erase = self.env["recouvrement.personal.data"]._erase_due_accounting
        self.assertEqual(erase(self.company, date(2036, 12, 31)), 0)
        self.assertEqual(invoice.invoice_partner_display_name, NAME)
        self.assertEqual(erase(self.company, date(2037, 1, 1)), 1)
        self.assertFalse(invoice.invoice_partner_display_name)
        self.assertEqual((invoice.amount_total, invoice.state), (1000, "posted"))

    def test_the_files_of_what_several_debtors_share_go_with_the_last_of_them(self):
        other = self._person(name="Ysoline Quaternaire", email="ysoline@nulle-part.example")
        company = self._partner("Menuiserie Autre")
        moves = self.paid() | self.paid(partner=other) | self.paid(partner=company)
        shared = self.env["recouvrement.write.off"].sudo()
        shared = shared.create(
            {
                "company_id": self.company.id,
                "reason": "small",
                "decision": "refused",
                "line_ids": [
                    Command.create(
                        {
                            "move_id": move.id,
                            "partner_id": move.partner_id.id,
                            "currency_id": move.currency_id.id,
                            "amount": 1,
                        }
                    )
                    for move in moves
                ],
            }
        )
        file = self.env["ir.attachment"].create(
            {"name": "releve.txt", "raw": NAME.encode(), "res_model": shared._name, "res_id": shared.id}
        )
        shared.evidence_ids = file
        erase = self.env["recouvrement.personal.data"]._erase_due_accounting
        over = date(2037, 1, 1)
        self.archived()
        self.assertEqual(erase(self.company, over), 1)
        self.assertEqual(file.raw, NAME.encode(), "The other person is named there, and nobody has let go of that.")
        self.env["recouvrement.anonymisation"]._anonymise_now(self.company, other, LATER)
        self.assertEqual(file.raw, NAME.encode(), "Accounting still needs the other one.")
        self.assertEqual(erase(self.company, over), 1)
        self.assertEqual((file.anonymised_on, file.name), (over, f"efface-{file.id}.txt"))
        self.assertNotEqual(file.raw, NAME.encode())

    def test_a_year_that_ends_in_june_counts_from_june(self):
        self.company.write({"fiscalyear_last_month": "6", "fiscalyear_last_day": 30})
        self.paid()
        self.assertEqual(self.archived().until, date(2036, 6, 30))

    def migrated(self):
        self.env.flush_all()
        path = file_path("recouvrement_fr/migrations/19.0.8.0.0/post-privacy.py")
        spec = spec_from_file_location("post_privacy", path)
        script = module_from_spec(spec)
        spec.loader.exec_module(script)
        script.migrate(self.env.cr, "19.0.7.0.0")
        self.env.invalidate_all()

    def test_what_was_archived_until_ten_years_after_its_date_is_kept_to_the_end_of_that_year(self):
        shipped = self.env.ref("recouvrement_fr.recouvrement_retention_accounting").sudo()
        shipped.event = "document_date"
        self.paid()
        identity = self.archived()
        self.assertEqual(identity.until, date(2036, 3, 2))
        shipped.verified = True
        self.migrated()
        self.assertEqual((shipped.event, identity.until), ("document_date", date(2036, 3, 2)))
        shipped.verified = False
        self.migrated()
        self.assertEqual((shipped.event, identity.until), ("fiscal_year_end", date(2036, 12, 31)))

    def test_a_company_may_count_from_the_date_of_the_document(self):
        self.env["recouvrement.retention"].create(
            {
                "kind": "accounting",
                "event": "document_date",
                "months": 120,
                "date_from": "2020-01-01",
                "legal_basis": "Decision of the company",
                "company_id": self.company.id,
            }
        )
        self.paid()
        self.assertEqual(self.archived().until, date(2036, 3, 2))

    def test_an_event_that_says_nothing_of_these_data_is_refused(self):
        for kind, event in (("accounting", "last_payment"), ("collection", "fiscal_year_end")):
            with self.subTest(kind), self.assertRaises(ValidationError), self.env.cr.savepoint():
                self.env["recouvrement.retention"].create(
                    {"kind": kind, "event": event, "months": 120, "date_from": "2020-01-01", "legal_basis": "None"}
                )

    def test_somebody_who_never_paid_is_not_erased_at_once_where_the_last_payment_counts(self):
        self.env["recouvrement.retention"].create(
            {
                "kind": "collection",
                "event": "last_payment",
                "months": 24,
                "date_from": "2020-01-01",
                "legal_basis": "Decision of the company",
                "company_id": self.company.id,
            }
        )
        self.invoice(MONDAY, 1000.0, partner=self.person)._reverse_moves([{"date": MONDAY}], cancel=True)
        log = self.env["recouvrement.anonymisation"]
        with self.assertRaisesRegex(UserError, "until 03/03/2028"):
            log._anonymise_now(self.company, self.person, MONDAY + DAY)
        log._anonymise_now(self.company, self.person, date(2028, 3, 3))
        self.assertNotEqual(self.person.name, NAME)
