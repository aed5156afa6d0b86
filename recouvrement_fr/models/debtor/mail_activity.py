from odoo import fields, models


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


class RecouvrementDebtor(models.Model):
    _inherit = "recouvrement.debtor"

    def _close_tasks_over(self, on):
        """Close the tasks of these debtors that have no subject any more; the room of the decision knows which."""

    def _show_soon(self, on):
        """Have lists show what is now decided of these debtors; the room of the decision knows what."""
