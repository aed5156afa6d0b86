{
    "name": "Recouvrement France: Snail Mail",
    "summary": "Letters of collection printed and posted by Odoo's postal provider",
    "version": "19.0.1.0.0",
    "category": "Accounting/Accounting",
    "author": "recouvrement_fr contributors",
    "website": "https://github.com/recouvrement-fr/recouvrement_fr",
    "license": "LGPL-3",
    "depends": ["recouvrement_fr", "snailmail"],
    "auto_install": True,
    "installable": True,
}
