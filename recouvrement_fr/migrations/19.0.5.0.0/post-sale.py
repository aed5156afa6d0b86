from odoo import SUPERUSER_ID, api


def migrate(cr, _version):
    """Orders count in the exposure of a customer by an add-on of their own: a database that has sales gets it."""
    modules = api.Environment(cr, SUPERUSER_ID, {})["ir.module.module"]
    if modules._get("sale").state in ("installed", "to upgrade"):
        modules._get("recouvrement_fr_sale").filtered(lambda module: module.state == "uninstalled").button_install()
