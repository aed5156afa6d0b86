from odoo import SUPERUSER_ID, api

NEIGHBOURS = {"recouvrement_fr_sale_stock": "sale_stock", "recouvrement_fr_snailmail": "snailmail"}


def migrate(cr, _version):
    """What stood in the add-on for orders, deliveries and Snail Mail stands in add-ons of their own: a database that
    has these neighbours keeps it."""
    modules = api.Environment(cr, SUPERUSER_ID, {})["ir.module.module"]
    for name, neighbour in NEIGHBOURS.items():
        if modules._get(neighbour).state in ("installed", "to upgrade"):
            modules._get(name).filtered(lambda module: module.state == "uninstalled").button_install()
