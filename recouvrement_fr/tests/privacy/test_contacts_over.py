from datetime import date, timedelta
from unittest.mock import patch

from odoo.tests import tagged
from odoo.tools import SQL

from ...models.privacy import recouvrement_anonymisation_contacts
from ..common import MONDAY
from .privacy_common import MARKS, NAME, PrivacyCommon

DAY = timedelta(days=1)
OVER = date(2029, 3, 3)  # the thirty-sixth month since that Monday ended the day before


@tagged("post_install", "-at_install")
class TestContactsOver(PrivacyCommon):
    """Contacts of companies whom nothing was sent to for thirty-six months are proposed by the job, as persons are."""

    def before_all(self):
        super().before_all()
        self.contact = self.env["res.partner"].create(
            {"name": NAME, "email": MARKS["email"], "parent_id": self.debtor_partner.id}
        )
        self.debt = self.invoice(MONDAY - 20 * DAY, 1000)
        card = self.env["recouvrement.debtor"]._card(self.company, self.debtor_partner)
        card.dunning_contact_id = self.contact
        self.night(MONDAY)
        self.assertEqual(self.sent_to().mapped("date"), [MONDAY])
        card.dunning_contact_id = False

    def sent_to(self):
        return self.env["recouvrement.reminder"].search([("addressee_id", "=", self.contact.id)])

    def over(self):
        """Paid, and everything of that day written that day: the server's clock dates it, which no test moves."""
        self.mark_sent(self.sent_to(), MONDAY)
        self.pay(self.debt, on=MONDAY)
        self.env.flush_all()
        for table in ("recouvrement_reminder", "recouvrement_dispatch", "recouvrement_document"):
            self.env.cr.execute(SQL("UPDATE %s SET create_date = '2026-03-02 09:00:00'", SQL.identifier(table)))
        self.env.invalidate_all()

    def job(self, on):
        self.env.flush_all()
        with self.at(on, 5), self.enter_registry_test_mode():
            self.env.ref("recouvrement_fr.ir_cron_recouvrement_privacy").method_direct_trigger()
        self.env.invalidate_all()
        domain = [("company_id", "=", self.company.id), ("partner_id", "=", self.contact.id)]
        return self.env["recouvrement.anonymisation"].search(domain, order="id")

    def test_one_is_proposed_when_its_time_is_over_and_goes_once_approved_its_company_stays(self):
        self.over()
        self.assertFalse(self.job(OVER - DAY))
        [proposal] = self.job(OVER)
        self.assertEqual((proposal.state, proposal.by_itself, proposal.retention_end), ("proposed", True, OVER))
        self.assertEqual(self.job(OVER + DAY), proposal, "Once.")
        proposal.action_approve()
        self.assertEqual(self.job(OVER + 2 * DAY).state, "done")
        self.assertNotIn("Xylographe", self.contact.name)
        self.assertEqual(self.debtor_partner.name, "Menuiserie Durand")
        self.assertEqual(self.job(OVER + 3 * DAY), proposal, "Never again.")

    def test_one_whose_debt_is_open_is_not_nor_one_whom_a_manager_keeps(self):
        self.assertFalse(self.job(OVER))
        self.over()
        proposal = self.job(OVER)
        proposal.action_keep()
        self.assertEqual(self.job(OVER + DAY), proposal)

    def test_one_who_is_still_invoiced_is_kept_as_long_after_the_last_invoice(self):
        self.over()
        last = OVER - 90 * DAY
        with self.at(last):
            self.pay(self.invoice(last + 30 * DAY, 100, partner=self.contact, invoice_date=last), on=last)
        self.assertFalse(self.job(OVER))
        [proposal] = self.job(last + 1100 * DAY)
        self.assertEqual(proposal.partner_id, self.contact)

    def test_never_without_a_person_who_may_know_them_from_elsewhere(self):
        self.over()
        self.company.recouvrement_anonymisation = "automatic"
        rule = self.env.ref("recouvrement_fr.recouvrement_retention_contact").sudo()  # of all companies
        rule.verified = True
        self.job(OVER)
        self.assertEqual(self.job(OVER + DAY).state, "proposed")
        self.assertIn("Xylographe", self.contact.name)

    def test_without_a_rule_nobody_is_proposed(self):
        self.over()
        self.env.ref("recouvrement_fr.recouvrement_retention_contact").sudo().active = False
        self.assertFalse(self.job(OVER + 3650 * DAY))

    def test_who_is_looked_at_in_vain_keeps_nobody_waiting_where_time_is_short(self):
        """The job goes on where the last one had no more time, and begins again once all were looked at."""
        baker = self._partner("Boulangerie Petit")
        second = self.env["res.partner"].create({"name": "Paul Autre", "parent_id": baker.id})
        self.invoice(MONDAY - 20 * DAY, 500, partner=baker)
        self.env["recouvrement.debtor"]._card(self.company, baker).dunning_contact_id = second
        self.night(MONDAY + DAY)
        self.over()
        self.card().dunning_contact_id = self.contact
        data, looked = type(self.env["recouvrement.personal.data"]), []
        standing = data._contact_standing

        def noted(model, company, contact, on):
            looked.append(contact.name)
            return standing(model, company, contact, on)

        with (
            patch.object(recouvrement_anonymisation_contacts, "LOOKED", 1),
            patch.object(data, "_contact_standing", noted),
            patch.object(type(self.env["ir.cron"]), "_commit_progress", lambda *_args, **_values: 0),
            self.at(OVER, 5),
        ):
            for _run in range(4):
                self.env["recouvrement.anonymisation"].sudo()._cron_privacy()
        self.assertEqual(looked, [NAME, "Paul Autre", NAME])
