from odoo import api, fields, models

# Marks of tasks made for a manager on the card of one debtor, whose words name others.
NAMING_OTHERS = ("unattended", "undone")


class MailActivity(models.Model):
    _inherit = "mail.activity"

    recouvrement_while = fields.Selection(
        [
            ("open", "While something is open"),
            ("free", "While something overdue is held by nothing"),
            ("reply", "While an answer waits"),
        ],
        index="btree_not_null",
        copy=False,
        help="A task about a debt closes itself once its debtor owes nothing, or once all that is overdue is promised, "
        "disputed or otherwise held, or once the answer was read. Empty: a person closes it.",
    )
    recouvrement_mark = fields.Char(
        index="btree_not_null",
        copy=False,
        help="Which task it is, whatever the language of its words: made once, and found again by this.",
    )

    def _marked(self, *marks):
        """Those of these tasks that bear one of these marks."""
        return self.filtered(lambda task: task.recouvrement_mark in marks)

    @api.model
    def _all_marked(self, model, mark, company):
        """The tasks of that mark about the records that a company has of a model."""
        tasks = self.search([("res_model", "=", model), ("recouvrement_mark", "=", mark)])
        about = self.env[model].browse(tasks.mapped("res_id")).exists()
        mine = set(about.filtered(lambda record: record.company_id == company).ids)
        return tasks.filtered(lambda task: task.res_id in mine)


class RecouvrementDebtor(models.Model):
    _inherit = "recouvrement.debtor"

    def _close_tasks_over(self, on):
        """Close the tasks of these debtors that have no subject any more; the room of the decision knows which."""

    def _show_soon(self, on):
        """Have lists show what is now decided of these debtors; the room of the decision knows what."""
