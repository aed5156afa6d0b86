from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import LazyTranslate

from ...rules import notices
from ...rules.deadlines import day_deadline
from ...rules.regime import letter_law
from ...tools.formats import Formats, day, paragraphs
from ...tools.template_error import cause

MOVE_FIELDS = ["name", "ref", "invoice_date", "date", "payment_reference", "partner_bank_id", "move_type"]
PARTNER_FIELDS = [
    *("name", "type", "is_company", "parent_id", "commercial_partner_id", "street", "street2", "zip", "city"),
    *("state_id", "country_id", "ref", "vat", "company_registry", "phone", "email", "website", "lang"),
]

_lt = LazyTranslate(__name__)

# What a letter says where its level has no words: that of a call or a visit which reached nobody.
WORDS = {
    "pre_due": {
        "intro": _lt("As a simple reminder, {the invoice|the invoices} below will soon fall due."),
        "closing": _lt("If your payment is already under way, please disregard this message."),
    },
    "courteous": {
        "intro": _lt(
            "Unless we are mistaken, {the invoice listed below, which has reached its due date, has|the invoices "
            "listed below, which have reached their due date, have} not been paid yet."
        ),
        "closing": _lt(
            "We would be grateful for your payment by {deadline}; if a difficulty or a disagreement stands in its way, "
            "simply let us know."
        ),
    },
    "firm": {
        "intro": _lt(
            "Unless we are mistaken, {the invoice listed below remains|the invoices listed below remain} unpaid to "
            "this day."
        ),
        "closing": _lt("We ask you to pay us the sum of {amount} by {deadline}, or to tell us what prevents it."),
    },
    "formal": {
        "intro": _lt(
            "{The invoice listed below, which is due, remains|The invoices listed below, which are due, remain} unpaid "
            "to this day."
        ),
        "closing": _lt("We hope that your payment will make any other step unnecessary."),
    },
}


class RecouvrementLetter(models.AbstractModel):
    """What a reminder says, and how it is printed: its head, its blocks, its law and its printing have a file each.

    ``_payloads`` turns reminders into plain dictionaries, in the letter's language, that hold all a letter or an
    e-mail shows; they are frozen on the reminder. ``_render_html`` and ``_render_pdf`` print from them alone (and the
    company's logo), so that a template never sums and knows no law.
    """

    _name = "recouvrement.letter"
    _description = "Dunning Letter"

    # --- what is said ------------------------------------------------------------------------------------------------

    @api.model
    def _payloads(self, reminders, details, errors=None):
        """{reminder id: what its letter and its e-mail show}, safe for JSON, in a constant number of queries.

        ``details[reminder id]``: ``on`` (the day it is made), and where known ``credits`` (already deducted from the
        balances of the lines), ``tranches`` of interest by line id, ``enclosures``, ``payment_link``, and ``notes``,
        codes for the people of the company that no letter prints.
        A reminder that cannot be written raises a UserError that says where to mend it; given ``errors``, its message
        is put there by id instead, and the others go on.

        Extend this method to add to what letters show.
        """
        reminders = reminders.sudo()  # a collector reads neither bank accounts nor every partner
        entries = self._prefetch(reminders)
        payloads, identities = {}, {}
        for lang, batch in reminders.grouped(lambda reminder: reminder.lang or "fr_FR").items():
            letters = self.with_context(lang=lang)
            formats = Formats(lang)
            for reminder in batch.with_context(lang=lang):
                key = (reminder.company_id.id, lang)
                try:
                    if key not in identities:
                        identities[key] = letters._identity(reminder.company_id.with_context(lang=lang), formats)
                    detail = {**(details.get(reminder.id) or {}), "entries": entries}
                    payload = letters._payload(reminder, detail, identities[key], formats)
                except UserError as error:
                    if errors is None:
                        raise
                    errors[reminder.id] = str(error)
                else:
                    payloads[reminder.id] = payload
        return payloads

    @api.model
    def _prefetch(self, reminders):
        """Read all the reminders need, together; the journal items of lines that are not invoices, by id."""
        lines = reminders.line_ids
        lines.move_id.fetch(MOVE_FIELDS)
        companies = reminders.company_id
        partners = reminders.addressee_id | reminders.debtor_id.partner_id | companies.partner_id
        partners.fetch(PARTNER_FIELDS)
        (partners.commercial_partner_id | partners.parent_id).fetch(PARTNER_FIELDS)
        (lines.move_id.partner_bank_id | companies.partner_id.bank_ids).fetch(["acc_number", "bank_id", "partner_id"])
        # sudo: what the letter lists, whoever prints it
        entries = self.env["account.move.line"].sudo().browse({line.entry_line_id for line in lines} - {0}).exists()
        entries.fetch(["name", "ref", "date"])
        return {entry.id: entry for entry in entries}

    @api.model
    def _payload(self, reminder, detail, identity, formats):
        level = reminder.level_id
        debtor = reminder.debtor_id
        on = day(detail.get("on")) or reminder.date
        lines = reminder.line_ids.filtered(lambda line: not line.cancelled).sorted(
            lambda line: (line.date_due, line.id)
        )
        if not lines:
            raise UserError(self.env._("The reminder %s has no line left: cancel it.", reminder.display_name))
        regime = letter_law(debtor.debtor_type, debtor.type_confirmed)
        accessories = notices.accessories(
            level.accessories, level.tone, level.kind, debtor.debtor_type, debtor.type_confirmed
        )
        indemnities = self._indemnities(lines, accessories, regime)
        home = reminder.company_id.currency_id
        groups = dict(lines.grouped("currency_id"))
        if indemnities and accessories == notices.CLAIMED:
            groups.setdefault(home, lines.browse())  # an indemnity is owed in euros, whatever the invoice's currency
        blocks = [
            self._block(currency, grouped, detail, accessories, indemnities if currency == home else {}, formats, on)
            for currency, grouped in groups.items()
        ]
        channels = level.channel_ids.mapped("channel")
        counted_from = notices.counted_from(level.kind, channels)
        deadline = None if counted_from else day_deadline(on, level.term_days, self._place(reminder.company_id))
        until = formats.long(deadline) if deadline else self._end_of_term(counted_from, level.term_days)
        amount = self._and([block["total"] for block in blocks])
        reference = reminder.name or str(reminder.id)
        values = {
            "reference": reference,
            "amount": amount,
            "deadline": until,
            "company": identity["name"],
            "count": len(lines.move_id),
        }
        payload = {
            **self._head(reminder.addressee_id, debtor, reminder.company_id, identity, reference, on, formats),
            "kind": level.kind,
            "tone": level.tone,
            "regime": regime,
            "registered": "registered" in channels,
            "accessories": accessories,
            "interest_label": self._interest_label(regime),
            "blocks": blocks,
            "amount": amount,
            "deadline": until,
            "deadline_on": deadline.isoformat() if deadline else "",
            "counted_from": counted_from,
            "term_days": level.term_days,
            "invoice_count": len(lines.move_id),
            "payment": self._payment(reminder, lines, reference, detail),
            "notes": list(detail.get("notes") or ()),
        }
        payload |= self._texts(level, values, payload)
        payload |= self._law(payload, formats)
        payload["enclosures"] = list(detail.get("enclosures") or ())
        if any(block["annex"] for block in blocks):
            payload["enclosures"].append(self.env._("Statement of interest (appended)"))
        return payload

    @api.model
    def _end_of_term(self, counted_from, days):
        """What a text says instead of a day, where the term runs from one that is not known yet."""
        if counted_from == notices.PRESENTATION:
            return self.env._("the end of the %s days that follow the first presentation of this letter", days)
        return self.env._("the end of the %s days that follow the receipt of this letter", days)

    @api.model
    def _place(self, company):
        """Whose public holidays move the end of a term."""
        return company.root_id.sudo().recouvrement_holidays or None  # a setting

    # --- its words ---------------------------------------------------------------------------------------------------

    @api.model
    def _texts(self, level, values, payload):
        """The words of the level, and the default ones where it has none."""
        tone = "formal" if payload["kind"] == "formal_notice" else payload["tone"]
        found = {}
        for name in ("subject", "intro", "closing"):
            try:
                found[name] = level._fill(level[name] or "", values)
            except Exception as error:  # whatever is in a text somebody typed, say where it is
                raise UserError(
                    self.env._(
                        "The texts of the level %(level)s (policy %(policy)s) cannot be used, correct them there: "
                        "%(error)s",
                        level=level.name,
                        policy=level.policy_id.name,
                        error=f"{level._fields[name]._description_string(self.env)}: {cause(error)}",
                    )
                ) from error
        if level and not (found["intro"].strip() or found["closing"].strip()):
            words = WORDS["pre_due" if payload["kind"] == "pre_due" else tone]
            found |= {name: level._fill(self.env._(text), values) for name, text in words.items()}
        subjects = {
            "courteous": self.env._("Unpaid {invoice|invoices}"),
            "firm": self.env._("Overdue {invoice|invoices}: payment requested"),
            "formal": self.env._("FORMAL NOTICE TO PAY"),
            "statement": self.env._("Statement of your account"),
        }
        return {
            "subject": found["subject"] or level._fill(subjects[tone], values),
            "intro": paragraphs(found["intro"]),
            "closing": paragraphs(found["closing"]),
            "greeting": self.env._("Dear Sir or Madam,"),
            "farewell": self._farewell(tone),
        }

    @api.model
    def _farewell(self, tone):
        if tone == "formal":
            return self.env._("Yours faithfully,")
        return self.env._("With our kind regards,")

    @api.model
    def _and(self, parts):
        """« a, b et c »."""
        if len(parts) < 2:
            return "".join(parts)
        return self.env._("%(first)s and %(last)s", first=", ".join(parts[:-1]), last=parts[-1])
