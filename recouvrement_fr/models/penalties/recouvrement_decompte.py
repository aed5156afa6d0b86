from datetime import date, timedelta
from decimal import Decimal

from odoo import api, models
from odoo.exceptions import AccessError, UserError

from ...rules.interest import daily_interest, decompte, one_day
from ...tools import clock, decompte_sheet, letter_pdf
from ...tools.formats import Formats, company_numbers, day, exact, rounded
from .recouvrement_accrual import Owed

LANG = "fr_FR"  # a décompte is read by French debtors, accountants and judges
NOTHING = Decimal(0)
DETAILED = 100  # debts; of more, a list with its annexes is read and printed, where pages of small tables are not


class RecouvrementDecompte(models.AbstractModel):
    """The décompte: what a debt has come to on a day, tranche by tranche, ready to be shown, printed or exported.

    A *block* is one debt: a dictionary of exact amounts and dates (see ``_block``). ``_of_moves`` makes those of
    invoices from the ledger, ``_of_claim`` that of a claim typed by hand; ``_pdf`` and ``_xlsx`` print blocks.
    """

    _name = "recouvrement.decompte"
    _description = "Statement of Interest"

    # --- blocks -------------------------------------------------------------------------------------------------------

    @api.model
    def _of_moves(self, moves, on):
        """The blocks of the instalments of these invoices that are late, or were, on that day, the oldest first.

        The same accrual as the letters', with what was already invoiced, paid or waived deducted apart.
        """
        env = self.sudo().env  # figures of the ledger, on invoices that the caller has read
        accrual, accessories = env["recouvrement.accrual"], env["recouvrement.accessory"]
        moves = moves.filtered(lambda move: move.state == "posted" and move.is_sale_document())
        cards = moves._debtor_cards()
        terms = accrual._terms(set(moves.ids)) if moves else {}
        credits_ = accrual._open_credits(moves.ids, on)
        found, owed = [], []
        for move in moves:
            card = cards.get((move.company_id.root_id, move.commercial_partner_id))
            for due, items in sorted(move._instalments().items()):
                kind, confirmed = (card.debtor_type, card.type_confirmed) if card else ("professional", False)
                if terms[move.id].late_after(due, kind) >= on:
                    continue
                total = exact(sum(items.mapped("amount_currency")))
                key = (move.id, due, 0)
                credited = credits_.get(key, ())
                residual = exact(sum(items.mapped("amount_residual_currency")))
                residual -= sum((movement.amount for movement in credited), NOTHING)
                owed.append(Owed(key, due, float(total), credited, kind, confirmed, move.currency_id.id))
                found.append((key, move, due, total, residual))
        accrued = accrual._accrue(owed, on)
        net = accessories._deduct(accrued, {key: key for key in accrued})
        movements = accrual._movements({key[0] for key, *_rest in found}) if found else {}
        for key, credited in credits_.items():
            movements[key] = sorted([*movements.get(key, ()), *credited], key=lambda movement: movement.on)
        told, blocks = self._told_of(moves), []
        for key, move, due, total, residual in found:
            mine = movements.get(key, ()), accrued.get(key), net.get(key)
            block = self._block_of(key, move, due, total, residual, *mine, on)
            blocks.append({**block, "notes": [*block["notes"], *told.get(move.id, ())]})
        return sorted(
            (block for block in blocks if block["total"] or block["interest"]),
            key=lambda block: (block["due"], block["number"]),
        )

    def _told_of(self, moves):
        """{move id: [sentences]} that an account says of these invoices besides its figures; other rooms add theirs."""
        return {}

    def _block_of(self, key, move, due, total, residual, movements, gross, net, on):
        tranches = [self._tranche(part) for part in (gross.tranches if gross else ())]
        interest = gross.interest if gross else NOTHING
        was_late = residual > 0 or interest
        indemnity = net.indemnity if net and was_late else NOTHING
        daily = NOTHING
        if residual and tranches and tranches[-1]["to"] == on:
            count = move.company_id.root_id.sudo().recouvrement_day_count  # a setting, whoever draws up the account
            daily = one_day(tranches[-1]["base"], tranches[-1]["rate"], on + timedelta(days=1), count)
        return self._block(
            number=move.name or "",
            label=move.ref or "",
            invoice_date=move.invoice_date,
            due=due,
            currency=move.currency_id,
            indemnity_currency=move.company_id.currency_id,
            principal=total,
            movements=[(movement.on, movement.kind, movement.amount) for movement in movements if movement.on <= on],
            principal_due=residual,
            tranches=tranches,
            interest=interest,
            settled=interest - net.interest if net else NOTHING,
            indemnity=indemnity,
            daily=daily,
            notes=self._accrual_notes(gross.note if gross else None),
        )

    @staticmethod
    def _tranche(part):
        return {
            "from": day(part["from"]),
            "to": day(part["to"]),
            "days": part["days"],
            "base": exact(part["base"]),
            "rate": exact(part["rate"]),
            "interest": exact(part["interest"]),
            "article": part.get("article") or "",
        }

    @api.model
    def _accrual_notes(self, note):
        texts = self._accrual_texts()
        return [texts[note]] if note in texts else []

    @api.model
    def _accrual_texts(self):
        """What an accrual says to the house of the figures it could not count: never to the debtor."""
        return {
            "unconfirmed": self.env._("The type of the debtor is not confirmed: no interest is counted."),
            "rate_missing": self.env._("The rate of a half-year is missing: no interest is counted."),
            "unverified": self.env._("A rate or a figure of the law has not been verified at its source yet."),
            "indemnity_unverified": self.env._(
                "The amount of the fixed indemnity has not been verified at its source yet: none is counted."
            ),
        }

    @api.model
    def _of_claim(self, claim, on, indemnity=NOTHING, number="", currency=None):
        """The block of a claim of the rules.

        :raises RuleError: what the rules refuse, saying what to do
        """
        law = self.env["recouvrement.accrual"]._law()
        found = decompte(claim, on, *law)
        daily = NOTHING
        if found.principal_due and not law.rates.missing_on(on):
            daily = self._daily(claim, on, law)
        return self._block(
            number=number,
            label="",
            invoice_date=claim.invoice_date,
            due=claim.due,
            currency=currency,
            indemnity_currency=currency,
            principal=claim.principal,
            movements=[
                (movement.on, movement.kind, movement.amount)
                for movement in sorted(claim.movements, key=lambda movement: movement.on)
                if movement.on <= on
            ],
            principal_due=found.principal_due,
            tranches=[
                {
                    "from": tranche.date_from,
                    "to": tranche.date_to,
                    **{name: getattr(tranche, name) for name in ("days", "base", "rate", "interest", "article")},
                }
                for tranche in found.tranches
            ],
            interest=found.interest,
            settled=found.interest_paid,
            indemnity=indemnity,
            daily=daily,
            notes=[self._note(note) for note in found.notes],
        )

    @staticmethod
    def _daily(claim, on, law):
        """What one more day costs; nothing on the eve of a half-year whose rate is not known."""
        try:
            return daily_interest(claim, on, *law)
        except ValueError:  # the next half-year is not in the table
            return NOTHING

    @api.model
    def _note(self, note):
        """A note of the rules, in the language of the context."""
        formats = Formats(self.env.lang or LANG)
        values = {name: self._note_value(formats, value) for name, value in note.params.items()}
        texts = {
            "public_rate": lambda: self.env._(
                "Rate of %(half_year)s, in which interest began, kept to the end (%(article)s).", **values
            ),
            "floor": lambda: self.env._(
                "%(half_year)s: the contractual rate of %(rate)s %% is under the floor of %(multiple)s times the legal "
                "rate; %(floor)s %% applied (%(article)s).",
                **values,
            ),
            "unverified": lambda: self.env._(
                "The rates of %(half_year)s have not been verified at their source.", **values
            ),
            "figure_unverified": lambda: self.env._(
                "The figure of %(article)s has not been verified at its source.", **values
            ),
            "no_notice": lambda: self.env._("No interest before a mise en demeure (%(article)s).", **values),
            "early_notice": lambda: self.env._(
                "The mise en demeure of %(notice_on)s came before the due date: it starts no interest (%(article)s).",
                **values,
            ),
            "arrears": lambda: self.env._(
                "Interest after a judgment goes back %(years)s years at most: of the interest due, %(offered)s can be "
                "asked, that since %(since)s, unless an act interrupted the limitation (%(article)s).",
                **values,
            ),
            "overpaid": lambda: self.env._("More came in than was owed, by %(excess)s.", **values),
        }
        return texts[note.code]() if note.code in texts else str(note)

    @staticmethod
    def _note_value(formats, value):
        if isinstance(value, Decimal):
            return formats.number(value)
        return formats.short(value) if isinstance(value, date) else value

    @api.model
    def _block(self, **values):
        """One debt. ``total``: principal, interest and indemnity still due, in its currency, but for an indemnity in
        another one, which is counted in that one."""
        daily = rounded(values["daily"], values["currency"])
        interest_due = values["interest"] - values["settled"]
        total = values["principal_due"] + interest_due
        if values["indemnity_currency"] == values["currency"]:
            total += values["indemnity"]
        return {**values, "daily": daily, "interest_due": interest_due, "total": total}

    # --- documents ----------------------------------------------------------------------------------------------------

    @api.model
    def _totals(self, blocks, company, on):
        """One line of totals per currency, and what they come to in company currency when there are several."""
        lines = {}
        names = ("principal_due", "interest_due", "daily")
        for block in blocks:
            line = lines.setdefault(block["currency"], dict.fromkeys((*names, "indemnity", "total"), NOTHING))
            for name in names:
                line[name] += block[name]
            line["total"] += block["principal_due"] + block["interest_due"]
            if block["indemnity"]:
                line = lines.setdefault(
                    block["indemnity_currency"], dict.fromkeys((*names, "indemnity", "total"), NOTHING)
                )
                line["indemnity"] += block["indemnity"]
                line["total"] += block["indemnity"]
        home = company.currency_id
        together = sum((line["total"] * self._rate(currency, company, on) for currency, line in lines.items()), NOTHING)
        return {
            "lines": [{"currency": currency, **line} for currency, line in lines.items()],
            "home": home,
            "together": rounded(together, home),
            "is_foreign": set(lines) != {home},
        }

    def _rate(self, currency, company, on):
        rate = self.env["res.currency"]._get_conversion_rate(currency, company.currency_id, company, on)
        return exact(str(rate))  # with all its decimals

    @api.model
    def _values(self, blocks, company, on, reference="", debtor=None, debtor_name=""):
        """All that a document shows, from which it is printed.

        :param debtor: the partner who owes; else ``debtor_name``, as typed
        """
        french = self.with_context(lang=LANG)
        formats = Formats(LANG)
        company = company.sudo().with_context(lang=LANG)  # letterhead: a collector does not read every setting
        letter = french.env["recouvrement.letter"].sudo()
        lines = [debtor_name] if debtor_name else []
        siren = ""
        if debtor:
            debtor = debtor.sudo().with_context(lang=LANG)  # a collector may not read every partner
            lines = letter._address(debtor, debtor.commercial_partner_id, company)
            siren = company_numbers(debtor.commercial_partner_id.company_registry)[0]
        bank = letter._bank(company)
        return {
            "f": formats,
            "on": on,
            "reference": reference,
            "account": letter._account(bank) if bank else None,
            "company": letter._identity(company, formats),
            "company_id": company.id,
            "debtor": {"lines": lines, "siren": siren},
            "blocks": blocks,
            "is_list": len(blocks) > DETAILED,
            "notes": sorted({note for block in blocks for note in block["notes"]}),
            "totals": french._totals(blocks, company, on),
        }

    @api.model
    def _pdf(self, values):
        """The document as a PDF."""
        letter = self.env["recouvrement.letter"]
        page = (
            self.env["ir.qweb"]
            .with_context(lang=LANG)
            ._render(
                "recouvrement_fr.decompte",
                {**values, "mark": f"{letter_pdf.MARK}0", "logo": letter._logo(values["company_id"])},
                minimal_qcontext=True,
            )
        )
        french = self.with_context(lang=LANG).env
        foot = french._("page %(page)s of %(pages)s", page="[sitepage]", pages="[sitepages]")
        sheet = letter_pdf.Sheet(
            html=f"<!DOCTYPE html>\n{page}",
            foot="\n".join((*values["company"]["mentions"], foot)),
            title=" – ".join(filter(None, ("Décompte", values["reference"]))),
            author=values["company"]["name"],
            date=values["on"].isoformat(),
        )
        try:
            [document] = letter_pdf.print_sheets([sheet])
        except letter_pdf.RendererMissing as error:
            raise UserError(
                self.env._("Letters are printed with wkhtmltopdf, which this server lacks: ask for its installation.")
            ) from error
        except letter_pdf.PrintError as error:
            raise UserError(self.env._("wkhtmltopdf could not print the letters: %s", error)) from error
        return document

    @api.model
    def _xlsx(self, values):
        """The document as a workbook."""
        return decompte_sheet.workbook(values)

    @api.model
    def _keep(self, record, name, content, mimetype):
        """Keep a document on a record and open it."""
        attachment = self.env["ir.attachment"].create(
            {"name": name, "raw": content, "mimetype": mimetype, "res_model": record._name, "res_id": record.id}
        )
        download = "false" if mimetype == "application/pdf" else "true"
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{attachment.id}?download={download}",
            "target": "new",
        }


class AccountMove(models.Model):
    _inherit = "account.move"

    def action_print_decompte(self):
        """The décompte of these invoices to this day, as a PDF kept on the invoice.

        Kept, because a figure that was given to a debtor or a lawyer has to be found again: tomorrow's differs.
        """
        if not self.env.user.has_group("recouvrement_fr.group_recouvrement_user"):  # a customer reads his own invoices
            raise AccessError(self.env._("Only people who collect can print a statement of interest."))
        self.check_access("read")
        on = clock.today(self.env)
        decompte_ = self.env["recouvrement.decompte"].with_context(lang=LANG)
        blocks = decompte_._of_moves(self, on)
        if not blocks:
            raise UserError(self.env._("Nothing is late there: there is no interest to count."))
        partner = self.commercial_partner_id
        if len(partner) > 1:
            raise UserError(self.env._("A décompte is of one debtor: select the invoices of one at a time."))
        reference = self.name if len(self) == 1 else ""
        values = decompte_._values(blocks, self.company_id.root_id[:1], on, reference, partner)
        name = self.env._("Statement of interest %(what)s %(day)s.pdf", what=self[:1].name or "", day=on)
        # A collector only reads invoices: the file is kept beside the others of its first invoice.
        return decompte_.sudo()._keep(self[:1], name.replace("/", "-"), decompte_._pdf(values), "application/pdf")


class RecouvrementDebtor(models.Model):
    _inherit = "recouvrement.debtor"

    def action_print_decompte(self):
        """The décompte of all the late invoices of a debtor to this day, as a PDF kept on the card."""
        self.ensure_one()
        self.check_access("read")
        on = clock.today(self.env)
        decompte_ = self.env["recouvrement.decompte"].with_context(lang=LANG)
        blocks = decompte_._of_moves(self._overdue_moves(), on)
        if not blocks:
            raise UserError(self.env._("Nothing is late there: there is no interest to count."))
        values = decompte_._values(blocks, self.company_id, on, debtor=self.partner_id)
        name = self.env._("Statement of interest %(what)s %(day)s.pdf", what=self.partner_id.name, day=on)
        return decompte_._keep(self, name.replace("/", "-"), decompte_._pdf(values), "application/pdf")
