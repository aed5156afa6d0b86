from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import format_date

from ..amicable.recouvrement_plan import LIVE
from .recouvrement_insolvency import STOPPING

OPEN_PROMISE = "open"


class RecouvrementInsolvency(models.Model):
    """The one door: whatever claims a debt, or writes to its debtor about it, asks here what a judgment froze.

    Payments of prior debts are forbidden, and actions to obtain them stopped (C.com L622-7, L622-21).
    """

    _inherit = "recouvrement.insolvency"

    def _stop_commitments(self):
        """Plans and promises about the debts frozen stop, and what they were about to write does not leave."""
        for record in self.sudo():  # who enters a judgment need not follow the plans
            plans = record.env["recouvrement.plan"].search(
                [("debtor_id", "=", record.debtor_id.id), ("state", "in", LIVE)]
            )
            plans._stop_frozen()
            promises = record.env["recouvrement.promise"].search(
                [("debtor_id", "=", record.debtor_id.id), ("state", "=", OPEN_PROMISE)]
            )
            promises._stop_frozen()
            record._take_back_mails()

    def _take_back_mails(self):
        """E-mails in the queue about this debtor's promises, plans, thanks and statements do not leave."""
        debtor = self.debtor_id
        promises = self.env["recouvrement.promise"].search([("debtor_id", "=", debtor.id)])
        plans = self.env["recouvrement.plan"].search([("debtor_id", "=", debtor.id)])
        told = {
            "recouvrement.promise": promises.filtered(lambda promise: promise._is_frozen()),
            "recouvrement.plan.instalment": plans.filtered(lambda plan: plan._is_frozen()).instalment_ids,
            "recouvrement.debtor": debtor,  # his account, thanks, what asks for proof
        }
        mails = self.env["mail.mail"]
        for model, records in told.items():
            mine = [("model", "=", model), ("res_id", "in", records.ids), ("is_notification", "=", False)]
            mails |= mails.search([("state", "=", "outgoing"), *mine])
        mails.cancel()

    def _resume_commitments(self):
        """The proceedings were entered by mistake: the plans and promises that they stopped go on."""
        mine = [("stopped_by_id", "in", self.ids), ("state", "=", "cancelled")]
        self.env["recouvrement.plan"].sudo().search(mine)._resume_stopped()  # as they were stopped
        self.env["recouvrement.promise"].sudo().search(mine)._resume_stopped()

    @api.model
    def _stopping(self, moves):
        """{move: the proceedings that froze it}, of these invoices."""
        frozen = self.env["recouvrement.holding"]._frozen_moves(moves)
        if not frozen:
            return {}
        found = self.sudo().search(  # published, as above
            [
                ("partner_id", "in", frozen.sudo().commercial_partner_id.ids),
                ("state", "=", "open"),
                ("kind", "in", STOPPING),
            ]
        )
        return {
            move: found.filtered(
                # sudo: whose it is, whoever asks
                lambda one, move=move: one.partner_id == move.sudo().commercial_partner_id
                and one.company_id == move.sudo().company_id.root_id
            )[:1]
            for move in frozen
        }

    def _join(self, hit):
        """A later announcement about these proceedings: kept in their history; one withdrawn calls somebody."""
        self.message_post(body=" – ".join(filter(None, (hit.nature or hit.name, hit.text))))
        if hit.notice == "annulation":
            self.activity_schedule(
                "mail.mail_activity_data_warning",
                user_id=self._person().id,
                summary=self.env._("An announcement of the BODACC was withdrawn: do these proceedings still stand?"),
            )

    @api.model
    def _stopped_words(self, insolvency):
        return self.env._("Insolvency proceedings opened on %s.", format_date(self.env, insolvency.judgment_on))


class RecouvrementDebtor(models.Model):
    _inherit = "recouvrement.debtor"

    def _is_stopped(self):
        """Whether proceedings that stop payments are in progress: then he is neither thanked nor sent his account."""
        # Opening judgments are published; confidential proceedings stop nothing, and are not told here.
        return any(found.state == "open" and found.kind in STOPPING for found in self.sudo().insolvency_ids)


class RecouvrementPledge(models.AbstractModel):
    _inherit = "recouvrement.pledge"

    stopped_by_id = fields.Many2one(
        "recouvrement.insolvency", "Stopped by", readonly=True, index="btree_not_null", ondelete="set null", copy=False
    )

    def _stop_frozen(self):
        """Stop those of these, in force, that are about a debt frozen by a judgment."""
        stopping = self.env["recouvrement.insolvency"]._stopping(self.move_ids)
        for pledge in self.filtered(lambda pledge: pledge.state in self._in_force()):
            insolvency = next((stopping[move] for move in pledge.move_ids if move in stopping), None)
            if not insolvency and pledge._is_frozen():  # of opening entries
                insolvency = pledge.debtor_id.sudo().insolvency_ids.filtered(  # published, as above
                    lambda one: one.state == "open" and one.kind in STOPPING
                )[:1]
            if insolvency:
                pledge._stop_for(insolvency._stopped_words(insolvency))
                pledge.stopped_by_id = insolvency

    def _resume_stopped(self):
        """Those that proceedings entered by mistake had stopped go on, where nothing took their place meanwhile."""
        for pledge in self:
            same = Domain("move_ids", "in", pledge.move_ids.ids) | Domain("item_ids", "in", pledge.item_ids.ids)
            others = self.search_count(
                same & Domain([("state", "in", self._in_force()), ("id", "!=", pledge.id)]), limit=1
            )
            if not others and not pledge._is_frozen():
                pledge._go_on()
                pledge.stopped_by_id = False
