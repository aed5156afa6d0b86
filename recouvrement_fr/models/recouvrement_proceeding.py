from odoo import fields, models


class RecouvrementProceeding(models.Model):
    """A kind of procedure, as data: an ordered list of steps with their delays, edited by managers without code."""

    _name = "recouvrement.proceeding"
    _description = "Procedure"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True)
    sequence = fields.Integer(default=10)
    family = fields.Selection(
        [
            ("amicable", "Amicable"),
            ("judicial", "Before a judge"),
            ("conservatory", "Conservatory measure"),
            ("enforcement", "Enforcement"),
        ],
        required=True,
        default="judicial",
    )
    company_id = fields.Many2one("res.company", index="btree_not_null", help="Empty: of every company.")
    active = fields.Boolean(default=True)

    _code_once = models.UniqueIndex("(code)", "Another procedure has this code.")
