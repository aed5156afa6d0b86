"""A disk that is full stops sending, and takes nothing away from what is known of what left."""

import logging
import shutil
from pathlib import Path

from odoo import models
from odoo.tools import LazyTranslate, config

_lt = LazyTranslate(__name__)
_logger = logging.getLogger(__name__)

FULL = _lt("The disk is full: nothing leaves")
LEAST_FREE = 50_000_000  # bytes; a batch of e-mails with their invoices takes less


class RecouvrementDispatch(models.Model):
    _inherit = "recouvrement.dispatch"

    def _keep_proof(self, channel, outcomes):
        """Keep the bytes that left; what a full disk refuses is said on the dispatch, which stays handed over."""
        try:
            with self.env.cr.savepoint():
                channel._keep_proof(self, outcomes)
        except OSError as error:
            _logger.exception("What left could not be kept")
            self.filtered(lambda dispatch: outcomes[dispatch.id].kind == "accepted").failure = self.env._(
                "It left, but its bytes could not be kept: %s", error.strerror or error
            )

    def _send_by(self, channel, commit):
        """Nothing leaves while what left could not be kept."""
        if self._has_room():
            self.env["recouvrement.exit"]._all_clear(self.company_id.root_id, [FULL])
            return super()._send_by(channel, commit)
        _logger.error("The disk of the file store is full: %s messages wait until there is room", len(self))
        note = self.env._("Messages wait until there is room to keep what leaves: tell your administrator.")
        for company in self.company_id.root_id:
            self.env["recouvrement.exit"]._warn_managers(company, FULL, note)
        return None

    def _has_room(self):
        store = Path(config.filestore(self.env.cr.dbname))
        place = next(folder for folder in (store, *store.parents) if folder.exists())
        return shutil.disk_usage(place).free >= LEAST_FREE
