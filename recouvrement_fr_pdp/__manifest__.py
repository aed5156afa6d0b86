{
    "name": "Recouvrement France: approved platform",
    "summary": "What Odoo's approved platform says of invoices steers their collection; only cash is declared received",
    "version": "19.0.1.0.0",
    "category": "Accounting/Accounting",
    "author": "recouvrement_fr contributors",
    "website": "https://github.com/recouvrement-fr/recouvrement_fr",
    "license": "LGPL-3",
    "depends": ["recouvrement_fr", "l10n_fr_pdp"],
    "auto_install": True,
    "installable": True,
    "post_init_hook": "take_in_what_was_said",
}
