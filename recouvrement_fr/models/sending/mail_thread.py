import re

from odoo import models


class MailThread(models.AbstractModel):
    _inherit = "mail.thread"

    def _routing_handle_bounce(self, email_message, message_dict):
        """Tell what a mail server wrote in its report to the reminder it is about."""
        report = _report(email_message) | {"message_id": message_dict["bounced_message"].message_id}
        return super(MailThread, self.with_context(recouvrement_report=report))._routing_handle_bounce(
            email_message, message_dict
        )

    def _message_update_content(self, message, /, **kwargs):
        """The door of the conversation, which writes as superuser, asks as well."""
        message._refuse_evidence()
        return super()._message_update_content(message, **kwargs)


def _report(message):
    """{action, status, reason} of a delivery report (RFC 3464), as far as it says."""
    found = {}
    for part in message.walk():
        if part.get_content_type() != "message/delivery-status":
            continue
        for fields in part.get_payload():
            for name in ("Action", "Status", "Diagnostic-Code"):
                if fields[name]:
                    found[name] = re.sub(r"\s+", " ", str(fields[name])).strip()
    return {
        "action": found.get("Action", "").lower(),
        "status": found.get("Status", ""),
        "reason": re.sub(r"(?i)^smtp;\s*", "", found.get("Diagnostic-Code", "")),
    }
