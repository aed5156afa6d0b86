from odoo import fields, models


class ResUsers(models.Model):
    """Who asks for the figures of collection every month."""

    _inherit = "res.users"

    recouvrement_monthly_figures = fields.Boolean(
        "Figures of collection each month",
        groups="recouvrement_fr.group_recouvrement_user",
        help="The dashboard of each company you work in, as a PDF by e-mail, in the first days of each month: those "
        "of the end of the month before.",
    )

    @property
    def SELF_READABLE_FIELDS(self):
        return super().SELF_READABLE_FIELDS + ["recouvrement_monthly_figures"]

    @property
    def SELF_WRITEABLE_FIELDS(self):
        return super().SELF_WRITEABLE_FIELDS + ["recouvrement_monthly_figures"]
