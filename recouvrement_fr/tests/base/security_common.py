import inspect
import json

from odoo import Command
from odoo.tests import new_test_user
from odoo.tools import SQL

from ..common import MONDAY, RecouvrementCommon

OURS = "odoo.addons.recouvrement_fr."
# The ORM's own methods, which check rights, and what says nothing to others (test_security).
ORM = {"create", "write", "unlink", "copy", "copy_data", "default_get", "onchange", "get_banner", "fields_get"}
TRIED = {  # they are given what to read: contacts/test_card_cost.py, debtor/test_list_cost.py
    ("recouvrement.debtor", "web_read"),
    ("account.move", "web_read"),
}
# What a model asks beyond its required fields.
ASKED = {
    "recouvrement.accessory": {"kind": "indemnity"},
    "recouvrement.grace": {"date_to": "2027-01-01"},
    "recouvrement.interest.clause": {"rate": 12.0},
    "recouvrement.legal.figure": {"date_from": MONDAY},
}
SIMPLE = {
    "char": "Something",
    "text": "Something",
    "html": "Something",
    "date": MONDAY,
    "datetime": f"{MONDAY} 08:00:00",
    "integer": 1,
    "float": 1.0,
    "monetary": 1.0,
    "binary": b"cw==",
}
# Written by the acts of a record alone, with a value somebody could want to type.
TYPED = {
    "recouvrement.debtor": {"overdue_amount": 0, "last_contact_date": MONDAY, "reason": False, "partner_id": 1},
    "recouvrement.plan": {"state": "kept", "accepted_by": "Nobody", "principal": 1, "started_on": MONDAY},
    "recouvrement.insolvency": {"state": "cancelled", "declared_on": MONDAY, "debtor_id": 1},
    "recouvrement.insolvency.hit": {"state": "dismissed", "text": "Another"},
    "recouvrement.guarantee": {"state": "released"},
    "recouvrement.case": {"state": "closed", "outcome": "paid", "opened_on": MONDAY},
    "recouvrement.dispute": {"state": "rejected", "opened_on": MONDAY},
    "recouvrement.document": {"state": "frozen", "sha256": "0", "version": 2},
    "recouvrement.write.off": {"decision": "approved"},
    "recouvrement.credit.review": {"state": "approved", "decided_on": MONDAY},
    "recouvrement.provision.line": {"amount": 1},
    "recouvrement.case.piece": {"sha256": "0", "state": "left_out", "number": 9},
}
# Never written nor deleted by anybody.
EVIDENCE = {
    *("accessory", "case.approval", "case.claim", "case.event", "case.file", "case.proceeding", "case.step", "contact"),
    *("decision", "dispatch", "dispatch.event", "doubtful", "invoice.check", "invoice.sending", "limitation.event"),
    *("notice.override", "pause.period", "plan.instalment", "promise", "reminder", "reminder.line", "run", "statement"),
    *(
        "thanks",
        "write.off.line",
        "exclusion",
        "einvoice.event",
        "einvoice.mail",
        "invoice.mention",
        "insolvency.claim",
        "deadline",
    ),
    *("portal.access", "portal.event"),
    *("anonymisation", "person.export", "retention.identity"),
    *("payer.profile", "payer.payment", "quality", "credit.alert", "credit.override"),
}


class SecurityCommon(RecouvrementCommon):
    """One record of each model, made by filling what it requires; then everybody who should not tries everything."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        other = cls.env["res.company"].create({"name": "Other creditor", "country_id": cls.env.ref("base.fr").id})
        cls.employee = new_test_user(cls.env, "all_employee", "base.group_user")
        cls.portal = new_test_user(cls.env, "all_portal", "base.group_portal")
        cls.portal.partner_id.parent_id = cls.debtor_partner  # the debtor's own accountant reads his invoices
        cls.collector = cls._someone("all_collector", "user")
        cls.manager = cls._someone("all_manager", "manager,base.group_system,base.group_erp_manager")
        cls.stranger = cls._someone("all_stranger", "manager,account.group_account_manager", company=other)
        cls.concrete = sorted(
            name for name, model in cls.env.registry.items() if name.startswith("recouvrement.") and not model._abstract
        )

    @classmethod
    def _someone(cls, login, groups, company=None):
        company = company or cls.company
        return new_test_user(
            cls.env,
            login,
            f"base.group_user,recouvrement_fr.group_recouvrement_{groups}",
            company_id=company.id,
            company_ids=[Command.set(company.ids)],
        )

    def before_all(self):
        super().before_all()
        self.move = self.invoice(MONDAY, 1000)
        self.known = {
            "account.move": self.move,
            "res.partner": self.debtor_partner,
            "res.company": self.company,
            "res.currency": self.company.currency_id,
            "res.users": self.env.user,
            "recouvrement.debtor": self.env["recouvrement.debtor"]._card(self.company, self.debtor_partner).sudo(),
            "recouvrement.policy": self.policy,
            "recouvrement.level": self.first,
            "recouvrement.level.channel": self.first.channel_ids,
        }
        self.records()

    def setUp(self):
        super().setUp()
        self.known = dict(self.known)  # what a test adds is its own

    # --- one record of each model -------------------------------------------------------------------------------------

    def records(self):
        """{model: record} of every model; fails where none can be made, so that none is passed over in silence."""
        failed = {}
        for name in self.concrete:
            before = dict(self.known)
            try:
                with self.env.cr.savepoint():
                    self.record(name).flush_recordset()
            except Exception as error:  # noqa: BLE001 - whatever it is, it is told
                failed[name] = repr(error)[:300]
                self.known = before
        self.assertFalse(failed, "Say in ASKED what these models ask.")
        return {name: self.known[name] for name in self.concrete}

    def record(self, name):
        """A record of that model in our company; asked again, the same."""
        if name not in self.known:
            self.known[name] = self._found(name) or self._made(name)
        return self.known[name]

    def _found(self, name):
        model = self.env[name].sudo()
        if name == "recouvrement.dispute.report":  # a view of the disputes
            self.record("recouvrement.dispute")
            self.env.flush_all()
            return model.search([("company_id", "=", self.company.id)], limit=1)
        if name == "recouvrement.effectiveness":  # a view of what was sent
            line = self.record("recouvrement.reminder.line")
            self.env.flush_all()
            self.env.cr.execute(
                "UPDATE recouvrement_reminder SET state = 'sent', sent_date = %s WHERE id = %s",
                [MONDAY, line.reminder_id.id],
            )
            self.env.invalidate_all()
            return model.search([("company_id", "=", self.company.id)], limit=1)
        if name in ("recouvrement.case.report", "recouvrement.accessory.report"):  # views of these
            record = self.record(name.removesuffix(".report"))
            self.env.flush_all()
            if name == "recouvrement.accessory.report":  # of no amount, it would be owed no longer
                self.env.cr.execute("UPDATE recouvrement_accessory SET state = 'accrued' WHERE id = %s", [record.id])
            self.env.invalidate_all()
            return model.search([("company_id", "=", self.company.id)], limit=1)
        if name in ("recouvrement.limitation.calendar", "recouvrement.receivable.report"):  # views of the open invoices
            self.env.flush_all()
            return model.search([("company_id", "=", self.company.id)], limit=1)
        if name == "recouvrement.portal.report":  # a view of the links
            self.record("recouvrement.portal.access")
            self.env.flush_all()
            return model.search([("company_id", "=", self.company.id)], limit=1)
        if name == "recouvrement.payer.payment":  # a view of the payments of companies
            self.known["recouvrement.debtor"].debtor_type = "professional"
            self.pay(self.invoice(MONDAY, 100), on=MONDAY)
            self.env.flush_all()
            return model.with_company(self.company).search([("company_id", "=", self.company.id)], limit=1)
        if name == "recouvrement.invoice.mention":  # made when the invoice was posted
            return model.search([("move_id", "=", self.move.id)])
        if name.startswith("recouvrement.case.record"):  # opens on a step to do alone: nobody here may go that far
            return model.browse(1)
        return None if "company_id" in model._fields or model._transient else model.search([], limit=1)

    def _made(self, name):
        model = self.env[name].sudo()
        values = dict(ASKED.get(name, {}))
        if name == "recouvrement.write.off":
            line = {"move_id": self.move.id, "partner_id": self.debtor_partner.id}
            values["line_ids"] = [Command.create(line | {"currency_id": self.company.currency_id.id})]
        for field in model._fields.values():
            if field.name not in values and self._is_asked(field):
                value = self._value(field)
                if value is not None:
                    values[field.name] = value
        return model.with_context(tracking_disable=True).create(values)

    def _is_asked(self, field):
        if field.related or not field.store or field.type == "one2many" or field.compute and field.readonly:
            return False
        return (
            field.name in ("company_id", "debtor_id", "move_ids")
            or field.required
            and (not field.default or field.type == "many2one")
        )

    def _value(self, field):
        if field.type == "many2one_reference":
            return self.move.id
        if field.relational:
            if field.comodel_name in self.known or field.comodel_name.startswith("recouvrement."):
                record = self.record(field.comodel_name)
            elif field.type == "many2one":
                record = self.env[field.comodel_name].sudo().search([], limit=1)
            else:
                return None
            return record.id if field.type == "many2one" else [Command.set(record.ids)]
        if field.type == "selection":
            return field.get_values(self.env)[0]
        return SIMPLE.get(field.type)

    def plant(self, records, secret):
        """Write a word that is found nowhere else into the name of each of these records."""
        self.env.flush_all()
        for record in records:
            field = record._fields.get(record._rec_name or "")
            if field and field.store and field.type == "char" and not record._transient and not field.related:
                value = json.dumps({"en_US": secret}) if field.translate else secret
                table, column = SQL.identifier(record._table), SQL.identifier(field.name)
                self.env.cr.execute(SQL("UPDATE %s SET %s = %s WHERE id = %s", table, column, value, record.id))
        self.env.invalidate_all()

    # --- what is tried on them ----------------------------------------------------------------------------------------

    def buttons(self, record):
        """Names of our methods that a client may call on this record."""
        model = type(record)
        for name in dir(model):
            method = getattr(model, name)
            if name.startswith("_") or name in ORM or (record._name, name) in TRIED or not inspect.isfunction(method):
                continue
            ours = any(name in vars(klass) and klass.__module__.startswith(OURS) for klass in model.__mro__)
            if ours and not getattr(method, "_api_private", False):
                yield name

    def state(self, records):
        """Everything stored of these records, and how many of their models belong to our company."""
        self.env.flush_all()
        self.env.invalidate_all()
        state = {}
        for record in records:
            model = record.sudo()
            stored = [name for name, field in model._fields.items() if field.store and field.type != "binary"]
            domain = [("company_id", "child_of", self.company.id)] if "company_id" in stored else []
            state[record._name] = (model.read(stored, load=False), model.search_count(domain))
        return state
