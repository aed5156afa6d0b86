import json

from odoo.tests import tagged
from odoo.tools import SQL

from ..base.security_common import SecurityCommon
from ..common import MONDAY
from .privacy_common import MARKS, NAME, PrivacyCommon

# What is not about a debtor: how a company works, law, several debtors at once, logs that name nobody, accounting.
OF_NOBODY = {
    *("policy", "level", "level.channel", "quiet.period", "rate", "mention", "payment.sector", "proceeding", "court"),
    *("proceeding.step", "proceeding.delay", "proceeding.cost", "check.item", "claim.kind", "dispute.reason", "run"),
    *(
        "einvoice.status",
        "einvoice.reason",
        "einvoice.amount",
        "einvoice.mail",
        "provision",
        "provision.bracket",
        "dispute.report",
    ),
    *("legal.figure", "import.column", "credit.class"),
    *("retention", "anonymisation", "person.export", "retention.identity", "portal.report"),
}
KEPT = {
    "case": ["name"],
    "case.file": ["sha256", "zip_sha256"],
    "case.piece": ["sha256", "mimetype", "origin_checksum"],
    "case.step": ["article"],
    "contact": ["res_model"],
    "deadline": ["code", "article", "res_model"],
    "credit.override": ["res_model"],
    "debtor": ["fingerprint"],
    "dispatch": ["sha256", "sms_uuid"],
    "dispatch.event": ["proof_sha256"],
    "dispute": ["name", "e_status", "e_motive"],
    "document": ["name", "template", "res_model", "sha256"],
    "doubtful": ["name"],
    "einvoice.event": [
        *("number", "message_key", "status_code", "sender_role", "reason_codes", "action_code", "amount_kind"),
        "sha256",
    ],
    "limitation.event": ["res_model"],
    "notice.override": ["codes"],
    "payer.profile": ["fingerprint"],
    "plan": ["name"],
    "portal.access": ["token_hash"],
    "portal.event": ["form_key", "res_model"],
    "promise": ["name", "mark", "account_mark"],
    "reminder": ["lang"],
    "statement": ["lang", "sha256"],
    "thanks": ["lang"],
    "write.off": ["name"],
}
VIEWS = (
    "recouvrement.dispute.report",
    "recouvrement.portal.report",
    "recouvrement.payer.payment",
)  # of records that are reached
MARK = f"{NAME} {MARKS['email']} {MARKS['phone']}"


@tagged("post_install", "-at_install")
class TestEverythingReached(PrivacyCommon):
    """Read from the registry: a model, or a column, that is added and not reached makes this fail."""

    # One record of each model is made as the test of rights makes them.
    record, _found, _made, _is_asked, _value = (
        SecurityCommon.record,
        SecurityCommon._found,
        SecurityCommon._made,
        SecurityCommon._is_asked,
        SecurityCommon._value,
    )

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.debtor_partner = cls.person

    def test_each_column_of_each_model_of_a_person_is_emptied(self):
        self.move = self.invoice(MONDAY, 1000)
        card = self.env["recouvrement.debtor"]._card(self.company, self.person).sudo()
        self.known = {
            "account.move": self.move,
            "res.partner": self.person,
            "res.company": self.company,
            "res.currency": self.company.currency_id,
            "res.users": self.env.user,
            "recouvrement.debtor": card,
            "recouvrement.policy": self.policy,
            "recouvrement.level": self.first,
            "recouvrement.level.channel": self.first.channel_ids,
        }
        concrete = [
            name
            for name, model in sorted(self.env.registry.items())
            if name.startswith("recouvrement.") and not model._abstract and name not in VIEWS
        ]
        tables = {}
        for name in concrete:
            self.record(name).flush_recordset()
        self.env.flush_all()
        self.env.invalidate_all()
        for name in concrete:
            if name.removeprefix("recouvrement.") not in OF_NOBODY and self.known[name]:
                tables[name] = self.marked(self.known[name])
        self.assertGreater(sum(map(len, tables.values())), 150)  # it does mark them
        self.assertIn("recouvrement_reminder.figures", self.found())
        data = self.env["recouvrement.personal.data"]
        data._erase(data._family(self.company, self.person), MONDAY)
        allowed = {"recouvrement_retention_identity.name", "recouvrement_retention_identity.address"}
        allowed.add("account_move.invoice_partner_display_name")  # an invoice tells who it is made out to, ten years
        dialogs = tuple(f"{model._table}." for model in self.env.registry.values() if model._transient)
        left = {column for column in self.found() if not column.startswith(dialogs)}  # Odoo deletes them within hours
        self.assertEqual(left - allowed, set())

    def marked(self, record):
        """Write the person into every column of a record where words can stand; the names of these columns."""
        written = []
        for name, field in record._fields.items():
            if not field.store or not field.column_type or field.type not in ("char", "text", "html", "json", "binary"):
                continue
            if self.is_code(record, name):
                continue
            value = {"char": MARK, "json": json.dumps({"who": [MARK], NAME: 1}), "binary": MARK.encode()}
            if field.translate:
                mark = json.dumps({"en_US": MARK, "fr_FR": MARK})
            else:
                mark = value.get(field.type, f"<p>{MARK}</p>")
            self.env.cr.execute(
                SQL(
                    "UPDATE %s SET %s = %s WHERE id = %s",
                    SQL.identifier(record._table),
                    SQL.identifier(name),
                    mark,
                    record.id,
                )
            )
            written.append(name)
        self.env.invalidate_all(flush=False)
        return written

    def is_code(self, record, name):
        """What is kept on purpose: codes, hashes, numbers of ours."""
        data = self.env["recouvrement.personal.data"]
        return name not in {field.name for field in data._written(record._name)}

    def test_what_is_kept_is_a_code_a_hash_or_a_number(self):
        """The list of columns that are not emptied: each is filled by code, never by what a person types."""
        data = self.env["recouvrement.personal.data"]
        kept = {
            f"{name}.{field.name}"
            for name, model in self.env.registry.items()
            if name.startswith("recouvrement.") and not model._abstract and not model._transient and model._auto
            for field in model._fields.values()
            if field.type in ("char", "text", "html", "json") and field.store
            if name.removeprefix("recouvrement.") not in OF_NOBODY
            if field not in list(data._written(name))
        }
        self.assertEqual(
            kept,
            {f"recouvrement.{model}.{name}" for model, names in KEPT.items() for name in names},
        )

    def test_a_person_is_not_scored(self):
        """No grade, score, risk or habit of payment of anybody is stored: they are read from the ledger when asked."""
        words = ("score", "scoring", "grade", "risk", "reliab", "rating", "habit", "probab", "profile", "solvab")
        stored = [
            f"{name}.{field.name}"
            for name, model in self.env.registry.items()
            for field in model._fields.values()
            if field.store and any(word in field.name for word in words)
            if name.startswith("recouvrement.") or "recouvrement_fr" in field._modules
            if name != "res.company"  # what a company chose, about nobody
        ]
        self.assertEqual(stored, [])
        self.assertFalse(self.env["recouvrement.debtor"]._fields["payer_profile"].store)
        self.assertFalse(self.env["recouvrement.debtor"]._fields["risks"].store)
