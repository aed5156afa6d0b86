from odoo import api, models


class RecouvrementExit(models.AbstractModel):
    """What stops all sending is a task of the managers, on the last night; it goes when something leaves again."""

    _inherit = "recouvrement.exit"

    @api.model
    def _warn_managers(self, company, summary, note):
        """On the company's last night; before the first one, on its own contact."""
        super()._warn_managers(company, summary, note)
        night = self.env["recouvrement.run"].sudo()  # whoever sends reads neither nights nor their tasks
        where = night.search([("company_id", "=", company.id), ("kind", "=", "night")], limit=1)
        where = where or company.partner_id.sudo()  # as above
        if self._warnings((summary,)).filtered(lambda task: (task.res_model, task.res_id) == (where._name, where.id)):
            return
        words = self.env._(summary)
        for manager in company._recouvrement_managers():
            where.activity_schedule("mail.mail_activity_data_warning", user_id=manager.id, summary=words, note=note)

    @api.model
    def _all_clear(self, companies, summaries):
        super()._all_clear(companies, summaries)
        if tasks := self._warnings(summaries):  # a later night may have come meanwhile: those of all nights
            mine = tasks.filtered(lambda task: self._company_of(task) in companies)
            mine.action_feedback(feedback=self.env._("Messages leave again."))

    @api.model
    def _company_of(self, task):
        record = self.env[task.res_model].sudo().browse(task.res_id)  # as above
        if task.res_model == "recouvrement.run":
            return record.company_id
        return record.env["res.company"].search([("partner_id", "=", record.id)], limit=1)

    @api.model
    def _warnings(self, summaries):
        """The tasks that say so, in whichever language they were written."""
        langs = [None, *(code for code, _name in self.env["res.lang"].get_installed())]  # none: the source itself
        words = {self.with_context(lang=code).env._(one) for code in langs for one in summaries}
        domain = [("res_model", "in", ("recouvrement.run", "res.partner")), ("summary", "in", list(words))]
        return self.env["mail.activity"].sudo().search(domain)  # as above
