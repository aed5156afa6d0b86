from odoo import api, fields, models

KINDS = [
    ("commercial", "Tribunal de commerce"),
    ("judicial", "Tribunal judiciaire"),
    ("proximity", "Tribunal de proximité"),
    ("housing", "Juge des contentieux de la protection"),
    ("commercial_chamber", "Chambre commerciale du tribunal judiciaire"),
    ("administrative", "Tribunal administratif"),
]


class RecouvrementCourt(models.Model):
    """A court of the directory: typed, or imported from a file; its code is what an import knows it by."""

    _name = "recouvrement.court"
    _inherit = "recouvrement.shared"
    _description = "Court"
    _order = "name"

    code = fields.Char(required=True, help="What an import knows the court by, for example TAE-LYON.")
    name = fields.Char(required=True)
    kind = fields.Selection(KINDS, required=True)
    is_economic = fields.Boolean(
        "Tribunal des activités économiques",
        help="From 2025 to 2028, in twelve towns (loi 2023-1059, art. 26): all insolvencies, and a contribution.",
    )
    street = fields.Char()
    zip = fields.Char()
    city = fields.Char(required=True)
    department = fields.Char(help="The departments it serves, for example: 69, or 57,67,68.")
    email = fields.Char()
    phone = fields.Char()
    company_id = fields.Many2one("res.company", index="btree_not_null", help="Empty: of every company.")
    active = fields.Boolean(default=True)

    _code_once = models.UniqueIndex("(code)", "Another court has this code.")

    @api.depends("name", "city")
    def _compute_display_name(self):
        for court in self:
            town = "" if not court.city or court.city.lower() in (court.name or "").lower() else f" ({court.city})"
            court.display_name = f"{court.name}{town}"
