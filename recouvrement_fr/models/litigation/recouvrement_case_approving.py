from odoo import api, models
from odoo.exceptions import AccessError, UserError

from ...rules import proceeding as rules
from ...rules.regime import regime_of
from ...tools import clock
from ...tools.formats import exact


class RecouvrementCase(models.Model):
    """A procedure is started, then approved by the creditor, on figures that are kept."""

    _inherit = "recouvrement.case"

    def _situation(self, on):
        """What the conditions of a procedure are tried against."""
        statement = self._statement(on)
        principal = float(statement.total("principal") + statement.total("interest_due"))
        euro = self.env.ref("base.EUR")
        debtor = self.debtor_id
        country = self.partner_id.country_id.code
        return rules.Situation(
            exact(self.currency_id._convert(principal, euro, self.company_id, on)),
            debtor._is_trader(),
            bool(self.title_on),
            bool(country) and country not in self._french_codes(),
            bool(self._insolvency()),
            not regime_of(debtor.debtor_type).is_seizable,
        )

    @api.model
    def _french_codes(self):
        return ("FR", "GP", "MQ", "GF", "RE", "YT", "BL", "MF", "PM", "WF", "PF", "NC")

    def _obstacles(self, proceeding, on):
        """Why this procedure cannot be started, in words."""
        words = {
            "not_in_force": self.env._("It is not in force: it waits for its decree. A manager changes that."),
            "insolvent": self.env._("The debtor is insolvent: individual proceedings are stopped (C.com L622-21)."),
            "traders_only": self.env._("Both parties must be traders: tick “Trader” on the debtor's card if he is."),
            "not_between_traders": self.env._("It is closed between traders."),
            "over_limit": self.env._("The claim is over its limit of %s EUR.", proceeding.limit),
            "title_needed": self.env._("It needs an enforceable title, which this case does not have yet."),
            "abroad": self.env._("The debtor is abroad."),
            "public_body": self.env._(
                "The debtor is a public body: its property cannot be seized (CG3P L2311-1), and it answers to the "
                "administrative court."
            ),
            "public_only": self.env._("It is used against public bodies only."),
        }
        return [words[code] for code in rules.obstacles(proceeding._conditions(), self._situation(on))]

    def _start(self, proceeding, reason=None, *, on):
        """Start a procedure, or ask for its approval; returns its run.

        :raises UserError: the case is closed, the same procedure is in progress, or its conditions are not met
        """
        self.ensure_one()
        self.check_access("write")
        if self.state == "closed":
            raise UserError(self.env._("This case is closed: reopen it first."))
        live = self.run_ids.filtered(lambda run: run.state in ("to_approve", "running"))
        if proceeding in live.proceeding_id:
            raise UserError(self.env._("%s is already in progress.", proceeding.name))
        obstacles = self._obstacles(proceeding, on)
        if obstacles:
            raise UserError("\n".join((self.env._("%s cannot be started:", proceeding.name), *obstacles)))
        case = self.sudo()  # evidence is written by methods alone, which have just checked who acts
        run = case.env["recouvrement.case.proceeding"].create(
            {
                "case_id": case.id,
                "company_id": case.company_id.id,
                "proceeding_id": proceeding.id,
                "state": "to_approve" if proceeding.needs_approval else "running",
                "asked_by_id": self.env.uid,
                "started_on": on,
            }
        )
        case.proceeding_id = proceeding
        self._note("started", on, self._start_words(run), details=reason, run_id=run.id)
        if run.state == "to_approve":
            self._ask_approval(run)
        self._sync(on)
        return run.with_env(self.env)

    def _start_words(self, run):
        name = run.proceeding_id.name
        if run.state == "to_approve":
            return self.env._("%s: approval asked of the creditor.", name)
        return self.env._("%s started.", name)

    def _ask_approval(self, run):
        for user in self.company_id._recouvrement_managers():
            self.sudo().activity_schedule(  # asked in another's agenda, a manager's
                "mail.mail_activity_data_todo",
                user_id=user.id,
                summary=self.env._("Approve, or refuse: %s", run.proceeding_id.name),
                recouvrement_mark=f"approval {run.id}",
            )

    def _expected(self, proceeding, on, percent=None, cost=None):
        """(décompte, claimed, spent, cost to come, expected net), amounts in company currency: what one decides on.

        :param cost: of a step alone; without it, all that the procedure tells of
        """
        company, euro = self.company_id, self.env.ref("base.EUR")
        if cost is None:
            costs = proceeding.sudo().step_ids._costs(on, self._court_asked())  # settings
            cost = sum(costs.mapped("amount"))
        statement = self._statement(on)
        claimed = self.currency_id._convert(float(statement.balance), company.currency_id, company, on)
        to_come = euro._convert(cost, company.currency_id, company, on)
        percent = self.recovery_percent if percent is None else percent
        figures = (claimed, percent, self.amount_spent, to_come)
        net = rules.expected_net(*(exact(figure) for figure in figures))
        return statement, claimed, self.amount_spent, to_come, float(net)

    def _decide(self, run, is_granted, comment=None, *, on):
        """The creditor approves a procedure, or does not; who, when and on what figures is kept.

        :raises AccessError: by somebody who is no manager
        """
        self.ensure_one()
        self.check_access("write")
        if not (self.env.su or self.env.user.has_group("recouvrement_fr.group_recouvrement_manager")):
            raise AccessError(self.env._("A manager approves what goes before a judge."))
        if run.state != "to_approve" or run.case_id != self:
            raise UserError(self.env._("There is nothing to approve there."))
        if is_granted:
            self._check_not_stopped(run, on)
        statement, claimed, spent, to_come, net = self._expected(run.proceeding_id, on)
        self.env["recouvrement.case.approval"].sudo().create(  # evidence, as above
            {
                "case_id": self.id,
                "run_id": run.id,
                "company_id": self.company_id.id,
                "currency_id": self.company_id.currency_id.id,
                "is_granted": is_granted,
                "user_id": self.env.uid,
                "decided_at": clock.stamp(),
                "principal": statement.total("principal"),
                "interest": statement.total("interest_due"),
                "indemnity": statement.total("indemnity"),
                "balance": claimed,
                "spent": spent,
                "expected_cost": to_come,
                "recovery_percent": self.recovery_percent,
                "expected_net": net,
                "comment": comment,
            }
        )
        run.sudo().state = "running" if is_granted else "refused"  # evidence, as above
        name = run.proceeding_id.name
        words = (
            self.env._("%s: approved by the creditor.", name) if is_granted else self.env._("%s: not approved.", name)
        )
        self._note("approval", on, words, details=comment, run_id=run.id, figures=statement.figures())
        self._approval_answered(run, comment)
        self._sync(on)

    def _approval_answered(self, run, words):
        """Nobody is asked any more to approve that procedure."""
        # sudo: the task of every manager who was asked, not only of the one who answers
        self.sudo().activity_ids._marked(f"approval {run.id}").action_feedback(feedback=words or "")

    def _check_not_stopped(self, run, on):
        """Nothing more is done against an insolvent debtor from the judgment on (C.com L622-21)."""
        insolvency = self._insolvency()
        if insolvency and run.proceeding_id.stops and on >= insolvency.judgment_on:
            raise UserError(self._insolvency_words(insolvency))
