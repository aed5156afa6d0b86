from datetime import timedelta

from ...models.contacts.recouvrement_contact_outcome import Terms
from ..clock import today
from ..common import MONDAY
from ..sending.dispatch_common import DispatchCommon

DAY = timedelta(days=1)


class CallsCommon(DispatchCommon):
    """A debtor to call, whose number is known."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.debtor_partner.phone = "+33 1 42 68 53 00"
        cls.collector = cls._somebody("caller")

    def to_call(self, **kwargs):
        """A reminder whose only channel is a call, its task in the agenda; returns the invoice and the dispatch."""
        self.first.channel_ids.write({"channel": "call", "template_id": False})
        invoice, reminder = self.reminded(**kwargs)
        self.card().collector_id = self.collector
        self.dispatch(MONDAY)
        self.assertEqual(reminder.dispatch_ids.mapped("channel"), ["call"])
        return invoice, reminder.dispatch_ids

    def log(self, outcome, task=None, on=MONDAY, hour=10, channel="call", **values):
        terms = Terms(**values.pop("terms", {}))
        with self.at(on, hour):
            contact = (
                self.env["recouvrement.contact"]
                .with_user(self.collector)
                ._log(self.card().with_user(self.collector), channel, outcome, task, terms, **values, on=today())
            )
        self.env.invalidate_all()
        return contact.sudo()
