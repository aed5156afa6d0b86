import base64
import io
from datetime import timedelta

from PIL import Image, ImageDraw, ImageFont

from odoo import api, models
from odoo.exceptions import UserError

from ...rules import instalments as rules
from ...rules.errors import RuleError
from ...tools.formats import rounded
from ..base.rule_words import said
from ..contacts.recouvrement_contact_outcome import Terms
from .recouvrement_door_acts import DoorClosed

DEPOSIT_DAYS = 5  # within which the deposit is paid
LARGEST_SIGNATURE = 200_000  # bytes of the picture drawn on the screen
PNG = b"\x89PNG\r\n\x1a\n"


class RecouvrementDoor(models.AbstractModel):
    """“I need time”: a plan within the limits of the policy, shown before it is accepted, then signed on the screen."""

    _inherit = "recouvrement.door"

    @api.model
    def _schedule(self, door, policy, form, on):
        """(invoices, instalments): the schedule that these choices make, within the limits.

        :raises DoorClosed: this debt asks for a person; :raises UserError: a choice beyond the limits
        """
        moves = self._chosen(door, form)
        moves = moves.filtered(lambda move: move.currency_id == moves[:1].currency_id)
        currency, company = moves[:1].currency_id, door.debtor.company_id
        if not moves:
            raise UserError(self.env._("Nothing is left to pay."))
        total = moves._net_left(door.debtor, on)
        if not total:
            raise UserError(self.env._("Nothing is left to pay."))
        worth = currency._convert(total, company.currency_id, company, on)
        if policy.door_plan_maximum and company.currency_id.compare_amounts(worth, policy.door_plan_maximum) > 0:
            raise DoorClosed(self.env._("For a plan of this amount, please call us."))
        count = self._number(form.get("count")) or 0
        if not 1 <= count <= policy.door_plan_count:
            raise UserError(self.env._("Choose from 1 to %s instalments.", policy.door_plan_count))
        first = self._date(form, "first")
        if not on < first <= on + timedelta(days=policy.door_plan_days):
            raise UserError(self.env._("The first instalment is within %s days.", policy.door_plan_days))
        return moves, self._instalments(policy, company, currency, total, count, first, on)

    @api.model
    def _instalments(self, policy, company, currency, total, count, first, on):
        digits = currency.decimal_places
        total = rounded(total, currency)
        deposit = rounded(total * policy.door_plan_deposit / 100, currency)
        place = company.recouvrement_holidays or None
        try:
            [day] = rules.due_dates(min(on + timedelta(days=DEPOSIT_DAYS), first), 1, "monthly", place)
            head = (rules.Instalment(day, deposit),) if deposit else ()
            if deposit >= total:
                return head
            dates = [max(due, day) for due in rules.due_dates(first, count, "monthly", place)]
            return head + tuple(rules.equal_instalments(total - deposit, dates, digits))
        except RuleError as error:
            raise UserError(said(self.env, error)) from error

    @api.model
    def _shown_schedule(self, moves, instalments, policy):
        """The schedule, ready to be read; its first payment is the deposit, where the policy asks for one."""
        currency = moves[:1].currency_id
        names = [self.env._("Deposit")] if policy.door_plan_deposit else []
        names += range(1, len(instalments) + 1)
        return {
            "total": self._money(float(sum(one.amount for one in instalments)), currency),
            "rows": [
                {"number": name, "date": self._day(one.due), "amount": self._money(float(one.amount), currency)}
                for name, one in zip(names, instalments, strict=False)
            ],
        }

    @api.model
    def _act_plan(self, door, policy, form, on):
        """Made, accepted and signed at once; the protocol is kept, and its invoices are left alone."""
        name = self._text(form, "said_by")
        if not name or not form.get("agreed"):
            raise UserError(self.env._("To accept, tick the box and write your name and quality."))
        moves, instalments = self._schedule(door, policy, form, on)
        debtor = door.debtor.with_env(self.env)
        credited = sum(moves.mapped("amount_residual")) - float(sum(one.amount for one in instalments))
        credited = moves[:1].currency_id.round(credited)
        plan = self.env["recouvrement.plan"]._make(debtor, moves.with_env(self.env), instalments, credited=credited)
        plan._accept(on, name, self._signature(form, name))
        [document] = self._protocol(plan, on)
        self._log(door, "plan", self.env._("Plan %s accepted on its page", plan.name), form, on, Terms(plan=plan))
        shown = {"amount": plan.amount_total, "currency_id": plan.currency_id.id, "day": plan.next_due}
        plan.message_post(body=self.env._("Protocol kept: %s", document.display_name))
        return {"shown": shown, "record": plan}

    @api.model
    def _protocol(self, plan, on):
        """The protocol as it was accepted, printed for good."""
        plan.action_protocol()
        mine = [("res_model", "=", plan._name), ("res_id", "=", plan.id), ("state", "=", "draft")]
        documents = self.env["recouvrement.document"].search(mine, order="id desc", limit=1)
        if not self.env["recouvrement.exit"]._closed(plan.company_id, on):
            documents.action_freeze()  # else a person does, once things may leave again
        return documents

    @api.model
    def _signature(self, form, name):
        """The PNG drawn on the screen, in base64; for whoever draws nothing, the name typed."""
        drawn = (form.get("signature") or "").removeprefix("data:image/png;base64,")
        if not drawn:
            return self._written(name)
        try:
            content = base64.b64decode(drawn, validate=True)
            if len(content) > LARGEST_SIGNATURE or not content.startswith(PNG):
                raise ValueError(len(content))
            with Image.open(io.BytesIO(content)) as picture:
                if picture.width * picture.height > 4_000_000:
                    raise ValueError(picture.size)
                picture.verify()
        except Exception as error:  # whatever was sent is no picture
            raise UserError(self.env._("The signature cannot be read: draw it again, or leave it empty.")) from error
        return drawn

    @api.model
    def _written(self, name):
        picture = Image.new("RGB", (600, 120), "white")
        written = name.encode("latin-1", "replace").decode("latin-1")
        ImageDraw.Draw(picture).text((20, 50), written, fill="black", font=ImageFont.load_default())
        content = io.BytesIO()
        picture.save(content, "PNG")
        return base64.b64encode(content.getvalue())
