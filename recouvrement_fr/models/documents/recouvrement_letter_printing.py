import base64
import re

from markupsafe import Markup, escape

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools.image import image_process

from ...tools import letter_pdf
from ...tools.template_error import cause

TEMPLATES = {
    "courteous": "recouvrement_fr.letter_courteous",
    "firm": "recouvrement_fr.letter_firm",
    "formal": "recouvrement_fr.letter_formal",
    "statement": "recouvrement_fr.letter_statement",
}
ARTICLE = re.compile(r"\b[A-Z]{0,2}\d+(?:-\d+)+\b")


def _unbroken(texts):
    """Paragraphs whose article numbers stay on one line."""
    wrap = r'<span class="nowrap">\g<0></span>'
    return [Markup(ARTICLE.sub(wrap, str(escape(text)))) for text in texts]  # escaped just before


class RecouvrementLetter(models.AbstractModel):
    """How a letter is printed, from its payload alone."""

    _inherit = "recouvrement.letter"

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
        company = self.env["res.company"].sudo().browse(company_id)  # a letterhead, whoever prints
        if not company.logo or company.uses_default_logo:
            return ""
        image = image_process(base64.b64decode(company.logo), size=(480, 160), output_format="PNG")
        return Markup("data:image/png;base64,") + base64.b64encode(image).decode()

    @api.model
    def _render_pdf(self, payloads, errors=None):
        """The PDF of each payload, in order, printed together; None where ``errors`` was given the reason.

        Formal notices of a company that archives them are PDF/A, printed one by one.
        """
        pages = self._render_html(payloads, errors)
        archived = [page and self._is_archived(payload) for page, payload in zip(pages, payloads, strict=True)]
        files = [None] * len(pages)
        for kind in (False, True):
            mine = [number for number, page in enumerate(pages) if page and bool(archived[number]) == kind]
            printed = self._print([self._sheet(pages[number], payloads[number]) for number in mine], kind)
            for number, file in zip(mine, printed, strict=True):
                files[number] = file
        return files

    @api.model
    def _is_archived(self, payload):
        if payload.get("kind") != "formal_notice":
            return False
        company = self.env["res.company"].sudo().browse(payload["company_id"])  # a setting, whoever prints
        return company.root_id.recouvrement_archived_notices

    @api.model
    def _sheet(self, page, payload):
        return letter_pdf.Sheet(
            html=page,
            foot="\n".join((*payload["company"]["mentions"], self._foot(payload))),
            title=f"{payload['subject']} – {payload['reference']}",
            author=payload["company"]["name"],
            date=payload["on"],
        )

    @api.model
    def _print(self, sheets, archived):
        """The file of each; what goes wrong in the words of who reads it."""
        try:
            return letter_pdf.print_sheets(sheets, archived=archived)
        except letter_pdf.ArchiveMissing as error:
            raise UserError(
                self.env._(
                    "Formal notices are printed as PDF/A with WeasyPrint, which this server lacks now: ask for its "
                    "installation, or take this setting of collection away."
                )
            ) from error
        except letter_pdf.RendererMissing as error:
            raise UserError(
                self.env._("Letters are printed with wkhtmltopdf, which this server lacks: ask for its installation.")
            ) from error
        except letter_pdf.ArchiveError as error:
            raise UserError(self.env._("WeasyPrint could not print the letters: %s", error)) from error
        except letter_pdf.PrintError as error:
            raise UserError(self.env._("wkhtmltopdf could not print the letters: %s", error)) from error

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
