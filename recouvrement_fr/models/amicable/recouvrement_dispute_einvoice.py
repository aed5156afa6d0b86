from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

CONTESTED = ("206", "207", "208", "210", "213")  # approved in part, in dispute, suspended, refused, rejected
PAYMENT_DAYS = 10  # a payment announced that has not come by then is no reason to wait any more


class RecouvrementDispute(models.Model):
    """What the statuses of electronic invoicing do to collection: the platform's own module calls one method."""

    _inherit = "recouvrement.dispute"

    e_status = fields.Char("E-invoice status", readonly=True, help="The status that opened this dispute.")
    e_motive = fields.Char("E-invoice motive", readonly=True)

    @api.model
    def _from_einvoice_status(self, move, status, on, motive=None, amount=None):
        """Do what the status of an electronic invoice, told that day, means for collection; calling it twice does
        nothing more.

        206, 207, 208, 210 and 213 open a dispute with the reason of the motive: on the amount given (206: what was not
        approved), else on the whole until a person has looked. 205 and 209 end what a suspension had opened. 211
        leaves the invoice alone for some days, since the debtor says that he has paid. The others change nothing.

        :param move: the posted customer invoice; :param motive: a code like QTE_ERR
        :return: the disputes opened or ended
        """
        move.ensure_one()
        if status in CONTESTED:
            return self._contest(move, status, motive, amount)
        if status in ("205", "209"):
            return self._complete(move, status, on)
        if status == "211":
            self._leave_time(move, on)
        return self.browse()

    @api.model
    def _contest(self, move, status, motive, amount):
        if move.state != "posted" or not move.is_sale_document() or move.move_type == "out_refund":
            raise UserError(self.env._("%s is not a posted customer invoice.", move.display_name))
        known = self.sudo().search(  # whoever the platform's module runs as
            [("move_ids", "in", move.ids), ("state", "in", ("open", "escalated")), ("e_status", "!=", False)]
        )
        if known and status != "206" and not amount and all(known.mapped("is_partial")):
            # A part was contested (206), now the whole is: one more dispute, for the rest, ended by its own status.
            return self._contest_rest(move, known, status, motive)
        if known:
            known.filtered(lambda dispute: dispute.e_status != status)._note_status(status, motive)
            return known
        if not move.amount_residual:
            return self.browse()
        whole = not amount or move.currency_id.compare_amounts(amount, move.amount_residual) >= 0
        return self._open(
            self.env["recouvrement.debtor"]._card(move.company_id.root_id, move.commercial_partner_id),
            move,
            known.env["recouvrement.dispute.reason"]._for_motive(status, motive),
            amount=None if whole else amount,
            e_status=status,
            e_motive=motive,
        )

    @api.model
    def _contested_by_status(self, moves):
        """Those of these invoices that a status contests already."""
        open_ones = [("move_ids", "in", moves.ids), ("state", "in", ("open", "escalated")), ("e_status", "!=", False)]
        return self.sudo().search(open_ones).move_ids & moves  # whoever the platform's module runs as

    @api.model
    def _contest_each(self, asked):
        """Open a dispute on each of these invoices, which none contests yet and which are not paid.

        :param asked: {invoice: (status, motive, amount or None, card of its debtor)}; :return: {invoice: dispute}
        """
        reasons, vals_list = {}, []
        for move, (status, motive, amount, card) in asked.items():
            if move.state != "posted" or not move.is_sale_document() or move.move_type == "out_refund":
                raise UserError(self.env._("%s is not a posted customer invoice.", move.display_name))
            if (status, motive) not in reasons:
                reasons[status, motive] = self.env["recouvrement.dispute.reason"]._for_motive(status, motive)
            whole = not amount or move.currency_id.compare_amounts(amount, move.amount_residual) >= 0
            reason = reasons[status, motive]
            vals_list.append(
                self._opened_values(card, move, reason, None if whole else amount, e_status=status, e_motive=motive)
            )
        return dict(zip(asked, self.sudo().create(vals_list), strict=True))  # as above

    @api.model
    def _contest_rest(self, move, known, status, motive):
        """Hold what is left beside the parts contested; returns the dispute."""
        rest = move.amount_residual - sum(known.mapped("amount_contested"))
        if move.currency_id.compare_amounts(rest, 0) <= 0:
            return known
        return self._open(
            known[0].debtor_id,
            move,
            known.env["recouvrement.dispute.reason"]._for_motive(status, motive),
            amount=rest,
            e_status=status,
            e_motive=motive,
        )

    def _note_status(self, status, motive):
        """The debtor's platform says more about what is open already."""
        for dispute in self:
            dispute.message_post(
                body=self.env._("E-invoice status %(status)s, motive %(motive)s.", status=status, motive=motive or "–")
            )
            dispute.write({"e_status": status, "e_motive": motive})

    @api.model
    def _complete(self, move, status, on, motive=None):
        """Approved, or completed after a suspension: what the statuses had opened ends, what people opened stays.

        :param motive: given, only what was opened for this one ends
        """
        wanted = ("208",) if status == "209" else CONTESTED
        ended = self.sudo().search(  # as above
            [("move_ids", "in", move.ids), ("state", "in", ("open", "escalated")), ("e_status", "in", wanted)]
        )
        if motive:
            ended = ended.filtered(lambda dispute: dispute.e_motive == motive)
        ended.resolution = self.env._("E-invoice status %s: completed, or approved.", status)
        ended._end("cancelled", on)
        return ended

    @api.model
    def _leave_time(self, move, on):
        """The debtor's platform says that he has paid: a few days, then dunning resumes by itself if no cash came."""
        until = fields.Date.add(on, days=PAYMENT_DAYS)
        exclusions = self.env["recouvrement.exclusion"].sudo()  # as above
        if not exclusions.search_count([("move_id", "=", move.id), ("lifted_on", "=", False)], limit=1):
            card = self.env["recouvrement.debtor"]._card(move.company_id.root_id, move.commercial_partner_id)
            reason = self.env._("Payment announced on %s (e-invoice status 211).", format_date(self.env, on))
            exclusions.env["recouvrement.reminder"]._withdraw(move, reason, "no_followup")
            exclusions._leave_out(card, move, reason, on, until)
