from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import format_datetime

from ...tools import letter_pdf
from ...tools.formats import Formats, company_numbers

LAST_CONTACTS = 5


class RecouvrementVisitSheet(models.AbstractModel):
    """The sheet a collector takes along on a visit: whom he meets, what is open, what was said, room to write."""

    _name = "recouvrement.visit.sheet"
    _description = "Visit Sheet"

    @api.model
    def _open(self, debtors, on):
        """Print the sheets as one file, kept on the first debtor, and open it."""
        formats = Formats(self.env.lang or "fr_FR")
        self.env["recouvrement.exit"]._refuse(debtors.company_id, on)
        data = debtors._statement_data(on)
        sheets = [
            self._sheet(number, debtor, data[debtor]["items"], on, formats) for number, debtor in enumerate(debtors)
        ]
        try:
            document = letter_pdf.joined(letter_pdf.print_sheets(sheets))
        except letter_pdf.RendererMissing as error:
            raise UserError(
                self.env._("Documents are printed with wkhtmltopdf, which this server lacks: ask for its installation.")
            ) from error
        except letter_pdf.PrintError as error:
            raise UserError(self.env._("wkhtmltopdf could not print the document: %s", error)) from error
        attachment = self.env["ir.attachment"].create(
            {
                "name": self.env._("Visit sheets %s.pdf", on.isoformat()),
                "raw": document,
                "mimetype": "application/pdf",
                "res_model": debtors._name,
                "res_id": debtors[0].id,
            }
        )
        return {"type": "ir.actions.act_url", "url": f"/web/content/{attachment.id}?download=false", "target": "new"}

    def _sheet(self, number, debtor, items, on, formats):
        values = self._values(debtor, items, on, formats) | {"mark": f"{letter_pdf.MARK}{number}"}
        html = self.env["ir.qweb"]._render("recouvrement_fr.visit_sheet", values, minimal_qcontext=True)
        name = debtor.partner_id.name or ""
        return letter_pdf.Sheet(
            html=f"<!DOCTYPE html>\n{html}",
            foot=self.env._("page %(page)s of %(pages)s", page="[sitepage]", pages="[sitepages]"),
            title=self.env._("Visit sheet – %s", name),
            author=debtor.company_id.name,
            date=on.isoformat(),
        )

    def _values(self, debtor, items, on, formats):
        letter, card = self.env["recouvrement.letter"].sudo(), debtor.sudo()  # a collector reads not every partner
        currencies = self.env["res.currency"].browse(dict.fromkeys(item["currency_id"] for item in items))
        own = {currency: [item for item in items if item["currency_id"] == currency.id] for currency in currencies}
        blocks = [letter._statement_block(currency, own[currency], on, formats) for currency in currencies]
        partner = card.partner_id
        task = card._task("visit")
        return {
            "company": card.company_id.name,
            "collector": (card.collector_id or self.env.user).name,
            "day": formats.long(on),
            "name": partner.name or "",
            "lines": letter._address(partner, partner, card.company_id),
            "siren": company_numbers(partner.company_registry)[0],
            "reason": dict(debtor._selection_reason()).get(debtor.reason, ""),
            "people": [person for person in partner | partner.child_ids if person.phone or person.email],
            "blocks": blocks,
            "contacts": [self._contact(contact) for contact in card.contact_ids[:LAST_CONTACTS]],
            "promises": [self._promise(promise, formats) for promise in card.promise_ids[:LAST_CONTACTS]],
            "script": (task.attachment_id.raw or b"").decode() if task else "",
            "lang": (self.env.lang or "fr_FR")[:2],
        }

    def _contact(self, contact):
        names = {
            name: dict(contact._fields[name]._description_selection(self.env))[contact[name]]
            for name in ("channel", "outcome")
        }
        return {
            **names,
            "date": format_datetime(self.env, contact.date, tz="Europe/Paris", dt_format="short"),
            "by": contact.author_id.name,
            "note": " – ".join(filter(None, (contact.spoke_to, contact.note, self._again(contact)))),
        }

    def _again(self, contact):
        if not contact.next_on:
            return ""
        moment = format_datetime(self.env, contact.next_on, tz="Europe/Paris", dt_format="short")
        return self.env._("Again on %s", moment)

    def _promise(self, promise, formats):
        return {
            "day": formats.short(promise.date),
            "amount": formats.money(promise.amount, promise.currency_id),
            "state": dict(promise._fields["state"]._description_selection(self.env))[promise.state],
        }
