from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import format_date

FIGURES = {"vat_duplicate": {"net": "1 000,00 €", "vat": "200,00 €"}}  # what the text of each code may name


class RecouvrementMention(models.Model):
    """A wording that a text of law or its doctrine imposes, from a day on: texts move and are renumbered.

    French at the source. The one in force on a day is the last whose start is not after it.
    """

    _name = "recouvrement.mention"
    _inherit = "recouvrement.shared"
    _description = "Legal Mention"
    _order = "code, date_from desc"
    _rec_name = "article"

    code = fields.Selection([("vat_duplicate", "Duplicate of unpaid invoices")], required=True)
    date_from = fields.Date("In force from", required=True)
    article = fields.Char(required=True, help="As it is cited: article 272 du CGI.")
    text = fields.Text(required=True, help="{net} and {vat} are replaced by the amounts, {article} by the article.")
    verified = fields.Boolean(help="Somebody read the text of the law; unticked: to be checked.")
    source = fields.Char()

    _once = models.Constraint("UNIQUE(code, date_from)", "One wording starts on a day.")

    @api.constrains("text", "code")
    def _check_text(self):
        for mention in self:
            mention._fill(**FIGURES[mention.code])

    @api.model
    def _in_force(self, code, on):
        found = self.sudo().search([("code", "=", code), ("date_from", "<=", on)], limit=1)  # a reference of the law
        if not found:
            day = format_date(self.env, on)
            raise UserError(self.env._("No legal mention in force on %s: enter it in Configuration.", day))
        return found

    def _fill(self, **figures):
        try:
            return self.text.format(article=self.article, **figures)
        except (KeyError, IndexError, ValueError, AttributeError) as error:
            raise ValidationError(
                self.env._("Only {net}, {vat} and {article} may stand between braces: %s", error)
            ) from error
