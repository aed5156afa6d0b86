"""Paying on the debtor's page: core's own payment form, for invoices that are the debtor's own."""

from werkzeug.exceptions import NotFound

from odoo import http
from odoo.exceptions import UserError, ValidationError
from odoo.http import request

from odoo.addons.account_payment.controllers.portal import PortalAccount
from odoo.addons.payment.controllers.post_processing import PaymentPostProcessing

from ..tools import clock
from .door import HEADERS, Door, routes

MOST = 200  # invoices named in an address; more are paid together
FLOWS = ("redirect", "direct")


class DoorPay(Door):
    """What to pay, core's form, and the transaction it begins."""

    # --- what is paid -------------------------------------------------------------------------------------------------

    def _asked(self, way, asked):
        """(invoices, amount, whether penalties are paid too): what this address asks to pay.

        :raises NotFound: an invoice that is not the debtor's own; :raises UserError: an amount that makes no sense
        """
        door = request.env["recouvrement.door"]
        numbers = [text for texts in asked.getlist("m") for text in texts.split("-")]
        if numbers == ["late"] or numbers == ["all"]:
            moves = way.debtor._overdue_moves() if numbers == ["late"] else way.debtor._open_moves()
        else:
            ids = {door._number(text) for text in numbers[:MOST]}
            moves = door._own_moves(way.debtor, ids - {None}).filtered(lambda move: move.move_type != "out_refund")
            if None in ids or len(moves) != len(ids):
                raise NotFound()
        unpaid = moves.filtered(lambda move: move.amount_residual > 0)
        moves = door._payable_online(unpaid)
        if unpaid and (not moves or (numbers not in (["late"], ["all"]) and moves != unpaid)):
            raise UserError(door._frozen_answer(unpaid))
        if not moves:
            raise UserError(request.env._("Nothing is left to pay."))
        if len(moves.company_id) > 1 or len(moves.currency_id) > 1:
            raise UserError(request.env._("Choose invoices of one company and of one currency."))
        with_penalties = asked.get("penalties") == "1"
        owed = sum(moves.mapped("amount_residual")) + (self._penalties(way, moves.currency_id) if with_penalties else 0)
        coming = request.env["payment.transaction"]._coming_for(moves)
        if coming and moves.currency_id.compare_amounts(owed, coming) <= 0:
            raise UserError(request.env._("A payment of this is under way: nothing more is asked of you for it."))
        owed -= coming
        credit = (
            door._credit_left(way.debtor, moves.currency_id, clock.today(request.env))
            if numbers in (["late"], ["all"])
            else 0
        )
        left = owed - credit if credit < owed else owed
        amount = door._amount({"amount": asked.get("amount")}, moves.currency_id) or moves.currency_id.round(left)
        if moves.currency_id.compare_amounts(amount, owed) > 0:
            raise UserError(request.env._("This is more than what is left to pay."))
        return moves, amount, with_penalties

    def _penalties(self, way, currency):
        found = request.env["recouvrement.door"]._penalties(way.debtor)
        return sum(one["value"] for one in found if one["currency"] == currency)

    # --- core's form --------------------------------------------------------------------------------------------------

    @http.route(
        routes("/pay"), type="http", auth="public", methods=["GET"], website=True, multilang=False, sitemap=False
    )
    def door_pay(self, token=None, company_id=None, **_params):
        way = self._way(token, company_id)
        try:
            if not way.debtor._door_policy().door_pay or not way.acts:
                raise UserError(request.env._("This cannot be done here. Please call us."))
            moves, amount, with_penalties = self._asked(way, request.httprequest.args)
        except UserError as error:
            return self._show(way, error=str(error), opened="pay", status=422)
        chosen = request.httprequest.args.getlist("m")
        named = chosen[0] if chosen in (["late"], ["all"]) else "-".join(map(str, moves.ids))
        context = PortalAccount()._get_common_page_view_values(
            invoices_data={
                "partner": way.debtor.partner_id,
                "company": moves.company_id,
                "total_amount": amount,
                "currency": moves.currency_id,
                "amount_residual": amount,
                "payment_reference": self._reference(moves),
                "landing_route": f"{way.base}?done=payment",
                "transaction_route": f"{way.base}/transaction?m={named}&penalties={int(with_penalties)}",
            },
            access_token=None,
        )
        if request.env.user._is_public():
            # A card kept by the debtor is its own to use, once logged in: a link alone never charges it.
            context |= {
                "tokens_sudo": request.env["payment.token"],
                "show_tokenize_input_mapping": dict.fromkeys(context["providers_sudo"].ids, False),
            }
        context |= {"amount": amount, "reference_prefix": self._reference(moves), "door": way}
        response = request.render("recouvrement_fr.door_pay", context)
        response.headers.update(HEADERS)
        return response

    def _reference(self, moves):
        return moves.name if len(moves) == 1 else request.env._("%s invoices", len(moves))

    @http.route(routes("/transaction"), type="jsonrpc", auth="public", sitemap=False)
    def door_transaction(self, token=None, company_id=None, **sent):
        """Begin the payment of what the address names; the amount is that of the form, at most what is left."""
        way = self._way(token, company_id)
        if not way.debtor._door_policy().door_pay or not way.acts:
            raise ValidationError(request.env._("This cannot be done here. Please call us."))
        asked = request.httprequest.args.copy()
        asked["amount"] = f"{sent['amount']:.6f}" if type(sent.get("amount")) in (int, float) else "?"
        request.env["recouvrement.door"]._one_at_a_time(way.debtor)
        moves, amount, _with_penalties = self._asked(way, asked)
        values = self._checked(way, moves, amount, sent)
        transactions = request.env["payment.transaction"]
        key = transactions._door_key(way, moves, {**values, "amount": amount}, self._payer(way))
        if begun := transactions._door_begun(key, way.moment):
            PaymentPostProcessing.monitor_transaction(begun)
            return begun._get_processing_values()
        transaction = PortalAccount()._create_transaction(
            **values,
            amount=amount,
            currency_id=moves.currency_id.id,
            partner_id=self._payer(way).id,
            landing_route=f"{way.base}?done=payment",
            is_validation=False,
            reference_prefix=None,
            custom_create_values={
                "invoice_ids": [(6, 0, moves.ids)],
                **transactions._door_origin(way, key),
            },
        )
        return transaction._get_processing_values()

    def _payer(self, way):
        user = request.env.user
        return way.debtor.partner_id if user._is_public() else user.partner_id

    def _checked(self, way, moves, amount, sent):
        """What the form chose, among what core offers for this payment.

        :raises ValidationError: a provider, a method or a flow that was not offered
        """
        providers = (
            request.env["payment.provider"]
            .sudo()
            ._get_compatible_providers(  # core's own way to ask
                moves.company_id.id, self._payer(way).id, amount, currency_id=moves.currency_id.id
            )
        )
        provider = providers.filtered(lambda one: one.id == sent.get("provider_id"))
        methods = (
            request.env["payment.method"]
            .sudo()
            ._get_compatible_payment_methods(  # as above
                provider.ids, self._payer(way).id, currency_id=moves.currency_id.id
            )
        )
        method = methods.filtered(lambda one: one.id == sent.get("payment_method_id"))
        flow = sent.get("flow")
        token = sent.get("token_id")
        if flow == "token" and not request.env.user._is_public() and type(token) is int:
            # sudo: core's own way to ask, for the payer alone
            tokens = request.env["payment.token"].sudo()._get_available_tokens(providers.ids, self._payer(way).id)
            kept = tokens.filtered(lambda one: one.id == token)
            if kept:
                return self._flow(kept.provider_id, kept.payment_method_id, kept.id, flow, False)
        if not provider or not method or flow not in FLOWS:
            raise ValidationError(request.env._("Choose a means of payment of this page."))
        kept = bool(sent.get("tokenization_requested")) and not request.env.user._is_public()
        return self._flow(provider, method, None, flow, kept)

    @staticmethod
    def _flow(provider, method, token_id, flow, tokenize):
        return {
            "provider_id": provider.id,
            "payment_method_id": method.id,
            "token_id": token_id,
            "flow": flow,
            "tokenization_requested": tokenize,
        }
