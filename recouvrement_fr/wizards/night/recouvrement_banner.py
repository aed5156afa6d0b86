from odoo import api, models

from ...tools import clock


class RecouvrementBanner(models.AbstractModel):
    """What lists say above their rows when something prevents the night from working well.

    Extend `get_banner` to warn of something else; it is asked each time such a list opens, so keep it cheap.
    """

    _name = "recouvrement.banner"
    _description = "Warnings Above Lists"

    @api.model
    def get_banner(self, model):
        """The warnings to show above the list of a model: texts with their level (`warning`, `danger`)."""
        if not self.env.user.has_group("recouvrement_fr.group_recouvrement_user"):
            return []
        on = clock.today(self.env)
        if model == "recouvrement.rate":
            return self._rate_banner(on)
        return self._scheduler_banner() + self._missing_rate_banner(on)

    @api.model
    def _scheduler_banner(self):
        card = self.env["recouvrement.debtor"].new({"company_id": self.env.company.root_id.id})
        alert = card.sudo().scheduler_alert  # settings of the root, for who works in a branch alone
        return [{"level": "danger", "text": alert}] if alert else []

    @api.model
    def _missing_rate_banner(self, on):
        """Without the rates of the half-year no penalty is computed: said wherever people work."""
        if not self.env["recouvrement.rate"]._rate_table().missing_on(on):
            return []
        text = self.env._(
            "The rates of the present half-year are missing: formal notices and penalties wait until they are entered."
        )
        return [{"level": "danger", "text": text}]

    @api.model
    def _rate_banner(self, on):
        missing = self._missing_rate_banner(on)
        if missing:
            return missing
        rate = self.env["recouvrement.rate"].search([("date_from", "<=", on), ("date_to", ">=", on)], limit=1)
        if not rate.verified:
            text = self.env._(
                "The rates of %s are not verified: penalties are shown on screen, and claimed only once a manager has "
                "compared them with the official text.",
                rate.display_name,
            )
            return [{"level": "warning", "text": text}]
        return []
