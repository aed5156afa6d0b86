from odoo import api, models


class RecouvrementDoor(models.AbstractModel):
    """What stops all sending is a task of the managers, on the last night; it goes when something leaves again."""

    _inherit = "recouvrement.door"

    @api.model
    def _warn_managers(self, company, summary, note):
        """On the company's last night; before the first one, on its own contact."""
        super()._warn_managers(company, summary, note)
        where = self._warned(company)
        if self._warnings(where, (summary,)):
            return
        words = self.env._(summary)  # pylint: disable=gettext-variable - a lazy translation
        for manager in company._recouvrement_managers():
            where.activity_schedule("mail.mail_activity_data_warning", user_id=manager.id, summary=words, note=note)

    @api.model
    def _all_clear(self, companies, summaries):
        super()._all_clear(companies, summaries)
        nights = (
            self.env["recouvrement.run"].sudo().search([("company_id", "in", companies.ids), ("kind", "=", "night")])
        )
        for where in (nights, companies.partner_id.sudo()):  # a later night may have come meanwhile
            over = self._warnings(where, summaries)
            if over:
                over.action_feedback(feedback=self.env._("Messages leave again."))

    @api.model
    def _warned(self, company):
        night = self.env["recouvrement.run"].sudo()  # whoever sends reads neither nights nor their tasks
        domain = [("company_id", "=", company.id), ("kind", "=", "night")]
        return night.search(domain, limit=1) or company.partner_id.sudo()

    @api.model
    def _warnings(self, records, summaries):
        """The tasks of these records that say so, in whichever language they were written."""
        langs = [code for code, _name in self.env["res.lang"].get_installed()]
        words = {self.with_context(lang=code).env._(one) for code in langs for one in summaries}  # pylint: disable=gettext-variable
        return (
            self.env["mail.activity"]
            .sudo()  # as above
            .search([("res_model", "=", records._name), ("res_id", "in", records.ids), ("summary", "in", list(words))])
        )
