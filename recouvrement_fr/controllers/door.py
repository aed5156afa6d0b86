"""The debtor's door: its own page, behind the link of a message or an account.

Nothing changes on GET: mail servers open every link. A debtor is found by the hash of a token or by an account, and
everything read and done is bounded by it; what is not its own is not there (404), and nothing tells why.
"""

import re
import secrets
import time
from collections import deque

from psycopg2.errors import UniqueViolation
from werkzeug.exceptions import MethodNotAllowed, NotFound, TooManyRequests

from odoo import fields, http
from odoo.exceptions import AccessError, UserError
from odoo.http import request

from odoo.addons.portal.controllers.portal import CustomerPortal

from ..models.door.recouvrement_door import DoorWay
from ..models.door.recouvrement_door_acts import LARGEST, MOST_FILES, DoorBusy, DoorClosed
from ..tools import clock

BODY = LARGEST * MOST_FILES + 1024 * 1024  # bytes of the largest form
HEADERS = {
    "Cache-Control": "no-store, private",
    "X-Robots-Tag": "noindex, nofollow, noarchive",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
# Our own page runs its own script and nothing else; the payment page is core's, with the scripts of the providers.
POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
GUESSES, GUESSING = 30, 600  # wrong links of one address within so many seconds, by worker
ADDRESSES = 10_000  # remembered at once
FIELDS = (
    "key",
    "said_by",
    "note",
    "amount",
    "day",
    "reason",
    "email",
    "phone",
    "count",
    "first",
    "signature",
    "agreed",
)
_guesses = {}


def routes(path=""):
    """The same page behind a link and behind an account. Not /r/, where Odoo's link tracker stands."""
    return [f"/rc/<string:token>{path}", f"/my/collection/<int:company_id>{path}"]


class Door(http.Controller):
    """Pages, acts and documents."""

    # --- who comes in -------------------------------------------------------------------------------------------------

    def _way(self, token=None, company_id=None):
        """By which door this request comes in.

        :raises NotFound: there is none, for whatever reason; :raises TooManyRequests: links are being guessed;
        :raises MethodNotAllowed: neither a look nor a form
        """
        if request.httprequest.method == "OPTIONS":
            # Core lets it into every route, and asks it for no CSRF token; office programs send it to every link.
            raise MethodNotAllowed()
        way = self._by_token(token) if token else self._by_account(company_id)
        if not way or not way.debtor._door_policy():
            raise NotFound()
        langs = request.env["recouvrement.reminder"].sudo()._langs(way.debtor.partner_id.ids)  # its own language
        request.update_context(lang=langs[way.debtor.partner_id.id])
        return way._replace(debtor=way.debtor.with_env(request.env(su=True)))

    def _by_token(self, token):
        access = request.env["recouvrement.portal.access"]._find(token, clock.today(request.env))
        if not access:
            self._guessed()
            return None
        user = request.env.user
        return DoorWay(
            access.debtor_id,
            f"/rc/{token}",
            access_id=access.id,
            user_id=False if user._is_public() else user.id,
            acts=not user._is_internal(),  # a colleague looks, and says nothing in the debtor's name
            **self._from(),
        )

    def _by_account(self, company_id):
        user = request.env.user
        if user._is_public() or user._is_internal():
            return None
        # sudo: a portal user reads no card; its own partner's alone is looked for.
        debtor = (
            request.env["recouvrement.debtor"]
            .sudo()
            .search(
                [("company_id", "=", company_id), ("partner_id", "=", user.partner_id.commercial_partner_id.id)],
                limit=1,
            )
        )
        return debtor and DoorWay(debtor, f"/my/collection/{company_id}", user_id=user.id, **self._from())

    def _from(self):
        return {
            "address": request.httprequest.remote_addr or "",
            "agent": request.httprequest.user_agent.string or "",
            "moment": fields.Datetime.now(),
        }

    def _guessed(self):
        """Count a wrong link. Right ones stay open: many people may share an address.

        :raises TooManyRequests: this address has tried too many
        """
        if len(_guesses) > ADDRESSES:
            _guesses.clear()
        tried = _guesses.setdefault(request.httprequest.remote_addr, deque(maxlen=GUESSES))
        if len(tried) == GUESSES and time.monotonic() - tried[0] < GUESSING:
            raise TooManyRequests()
        tried.append(time.monotonic())

    # --- the page -----------------------------------------------------------------------------------------------------

    @http.route(routes(), type="http", auth="public", methods=["GET"], sitemap=False)
    def door_page(self, token=None, company_id=None, **params):
        way = self._way(token, company_id)
        page = int(params["page"]) if re.fullmatch(r"\d{1,6}", params.get("page") or "", re.ASCII) else 1
        return self._show(way, page=page, done=params.get("done"))

    @http.route("/my/collection", type="http", auth="user", methods=["GET"], sitemap=False)
    def door_account(self, **_params):
        """The page of whoever is logged in; a list, for the customer of several of our companies."""
        ways = self._ways()
        if len(ways) == 1:
            return request.redirect(ways[0].base)
        return self._answer(
            "recouvrement_fr.door_companies", {"ways": ways, "company": request.env.company, "logo": ""}
        )

    def _ways(self):
        partner = request.env.user.partner_id.commercial_partner_id
        cards = request.env["recouvrement.debtor"].sudo().search([("partner_id", "=", partner.id)])  # its own cards
        return [way for way in map(self._by_account, cards.company_id.ids) if way and way.debtor._door_policy()]

    @http.route("/recouvrement/door/<int:debtor_id>", type="http", auth="user", methods=["GET"], sitemap=False)
    def door_preview(self, debtor_id, **params):
        """What the debtor sees, for a colleague who reads its card: nothing can be done there."""
        debtor = request.env["recouvrement.debtor"].browse(debtor_id).exists()
        try:
            debtor.check_access("read")
        except AccessError as error:
            raise NotFound() from error
        if not debtor:
            raise NotFound()
        way = DoorWay(debtor.sudo(), f"/recouvrement/door/{debtor_id}", acts=False)  # checked just above
        langs = request.env["recouvrement.reminder"].sudo()._langs(debtor.partner_id.ids)  # a setting
        request.update_context(lang=langs[debtor.partner_id.id])
        page = int(params["page"]) if re.fullmatch(r"\d{1,6}", params.get("page") or "", re.ASCII) else 1
        return self._show(way._replace(debtor=way.debtor.with_env(request.env(su=True))), page=page)

    def _show(self, way, page=1, done=None, error=None, typed=None, opened=None, status=200):
        door = request.env["recouvrement.door"]
        values = door._page(way, clock.today(request.env), page)
        values |= {
            "done": done if done in DONE else None,
            "error": error,
            "typed": typed or {},
            "opened": opened,
            "key": secrets.token_urlsafe(24),
            "logo": request.env["recouvrement.letter"].sudo()._logo(values["company"].id),  # shown to everybody
        }
        return self._answer("recouvrement_fr.door_page", values, status)

    def _answer(self, template, values, status=200):
        values |= {"csrf": request.csrf_token(), "lang": request.env.lang or "fr_FR"}
        response = request.render(template, values, status=status)
        response.headers.update(HEADERS | {"Content-Security-Policy": POLICY})
        return response

    # --- what it does -------------------------------------------------------------------------------------------------

    @http.route(routes("/seen"), type="http", auth="public", methods=["POST"], sitemap=False)
    def door_seen(self, token=None, company_id=None, **_params):
        """The page itself tells that it is on a screen: what only fetches links does not."""
        way = self._way(token, company_id)
        if way.acts:
            request.env["recouvrement.portal.event"]._seen(way)
        return request.make_response("", list(HEADERS.items()), status=204)

    @http.route(
        routes("/act/<string:kind>"),
        type="http",
        auth="public",
        methods=["POST"],
        max_content_length=BODY,
        sitemap=False,
    )
    def door_act(self, kind, token=None, company_id=None, **_params):
        way = self._way(token, company_id)
        sent = request.httprequest.form
        form = {name: sent.get(name, "") for name in FIELDS} | {"move_ids": sent.getlist("move_ids")}
        files = [self._read(file) for file in request.httprequest.files.getlist("files")[: MOST_FILES + 1]]
        door = request.env["recouvrement.door"]
        try:
            with request.env.cr.savepoint():
                event = door._act(way, kind, form, files, clock.today(request.env))
        except UniqueViolation:  # the same form at the same moment: the other one was taken in
            return self._go(f"{way.base}?done={kind}")
        except UserError as error:
            status = 429 if isinstance(error, DoorBusy) else 403 if isinstance(error, DoorClosed) else 422
            request.env.invalidate_all(flush=False)
            return self._show(way, error=str(error), typed=form, opened=kind, status=status)
        return self._go(f"{way.base}?done={event.kind}")

    def _read(self, file):
        """From its beginning: a request that is tried again finds its files read; core rewinds one of them alone."""
        file.stream.seek(0)
        return file.filename, file.stream.read(LARGEST + 1)

    def _go(self, path):
        response = request.redirect(path, code=303)
        response.headers.update(HEADERS)
        return response

    @http.route(routes("/plan"), type="http", auth="public", methods=["GET"], sitemap=False)
    def door_plan(self, token=None, company_id=None, **_params):
        """The schedule that these choices make, before anything is accepted; nothing is kept."""
        way = self._way(token, company_id)
        asked = request.httprequest.args
        form = {name: asked.get(name, "") for name in ("count", "first")} | {"move_ids": asked.getlist("move_ids")}
        door, on = request.env["recouvrement.door"].sudo(), clock.today(request.env)  # its own invoices, by the way
        policy = way.debtor._door_policy()
        try:
            if not policy.door_plan:
                raise DoorClosed(request.env._("This cannot be done here. Please call us."))
            moves, instalments = door._schedule(way, policy, form, on)
        except UserError as error:
            return self._show(way, error=str(error), typed=form, opened="plan", status=422)
        values = {
            "door": way,
            "company": way.debtor.company_id,
            "policy": policy,
            "form": form,
            "moves": moves,
            **door._shown_schedule(moves, instalments, policy),
            "key": secrets.token_urlsafe(24),
            "logo": request.env["recouvrement.letter"].sudo()._logo(way.debtor.company_id.id),  # shown to everybody
        }
        return self._answer("recouvrement_fr.door_plan", values)

    # --- documents ----------------------------------------------------------------------------------------------------

    @http.route(
        routes("/file/<string:kind>/<int:record_id>"), type="http", auth="public", methods=["GET"], sitemap=False
    )
    def door_file(self, kind, record_id, token=None, company_id=None, **_params):
        way = self._way(token, company_id)
        return self._download(request.env["recouvrement.door"]._file(way.debtor, kind, record_id))

    @http.route(routes("/print/<int:record_id>"), type="http", auth="public", methods=["POST"], sitemap=False)
    def door_print(self, record_id, token=None, company_id=None, **_params):
        """An invoice that was never printed is printed once, by core; then it is a file as the others."""
        way = self._way(token, company_id)
        door = request.env["recouvrement.door"]
        moves = door._own_moves(way.debtor, [record_id])
        if not moves or not way.acts:
            raise NotFound()
        events = request.env["recouvrement.portal.event"]
        if not moves.invoice_pdf_report_id:
            if events._too_many(way, "document"):
                raise TooManyRequests()
            request.env["recouvrement.reminder"].sudo()._make_documents(moves.ids)  # core prints for whoever asks
            events._add(way, "document", note=moves.name, res_model=moves._name, res_id=moves.id)
        return self._download(door._file(way.debtor, "invoice", record_id))

    @http.route(routes("/receipt/<int:record_id>"), type="http", auth="public", methods=["POST"], sitemap=False)
    def door_receipt(self, record_id, token=None, company_id=None, **_params):
        """The receipt of what was paid, printed once."""
        way = self._way(token, company_id)
        if not way.acts:
            raise NotFound()
        try:
            receipts = request.env["recouvrement.door.receipt"]
            return self._download(receipts._receipt(way, record_id, clock.today(request.env)))
        except DoorBusy as error:
            raise TooManyRequests() from error

    def _download(self, file):
        if not file or file.mimetype != "application/pdf":
            raise NotFound()
        name = re.sub(r"[^\w .-]", "-", file.name)
        headers = HEADERS | {
            "Content-Type": "application/pdf",
            "Content-Disposition": http.content_disposition(name),
            "Content-Security-Policy": "default-src 'none'; sandbox",
        }
        return request.make_response(file.raw, list(headers.items()))


class DoorHome(CustomerPortal):
    """The portal's home leads whoever owes something to its page."""

    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        if "collection_count" in counters:
            values["collection_count"] = len(Door()._ways())
        return values


DONE = ("paid", "promise", "dispute", "plan", "message", "contact", "email", "sms", "payment")
