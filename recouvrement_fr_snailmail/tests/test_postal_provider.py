import base64
from importlib.util import module_from_spec, spec_from_file_location
from unittest.mock import patch

from odoo.tests import tagged
from odoo.tools import file_path, mute_logger

from odoo.addons.recouvrement_fr.tests.common import MONDAY
from odoo.addons.recouvrement_fr.tests.sending.dispatch_common import DispatchCommon

LOGS = ("odoo.addons.iap.tools.iap_tools", "odoo.addons.mail.models.mail_thread")


@tagged("post_install", "-at_install")
class TestPostalProvider(DispatchCommon):
    """Letters and invoices handed over to Odoo's postal provider."""

    def by_provider(self):
        former = self.first.channel_ids
        step = {"level_id": self.first.id}
        self.env["recouvrement.level.channel"].create(
            [{**step, "channel": "postal"}, {**step, "channel": "letter", "fallback": True, "sequence": 90}]
        )
        former.unlink()
        return self.reminded()[1]

    @mute_logger(*LOGS)
    def test_the_postal_provider_takes_the_kept_letter_once(self):
        reminder, asked = self.by_provider(), []

        def post(_url, params=None, **_kwargs):
            asked.append(params["documents"][0]["pdf_bin"])
            return {"request_code": 200, "request": {"documents": [{**params["documents"][0], **answer}]}}

        answer = {"error": "CREDIT_ERROR"}
        model = "odoo.addons.snailmail.models.snailmail_letter.iap_tools.iap_jsonrpc"
        with (
            patch(model, side_effect=post),
            patch.object(type(self.env["iap.account"]), "_send_no_credit_notification", lambda *_a, **_k: None),
            patch.object(type(self.env["iap.account"]), "_send_success_notification", lambda *_a, **_k: None),
        ):
            self.dispatch(MONDAY)
            [dispatch] = reminder.dispatch_ids
            self.assertEqual((dispatch.state, bool(dispatch.retry_on)), ("queued", True))
            answer = {"sent": True, "send_id": "42"}
            self.dispatch(MONDAY, 10)
            self.env["snailmail.letter"]._snailmail_cron(autocommit=False)
        self.assertEqual((dispatch.state, reminder.state, len(asked)), ("handed_over", "sent", 2))
        self.assertEqual(base64.b64decode(asked[1]), dispatch.attachment_id.raw)

    def test_a_letter_whose_bytes_are_not_those_kept_is_not_given_to_it(self):
        reminder = self.by_provider()
        self.dispatch(MONDAY, 3)  # written, and waits for the morning
        [dispatch] = reminder.dispatch_ids
        self.tamper(dispatch.attachment_id)
        model = "odoo.addons.snailmail.models.snailmail_letter.iap_tools.iap_jsonrpc"
        with patch(model) as asked:
            self.dispatch(MONDAY)
        self.assertFalse(asked.called)
        self.assertEqual(dispatch.state, "failed")
        self.assertIn("SHA-256 differs", dispatch.failure)

    def test_an_invoice_that_it_posted_counts_as_sent(self):
        invoice = self.invoice(MONDAY)
        self.assertNotIn(invoice.id, invoice._sent_evidence())
        self.env["snailmail.letter"].create(
            {
                "model": "account.move",
                "res_id": invoice.id,
                "partner_id": self.debtor_partner.id,
                "company_id": self.company.id,
                "state": "sent",
            }
        )
        [sent] = invoice._sent_evidence()[invoice.id]
        self.assertEqual(sent.channel, "letter")

    def test_a_database_that_has_the_neighbour_gets_the_add_on_as_it_upgrades(self):
        path = file_path("recouvrement_fr/migrations/19.0.3.0.0/post-neighbours.py")
        spec = spec_from_file_location("neighbours", path)
        script = module_from_spec(spec)
        spec.loader.exec_module(script)
        own = self.env["ir.module.module"]._get("recouvrement_fr_snailmail")
        own.state = "uninstalled"
        self.env.flush_all()
        script.migrate(self.env.cr, "19.0.2.0.0")
        self.env.invalidate_all()
        self.assertEqual(own.state, "to install")
        script.migrate(self.env.cr, "19.0.2.0.0")
        self.assertEqual(own.state, "to install")
