import base64
import re
from datetime import timedelta
from decimal import Decimal
from functools import lru_cache

from markupsafe import Markup, escape

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import LazyTranslate
from odoo.tools.image import image_process

from ...rules.deadlines import day_deadline
from ...rules.interest import one_day
from ...rules.registered import REGISTERED
from ...tools import letter_pdf
from ...tools.formats import Formats, company_numbers, day, exact, iban, paragraphs, rounded
from ...tools.template_error import cause
from . import letter_address

PRESENTATION, RECEIPT = "presentation", "receipt"
COMMERCIAL, CIVIL, PUBLIC = "commercial", "civil", "public"
TEMPLATES = {
    "courteous": "recouvrement_fr.letter_courteous",
    "firm": "recouvrement_fr.letter_firm",
    "formal": "recouvrement_fr.letter_formal",
    "statement": "recouvrement_fr.letter_statement",
}
APPENDED_TRANCHES = 12  # of interest, shown below the signature
ARTICLE = re.compile(r"\b[A-Z]{0,2}\d+(?:-\d+)+\b")
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
    """What a reminder says, and how it is printed.

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
        regime = self._regime(debtor)
        accessories = self._accessories(level, regime, debtor)
        indemnities = self._indemnities(lines, accessories, regime)
        home = reminder.company_id.currency_id
        groups = dict(lines.grouped("currency_id"))
        if indemnities and accessories == "claimed":
            groups.setdefault(home, lines.browse())  # an indemnity is owed in euros, whatever the invoice's currency
        blocks = [
            self._block(currency, grouped, detail, accessories, indemnities if currency == home else {}, formats, on)
            for currency, grouped in groups.items()
        ]
        counted_from = self._counted_from(level)
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
            "registered": "registered" in level.channel_ids.mapped("channel"),
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
    def _counted_from(self, level):
        """What the time to pay of a formal notice runs from: a day that its letter cannot know. An empty text for the
        other levels, which ask to be paid by a day."""
        if level.kind != "formal_notice":
            return ""
        return PRESENTATION if set(level.channel_ids.mapped("channel")) & set(REGISTERED) else RECEIPT

    @api.model
    def _end_of_term(self, counted_from, days):
        """What a text says instead of a day, where the term runs from one that is not known yet."""
        if counted_from == PRESENTATION:
            return self.env._("the end of the %s days that follow the first presentation of this letter", days)
        return self.env._("the end of the %s days that follow the receipt of this letter", days)

    @api.model
    def _place(self, company):
        """Whose public holidays move the end of a term."""
        return company.root_id.sudo().recouvrement_holidays or None  # a setting

    # --- its parts ---------------------------------------------------------------------------------------------------

    @api.model
    def _head(self, addressee, debtor, company, identity, reference, on, formats):
        """What every letter begins with."""
        partner = debtor.partner_id
        siren, siret = company_numbers(partner.company_registry)
        collector = debtor._collector()
        address = letter_address.fit(self._address(addressee, partner, company))
        return {
            "version": 1,
            "lang": formats.lang,
            "on": on.isoformat(),
            "date": formats.long(on),
            "dateline": self.env._("%(place)s, %(date)s", place=company.city, date=formats.long(on))
            if company.city
            else formats.long(on),
            "reference": reference,
            "company_id": company.id,
            "company": identity,
            "addressee": {
                "id": addressee.id,
                "lines": address.lines,
                "size": address.size,
                "pitch": address.pitch,
                "missing": self._address_problem(addressee, partner, company),
            },
            "debtor": {
                "name": partner.name or "",
                "ref": partner.ref or "",
                "siren": siren,
                "siret": siret,
                "vat": partner.vat or "",
            },
            "contact": {
                "name": collector.name or "",
                "phone": collector.partner_id.phone or identity["phone"],
                "email": collector.partner_id.email or identity["email"],
            },
            "signatory": company.recouvrement_signatory or collector.name or "",
        }

    @api.model
    def _identity(self, company, formats):
        """The creditor as the law wants it named on its letters (C.com R123-237, R123-238)."""
        siren, siret = company_numbers(company.company_registry)
        name = company.name
        capital = ""
        if company.recouvrement_share_capital:
            amount = formats.money(company.recouvrement_share_capital, company.currency_id)
            capital = re.sub(r"[,.]0+(?=\D*$)", "", amount)
        form = company.recouvrement_legal_form or ""
        if company.recouvrement_is_ei:
            form = self.env._("Sole trader (entrepreneur individuel, EI)")
        elif form and capital:
            form = self.env._("%(form)s with a share capital of %(amount)s", form=form, amount=capital)
        rcs = ""
        if company.recouvrement_rcs_city and siren:
            rcs = f"RCS {company.recouvrement_rcs_city} {siren}"
        vat = self.env._("VAT %s", company.vat) if company.vat else ""
        number = f"SIRET {siret}" if siret else f"SIREN {siren}" if siren and not rcs else ""
        address = [company.street, company.street2, " ".join(filter(None, (company.zip, company.city)))]
        address = [line for line in address if line]
        first = " – ".join(filter(None, (name, form, ", ".join(address))))
        return {
            "name": name,
            "address": address,
            "phone": company.phone or "",
            "email": company.email or "",
            "website": re.sub(r"^https?://|/$", "", company.website or ""),
            "siren": siren,
            "siret": siret,
            "rcs": rcs,
            "form": form,
            "vat": company.vat or "",
            "mentions": [line for line in (first, " – ".join(filter(None, (rcs, number, vat)))) if line],
            "colour": _colour(company.primary_color),
        }

    @api.model
    def _address(self, addressee, debtor, company):
        """The rows of the address: name, for the attention of, street, complement, town, country."""
        firm = addressee.commercial_partner_id
        lines = [firm.name or debtor.name or ""]
        if addressee != firm and addressee.name and addressee.name != firm.name:
            lines.append(self.env._("Attn. %s", addressee.name))
        place = addressee if addressee.city or addressee.street else firm
        country = place.country_id
        is_abroad = bool(country) and country != (company.country_id or country)
        if is_abroad:
            printed = (place._display_address(without_company=True) or "").splitlines()
            rows = [line.strip() for line in printed if line.strip()]
            rows = [*(line for line in rows if line != country.name), (country.name or "").upper()]
        else:
            town = " ".join(filter(None, (place.zip, place.city)))
            rows = [place.street, place.street2, town.upper()]
        return lines + [row.strip() for row in rows if row and row.strip()]

    @api.model
    def _address_problem(self, addressee, debtor, company):
        """Why a letter cannot be posted there, or an empty text; an e-mail does not mind."""
        place = addressee if addressee.city or addressee.street else addressee.commercial_partner_id
        is_abroad = bool(place.country_id) and place.country_id != (company.country_id or place.country_id)
        if place.city and (place.zip or is_abroad) and (addressee.commercial_partner_id.name or debtor.name):
            if letter_address.fit(self._address(addressee, debtor, company)).fits:
                return ""
            return self.env._(
                "The postal address of %s does not fit the window of an envelope: shorten its name or its streets on "
                "the contact.",
                addressee.display_name or debtor.display_name,
            )
        return self.env._(
            "The postal address of %s is not complete: enter its street, postcode and town on the contact.",
            addressee.display_name or debtor.display_name,
        )

    @api.model
    def _regime(self, debtor):
        """Which law the letter speaks of. Unconfirmed debtors get the civil wording, which is true for all."""
        if debtor.debtor_type == "public":
            return PUBLIC
        return COMMERCIAL if debtor.debtor_type == "professional" and debtor.type_confirmed else CIVIL

    @api.model
    def _interest_label(self, regime):
        """The name of late interest, which changes with the law that sets it."""
        return {
            COMMERCIAL: self.env._("Late-payment penalties"),
            PUBLIC: self.env._("Default interest"),
            CIVIL: self.env._("Legal interest"),
        }[regime]

    @api.model
    def _accessories(self, level, regime, debtor):
        """What the letter says of penalties: nothing to consumers before a formal notice, nor to a debtor whose type
        nobody confirmed."""
        if level.tone == "courteous" or (debtor.debtor_type != "public" and not debtor.type_confirmed):
            return "silent"
        if regime == CIVIL and level.kind != "formal_notice":
            return "silent"
        return level.accessories

    @api.model
    def _indemnities(self, lines, accessories, regime):
        """{line id: its fixed indemnity}, in company currency: once per invoice, however many instalments are late;
        never for consumers and the like (C.com L441-10 II)."""
        if accessories == "silent" or regime == CIVIL:
            return {}
        owed = {}
        for line in lines:
            if line.indemnity:
                owed.setdefault((line.move_id, line.entry_line_id), line)
        return {line.id: rounded(line.indemnity, line.company_currency_id) for line in owed.values()}

    @api.model
    def _block(self, currency, lines, detail, accessories, indemnities, formats, on):
        """The lines of one currency, their totals, and what is claimed.

        ``indemnities`` are all those of the reminder for the block in company currency, and none for the others.
        """
        money = lambda amount: formats.money(amount, currency)  # noqa: E731
        rows, tranches, daily, rates = [], [], Decimal(0), []
        principal = interest = Decimal(0)
        indemnity = sum(indemnities.values(), Decimal(0))
        for line in lines:
            move = line.move_id
            entry = detail["entries"].get(line.entry_line_id)
            number = (entry and (entry.name or entry.ref)) or move.name or move.ref or ""
            total, balance = rounded(line.amount_total, currency), rounded(line.amount_residual, currency)
            late = rounded(line.interest, currency) if accessories != "silent" else Decimal(0)
            fixed = indemnities.get(line.id)
            parts = () if accessories == "silent" else detail.get("tranches", {}).get(line.id) or ()
            for part in parts:
                tranches.append(self._tranche(number, part, currency, formats))
            if parts and day(parts[-1]["to"]) >= on - timedelta(days=1):
                base, rate = exact(parts[-1]["base"]), exact(parts[-1]["rate"])
                daily += one_day(base, rate, on + timedelta(days=1), line.reminder_id.company_id.recouvrement_day_count)
                rates.append(rate)
            principal += balance
            interest += late
            rows.append(
                {
                    "number": number,
                    "ref": "" if entry else move.ref or "",
                    "date": formats.short(entry.date if entry else move.invoice_date or move.date),
                    "due": formats.short(line.date_due),
                    "amount": money(total),
                    "paid": money(total - balance) if total != balance else "",
                    "balance": money(balance),
                    "days": formats.number(line.days_overdue) if line.days_overdue > 0 else "",
                    "interest": money(late) if late else "",
                    "indemnity": money(fixed) if fixed else "",
                    "role": line.role,
                }
            )
        claimed = principal + (interest + indemnity if accessories == "claimed" else 0)
        credits_ = [item for item in detail.get("credits") or () if item["currency_id"] == currency.id]
        return {
            "currency": currency.name,
            "claimed": accessories == "claimed" and bool(interest or indemnity),
            "lines": rows,
            "credits": [
                {
                    "number": item["number"] or self.env._("Payment received"),
                    "date": formats.short(day(item["date"])),
                    "amount": money(abs(exact(item["amount"]))),
                }
                for item in credits_
            ],
            "principal": money(principal),
            "interest": money(interest) if interest else "",
            "indemnity": money(indemnity) if indemnity else "",
            "indemnity_count": len(indemnities),
            "indemnity_unit": money(min(indemnities.values())) if len(set(indemnities.values())) == 1 else "",
            "rate": formats.percent(rates[0]) if len(set(rates)) == 1 else "",
            "daily": money(daily) if rounded(daily, currency) else "",
            "tranches": tranches,
            "annex": self._annex(accessories, tranches),
            "total": money(claimed),
            "total_value": float(claimed),
            "words": self._in_words(claimed, currency, formats),
        }

    @api.model
    def _annex(self, accessories, tranches):
        """How the statement of interest is appended, when interest is claimed: below the signature, or on its own
        page when it is long."""
        if accessories != "claimed" or not tranches:
            return ""
        return "annex" if len(tranches) > APPENDED_TRANCHES else "appended"

    @api.model
    def _in_words(self, amount, currency, formats):
        words = formats.words(amount, currency) if amount > 0 else ""
        return self.env._("In words: %s", words) if words else ""

    @api.model
    def _tranche(self, number, part, currency, formats):
        money = lambda name: formats.money(part[name], currency)  # noqa: E731
        return {
            "number": number,
            "from": formats.short(day(part["from"])),
            "to": formats.short(day(part["to"])),
            "days": formats.number(part["days"]),
            "base": money("base"),
            "rate": formats.percent(part["rate"]),
            "interest": money("interest"),
            "article": part.get("article") or "",
        }

    @api.model
    def _payment(self, reminder, lines, reference, detail):
        """Where to pay: the account printed on each invoice, else the company's first."""
        company = reminder.company_id
        default = self._bank(company)
        numbers = {}
        for line in lines:
            bank = line.move_id.partner_bank_id
            if not bank or bank.partner_id.commercial_partner_id != company.partner_id.commercial_partner_id:
                bank = default
            numbers.setdefault(bank, []).append(line.move_id.name)
        accounts = [
            {**self._account(bank), "numbers": list(dict.fromkeys(names)) if len(numbers) > 1 else []}
            for bank, names in sorted(numbers.items(), key=lambda item: (-len(item[1]), item[0].id))
            if bank
        ]
        if not accounts or not all(numbers):
            self._refuse_without_account(company)
        moves = lines.move_id
        if len(moves) == 1:
            reference = moves.payment_reference or moves.name or reference
        return {"accounts": accounts, "reference": reference, "link": detail.get("payment_link") or ""}

    @api.model
    def _bank(self, company):
        return company.partner_id.bank_ids.filtered("acc_number")[:1]

    @api.model
    def _account(self, bank):
        return {"iban": iban(bank.acc_number), "bic": bank.bank_id.bic or "", "bank": bank.bank_id.name or ""}

    @api.model
    def _refuse_without_account(self, company):
        raise UserError(
            self.env._(
                "%s has no bank account to be paid on: add its IBAN in Invoicing > Configuration > Bank Accounts.",
                company.name,
            )
        )

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

    # --- what the law says -------------------------------------------------------------------------------------------

    @api.model
    def _law(self, payload, formats):
        """``order`` (the formal notice's), ``legal`` (paragraphs with their articles) and ``information`` (the same,
        in short, for an e-mail)."""
        is_notice = payload["kind"] == "formal_notice" or payload["tone"] == "formal"
        legal = self._penalties(payload)
        order = ""
        if is_notice:
            figures = {"amount": payload["amount"], "days": payload["term_days"]}
            # The words say what the term is counted from: whoever leaves a registered letter at the post is served too.
            order = (
                self.env._(
                    "By this letter we give you formal notice to pay us the sum of %(amount)s within %(days)s days of "
                    "its first presentation.",
                    **figures,
                )
                if payload["counted_from"] == PRESENTATION
                else self.env._(
                    "By this letter we give you formal notice to pay us the sum of %(amount)s within %(days)s days of "
                    "receiving it.",
                    **figures,
                )
            )
            legal += self._notice(payload)
        return {"order": order, "legal": legal, "is_notice": is_notice}

    @api.model
    def _penalties(self, payload):
        """What is said of late-payment interest and of the fixed indemnity, by kind of debtor."""
        if payload["accessories"] == "silent" or payload["regime"] == CIVIL:
            return []
        blocks = payload["blocks"]
        due = [
            self.env._("%(interest)s of late interest", interest=block["interest"])
            for block in blocks
            if block["interest"]
        ]
        due += [
            self.env._("%(amount)s of fixed indemnity", amount=block["indemnity"])
            for block in blocks
            if block["indemnity"]
        ]
        if not due:
            return []
        unit = next((block["indemnity_unit"] for block in blocks if block["indemnity_unit"]), "")
        rate = next((block["rate"] for block in blocks if block["rate"]), "")
        late = any(block["interest"] for block in blocks)
        basis = self._interest_basis(payload, unit, rate) if late else self._indemnity_basis(payload, unit)
        if payload["accessories"] == "shown":
            return [
                f"{basis} "
                + self.env._(
                    "To date they amount to %s. They are not part of the sum asked for above; we reserve the right to "
                    "claim them.",
                    self._and(due),
                )
            ]
        running = [block["daily"] for block in blocks if block["daily"]]
        if running:
            return [
                f"{basis} "
                + self.env._(
                    "These sums are included in the total above. Interest goes on running until full payment, by %s "
                    "a day to date.",
                    self._and(running),
                )
            ]
        return [f"{basis} " + self.env._("These sums are included in the total above.")]

    @api.model
    def _interest_basis(self, payload, unit, rate):
        """Why interest is due, and the indemnity with it."""
        if payload["regime"] == PUBLIC:
            basis = self.env._(
                "The time to pay set by article L2192-10 of the Public Procurement Code has passed. Default interest "
                "runs by operation of law, without any other formality (article R2192-31 of the same code)"
            )
            basis += self.env._(", at the yearly rate of %s to date", rate) if rate else ""
            basis += (
                self.env._(", and each late invoice gives rise to a fixed indemnity of %s (article D2192-35).", unit)
                if unit
                else "."
            )
        else:
            basis = self.env._(
                "Under article L441-10 of the Commercial Code, late-payment interest is due by operation of law from "
                "the day after the due date, without any reminder being needed"
            )
            basis += self.env._(", at the yearly rate of %s to date", rate) if rate else ""
            basis += (
                self.env._(
                    ", and each late invoice gives rise to a fixed indemnity of %s for recovery costs (article "
                    "D441-5 of the same code).",
                    unit,
                )
                if unit
                else "."
            )
        return basis

    @api.model
    def _indemnity_basis(self, payload, unit):
        """Why the indemnity is due, where no interest is asked: a rate is missing, for example."""
        if payload["regime"] == PUBLIC:
            return self.env._(
                "Each late invoice gives rise to a fixed indemnity of %s (article D2192-35 of the Public Procurement "
                "Code).",
                unit,
            )
        return self.env._(
            "Each late invoice gives rise to a fixed indemnity of %s for recovery costs (article D441-5 of the "
            "Commercial Code).",
            unit,
        )

    @api.model
    def _notice(self, payload):
        """The effects of a formal notice, and what follows it if nothing is paid. Never a threat that the law does
        not allow, nor the look of a court's act."""
        if payload["regime"] == COMMERCIAL:
            effect = self.env._(
                "This letter is a formal notice within the meaning of articles 1344 and 1344-1 of the Civil Code. The "
                "legal interest of article 1231-6 of that code is due where the commercial late-payment interest is "
                "not; the two are not added together."
            )
            follow = self.env._(
                "Failing full payment within this time, we shall take any useful proceedings without further notice: "
                "order for payment (articles 1405 and following of the Code of Civil Procedure), interim payment or "
                "action on the merits and, if circumstances threaten the recovery of our claim, protective "
                "attachment (article L511-1 of the Code of Civil Enforcement Procedures)."
            )
        elif payload["regime"] == PUBLIC:
            effect = self.env._(
                "This letter is a formal notice and a written claim for payment. It is addressed to the authorising "
                "officer; please forward it to the public accountant concerned."
            )
            follow = self.env._(
                "Failing full payment within this time, we shall bring the matter before the competent administrative "
                "court, if need be for an interim payment, and ask the competent authority for payment of its own "
                "motion, with the default interest due by law."
            )
        else:
            effect = self.env._(
                "This letter is a formal notice within the meaning of articles 1344 and 1344-1 of the Civil Code: from "
                "now on the sum due bears interest at the legal rate (article 1231-6 of the same code)."
            )
            follow = self.env._(
                "Failing payment within this time, we may bring the matter before the competent court, in particular "
                "by asking for an order for payment (articles 1405 and following of the Code of Civil Procedure)."
            )
        paragraphs_ = [effect, follow]
        if payload["regime"] == CIVIL:
            paragraphs_.append(
                self.env._(
                    "If you have difficulty in paying, tell us before then: we can look together for a schedule that "
                    "suits your situation."
                )
            )
        paragraphs_.append(
            self.env._("If you contest all or part of this sum, please tell us why, in writing, within the same time.")
        )
        return paragraphs_

    @api.model
    def _and(self, parts):
        """« a, b et c »."""
        if len(parts) < 2:
            return "".join(parts)
        return self.env._("%(first)s and %(last)s", first=", ".join(parts[:-1]), last=parts[-1])

    # --- how it is printed -------------------------------------------------------------------------------------------

    @api.model
    def _render_html(self, payloads, errors=None):
        """A self-contained page per payload; None where ``errors`` (a dict by position) was given the reason."""
        pages, logos = [], {}
        for position, payload in enumerate(payloads):
            try:
                pages.append(self._page(payload, position, logos))
            except UserError as error:
                if errors is None:
                    raise
                errors[position] = str(error)
                pages.append(None)
        return pages

    @api.model
    def _page(self, payload, position, logos):
        if payload["addressee"]["missing"]:
            raise UserError(payload["addressee"]["missing"])
        company = payload["company_id"]
        if company not in logos:
            logos[company] = self._logo(company)
        qweb = self.env["ir.qweb"].with_context(lang=payload["lang"])
        try:
            body = qweb._render(
                TEMPLATES[payload["tone"]],
                {
                    "letter": {**payload, "legal": _unbroken(payload["legal"])},
                    "mark": f"{letter_pdf.MARK}{position}",
                    "logo": logos[company],
                },
                minimal_qcontext=True,
            )
        except Exception as error:
            raise UserError(
                self.env._(
                    "The letter %(reference)s cannot be printed, its template %(template)s fails: %(error)s",
                    reference=payload["reference"],
                    template=TEMPLATES[payload["tone"]],
                    error=cause(error),
                )
            ) from error
        return f"<!DOCTYPE html>\n{body}"

    @api.model
    def _logo(self, company_id):
        """The company's own logo, small, as a data URI; none while it is Odoo's."""
        company = self.env["res.company"].sudo().browse(company_id)
        if not company.logo or company.uses_default_logo:
            return ""
        image = image_process(base64.b64decode(company.logo), size=(480, 160), output_format="PNG")
        return Markup("data:image/png;base64,") + base64.b64encode(image).decode()

    @api.model
    def _render_pdf(self, payloads, errors=None):
        """The PDF of each payload, in order, printed together; None where ``errors`` was given the reason."""
        pages = self._render_html(payloads, errors)
        sheets = [
            letter_pdf.Sheet(
                html=page,
                foot="\n".join((*payload["company"]["mentions"], self._foot(payload))),
                title=f"{payload['subject']} – {payload['reference']}",
                author=payload["company"]["name"],
                date=payload["on"],
            )
            for page, payload in zip(pages, payloads, strict=True)
            if page
        ]
        try:
            files = iter(letter_pdf.print_sheets(sheets))
        except letter_pdf.RendererMissing as error:
            raise UserError(
                self.env._("Letters are printed with wkhtmltopdf, which this server lacks: ask for its installation.")
            ) from error
        except letter_pdf.PrintError as error:
            raise UserError(self.env._("wkhtmltopdf could not print the letters: %s", error)) from error
        return [next(files) if page else None for page in pages]

    @api.model
    def _marked(self, payload):
        """The same, marked on each page as a letter that was not sent, so that nobody posts it."""
        mark = self.with_context(lang=payload["lang"]).env._("SIMULATION – not sent")
        return {**payload, "notice": mark}

    @api.model
    def _foot(self, payload):
        letters = self.with_context(lang=payload["lang"])
        page = letters.env._("page %(page)s of %(pages)s", page="[sitepage]", pages="[sitepages]")
        return " – ".join(filter(None, (payload.get("notice"), payload["reference"], page)))


def _unbroken(texts):
    """Paragraphs whose article numbers stay on one line."""
    wrap = r'<span class="nowrap">\g<0></span>'
    return [Markup(ARTICLE.sub(wrap, str(escape(text)))) for text in texts]  # escaped just before


@lru_cache(16)
def _colour(value):
    """The company's colour if it is one that prints readably, else a dark blue."""
    if re.fullmatch(r"#[0-9a-fA-F]{6}", value or ""):
        red, green, blue = (int(value[start : start + 2], 16) for start in (1, 3, 5))
        if red * 0.299 + green * 0.587 + blue * 0.114 < 150:
            return value
    return "#1f3a5f"
