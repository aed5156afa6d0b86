import logging

from werkzeug.exceptions import NotFound, ServiceUnavailable

from odoo import SUPERUSER_ID, http
from odoo.exceptions import UserError
from odoo.http import request
from odoo.tools import consteq

_logger = logging.getLogger(__name__)


class Ar24Webhook(http.Controller):
    """AR24 says that something happened to a letter."""

    @http.route(
        "/recouvrement/ar24/<int:deposit_id>/<string:signature>",
        type="http",
        auth="public",
        methods=["POST"],
        csrf=False,
        save_session=False,
    )
    def told(self, deposit_id, signature, **_said):
        """Ask AR24 what happened to this letter: what the call says is not believed.

        Answers 503 while that cannot be written: AR24 calls again, every quarter of an hour for half a day.
        """
        # The signature, compared in bytes whatever its letters, is the right of the caller; nothing it sends is used.
        deposit = request.env(user=SUPERUSER_ID)["recouvrement.ar24.deposit"].browse(deposit_id)
        if not consteq(signature.encode(), deposit._signature().encode()) or not deposit.exists():
            raise NotFound()
        letter = deposit.dispatch_id
        if not letter.posted_on or letter.state == "cancelled":
            raise ServiceUnavailable()  # the transaction that posts it is not over
        company = letter.company_id
        try:
            letter._take_in(letter.with_company(company)._carrier(company)._statuses(letter), "carrier")
        except UserError as error:
            _logger.info("AR24 called about letter %s and does not answer: %s", letter.id, error)
            raise ServiceUnavailable() from error
        return request.make_response("", [("Cache-Control", "no-store")])
