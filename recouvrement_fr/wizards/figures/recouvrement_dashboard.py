from odoo import api, fields, models
from odoo.exceptions import AccessError

from ...tools import clock
from ...tools.formats import Formats
from .blocks import Asked, list_of, where
from .meanings import MEANINGS

PERIODS = (3, 6, 12)
PANELS = ("trend", "forecast", "work", "funnel")  # after the first screen: shown in this order, read from the last


class RecouvrementDashboard(models.TransientModel):
    """The first screen: how the receivables stand, what it costs to be paid late, and what needs a person now.

    `get_dashboard` answers with what is shown at once; `get_panel` with what follows it, each in a call of its own, one
    after the other, so that nobody waits for the slowest figure. Everything is read from the ledger as it is now:
    nothing is stored. To add a panel, name it in `PANELS` and write its `_panel_<name>(asked)`, which returns blocks
    (see `blocks.py`).

    :raises AccessError: who asks is no collector, or does not work in the company
    """

    _name = "recouvrement.dashboard"
    _description = "Dashboard of Collection"
    _inherit = "recouvrement.dialog"
    _transient_max_hours = 24

    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company.root_id)

    @api.model
    def get_dashboard(self, asked=None):
        """What the screen shows first.

        :param dict asked: company_id, months, collector_id, debtor_type, as the browser gives them; all optional
        """
        wanted = self._asked(asked or {}, clock.today(self.env))
        steps = self._first_steps(wanted) if self._is_empty(wanted) else []
        return {
            "asked": {
                "company_id": wanted.company.id,
                "months": wanted.months,
                "collector_id": wanted.collector_id,
                "debtor_type": wanted.debtor_type,
            },
            "choices": self._choices(wanted),
            "said": self._said(wanted),
            "steps": steps,
            "blocks": [] if steps else self._first_blocks(wanted),
            "panels": [] if steps else list(PANELS),
        }

    @api.model
    def get_panel(self, name=None, asked=None):
        """The blocks of one panel."""
        if name not in PANELS:
            raise AccessError(self.env._("There is no such panel."))
        return getattr(self, f"_panel_{name}")(self._asked(asked or {}, clock.today(self.env)))

    # --- what is asked ------------------------------------------------------------------------------------------------

    def _asked(self, given, on):
        """What the browser asks for, checked: anybody can type another company there."""
        self.check_access("create")
        company = self.env["res.company"].browse(int(given.get("company_id") or self.env.company.root_id.id))
        company = self.env["recouvrement.simulation"]._company(company)
        months = int(given.get("months") or PERIODS[0])
        types = dict(self.env["recouvrement.debtor"]._fields["debtor_type"]._description_selection(self.env))
        debtor_type = given.get("debtor_type") or None
        return Asked(
            company,
            months if months in PERIODS else PERIODS[0],
            int(given.get("collector_id") or 0) or None,
            debtor_type if debtor_type in types else None,
            on,
        )

    def _choices(self, asked):
        debtors = self.env["recouvrement.debtor"]
        followers = debtors._read_group(
            [("company_id", "=", asked.company.id), ("collector_id", "!=", False)], ["collector_id"]
        )
        people = sorted({(user.id, user.sudo().name) for [user] in followers}, key=lambda one: one[1])  # of colleagues
        return {
            "companies": [[each.id, each.name] for each in self.env.user.company_ids.root_id.sudo()],  # as above
            "months": [[months, self.env._("%s months", months)] for months in PERIODS],
            "collectors": [[*one] for one in people],
            "types": [[*one] for one in debtors._fields["debtor_type"]._description_selection(self.env)],
        }

    def _said(self, asked):
        """The company, the day and what is left out, in words: the head of the screen and of the page."""
        formats = self._formats()
        said = [asked.company.name, self.env._("on %s", formats.long(asked.on))]
        said.append(
            self.env._(
                "period from %(since)s to %(until)s", since=formats.short(asked.since), until=formats.short(asked.on)
            )
        )
        if asked.collector_id:
            said.append(self.env["res.users"].browse(asked.collector_id).sudo().name)  # a colleague's name
        if asked.debtor_type:
            types = self.env["recouvrement.debtor"]._fields["debtor_type"]._description_selection(self.env)
            said.append(dict(types)[asked.debtor_type])
        if asked.is_past:
            said.append(self.env._("what is under way and expected: as it is now"))
        return " · ".join(said)

    def _formats(self):
        return Formats(self.env.lang or "fr_FR")

    def _days(self, value):
        formats = self._formats()
        if value is None:
            return self.env._("n/a")
        if formats.is_one(value):
            return self.env._("%s day", formats.tenths(value))
        return self.env._("%s days", formats.tenths(value))

    def _percent(self, value):
        return self.env._("n/a") if value is None else self.env._("%s %%", self._formats().tenths(value))

    def _means(self, code):
        """The definition of a figure, in the reader's language."""
        return self.env._(MEANINGS[code])

    # --- an empty company ---------------------------------------------------------------------------------------------

    def _is_empty(self, asked):
        """Nothing was ever put on the receivable accounts."""
        # sudo: of the whole tree, as its figures are, for who works in a branch alone
        return (
            not self.env["account.move.line"]
            .sudo()
            .search_count(asked._replace(collector_id=None, debtor_type=None).of_items(), limit=1)
        )

    def _first_steps(self, asked):
        """What to do first, in order, with what is done already."""
        company = asked.company
        is_manager = self.env.user.has_group("recouvrement_fr.group_recouvrement_manager")
        activation = "recouvrement_fr.recouvrement_activation_action" if is_manager else False
        return [
            {
                "label": self.env._("Enter the open invoices of customers, or import the opening balances"),
                "done": False,
                "opens": list_of(
                    self.env._("Invoices"),
                    "account.move",
                    where(("move_type", "=", "out_invoice")),
                    context={"default_move_type": "out_invoice"},
                ),
            },
            {
                "label": self.env._("Give the company an address, an e-mail and a bank account, which letters print"),
                "done": bool(company.street and company.email and company.partner_id.bank_ids),
                "opens": False,
            },
            {
                "label": self.env._("Choose a policy and activate collection: nothing leaves before that"),
                "done": bool(company.recouvrement_active),
                "opens": activation,
            },
            {
                "label": self.env._("Say who follows which debtors, once the first night has found them"),
                "done": False,
                "opens": "recouvrement_fr.recouvrement_debtor_action",
            },
        ]
