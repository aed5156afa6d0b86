from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import LazyTranslate

_lt = LazyTranslate(__name__)

KINDS = [
    ("opened", "Opened"),
    ("document", "Asked for a document"),
    ("payment", "Paid online"),
    ("paid", "Says it is paid"),
    ("promise", "Promises a day"),
    ("dispute", "Contests"),
    ("plan", "Takes a plan"),
    ("message", "Writes"),
    ("contact", "Names somebody else"),
    ("email", "Asks for e-mails"),
    ("sms", "Refuses SMS"),
]
TITLES = {
    "opened": _lt("The debtor opened its page"),
    "document": _lt("On its page: asked for a document"),
    "payment": _lt("On its page: paid online"),
    "paid": _lt("On its page: says it is paid"),
    "promise": _lt("On its page: promises a day"),
    "dispute": _lt("On its page: contests"),
    "plan": _lt("On its page: takes a plan"),
    "message": _lt("On its page: a message"),
    "contact": _lt("On its page: names somebody else"),
    "email": _lt("On its page: asks for e-mails instead of paper"),
    "sms": _lt("On its page: refuses SMS"),
}
SEEN_AGAIN = timedelta(minutes=10)  # the same page looked at again within these is one opening
HOUR = timedelta(hours=1)
ACTS_PER_DEBTOR = 20  # within an hour
ACTS_PER_ADDRESS = 50


class RecouvrementPortalEvent(models.Model):
    """What was done on a debtor's page, when, and from where: evidence, only ever added to."""

    _name = "recouvrement.portal.event"
    _description = "Event on a Debtor's Page"
    _inherit = ["recouvrement.evidence", "recouvrement.labelled"]
    _order = "date desc, id desc"
    _rec_name = "kind"

    _evidence_files = ("attachment_ids",)

    debtor_id = fields.Many2one("recouvrement.debtor", required=True, index=True, ondelete="restrict")
    company_id = fields.Many2one("res.company", required=True, index=True)
    access_id = fields.Many2one(
        "recouvrement.portal.access", "By the link", index="btree_not_null", ondelete="restrict"
    )
    user_id = fields.Many2one("res.users", "By the account", index="btree_not_null", ondelete="restrict")
    date = fields.Datetime(required=True, default=fields.Datetime.now, index=True)
    kind = fields.Selection(KINDS, required=True)
    currency_id = fields.Many2one("res.currency")
    amount = fields.Monetary(aggregator="sum")
    day = fields.Date("Day named")
    said_by = fields.Char("Name given")
    note = fields.Text()
    attachment_ids = fields.Many2many("ir.attachment", string="Files given")
    address = fields.Char("Internet address")
    agent = fields.Char("Browser")
    form_key = fields.Char(help="Of the form sent: sent twice, it counts once.")
    said_key = fields.Char(help="Of what is said: the same words, said again that day, count once.")
    res_model = fields.Char("Model of what it made")
    res_id = fields.Many2oneReference("What it made", model_field="res_model")

    _form_once = models.UniqueIndex(
        "(debtor_id, form_key) WHERE form_key IS NOT NULL", "This form was taken in already."
    )
    _said_once = models.UniqueIndex(
        "(debtor_id, said_key) WHERE said_key IS NOT NULL", "This was said already that day."
    )
    _by_address = models.Index("(address, date) WHERE address IS NOT NULL")

    def write(self, vals):
        if not self.env.su or vals.keys() - {"res_model", "res_id", "attachment_ids"}:
            raise UserError(self.env._("What was done on a debtor's page is evidence: it never changes."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_evidence(self):
        raise UserError(self.env._("What was done on a debtor's page is evidence: it never changes."))

    def action_open_made(self):
        """The promise, dispute, plan or payment that it made."""
        self.ensure_one()
        self.check_access("read")
        if not self.res_model:
            raise UserError(self.env._("This made nothing."))
        return self.env[self.res_model].browse(self.res_id)._get_records_action()

    # --- adding -------------------------------------------------------------------------------------------------------

    @api.model
    def _add(self, door, kind, **values):
        """Note what happened at a door (`DoorWay`), as superuser: nobody else writes evidence."""
        return self.sudo().create(  # the debtor has no account of ours
            {
                "debtor_id": door.debtor.id,
                "company_id": door.debtor.company_id.id,
                "access_id": door.access_id,
                "user_id": door.user_id,
                "address": (door.address or "")[:64] or False,
                "agent": (door.agent or "")[:200] or False,
                **({"date": door.moment} if door.moment else {}),
                "kind": kind,
                **values,
            }
        )

    @api.model
    def _seen(self, door):
        """The page is on a screen: counted once in a while, and only when the page itself says so."""
        since = door.moment - SEEN_AGAIN
        events = self.sudo()  # as above
        domain = [("debtor_id", "=", door.debtor.id), ("kind", "=", "opened"), ("date", ">=", since)]
        if not events.search_count([*domain, ("access_id", "=", door.access_id)], limit=1):
            self._add(door, "opened")

    @api.model
    def _too_many(self, door, kind=None):
        """Whether this debtor, or this address, did more within an hour than a person does: acts, or what costs the
        server as much (a document printed)."""
        counted = [("kind", "=", kind)] if kind else [("kind", "not in", ("opened", "document"))]
        since = [("date", ">=", door.moment - HOUR), *counted]
        events = self.sudo()  # counted, whoever asks
        mine = events.search_count([*since, ("debtor_id", "=", door.debtor.id)], limit=ACTS_PER_DEBTOR)
        if mine >= ACTS_PER_DEBTOR or not door.address:
            return mine >= ACTS_PER_DEBTOR
        theirs = [*since, ("address", "=", door.address[:64])]
        return events.search_count(theirs, limit=ACTS_PER_ADDRESS) >= ACTS_PER_ADDRESS
