{
    "name": "Recouvrement France: electronic invoices",
    "summary": "The mentions of payment printed on invoices are in their electronic form too",
    "version": "19.0.1.0.0",
    "category": "Accounting/Accounting",
    "author": "recouvrement_fr contributors",
    "website": "https://github.com/recouvrement-fr/recouvrement_fr",
    "license": "LGPL-3",
    "depends": ["recouvrement_fr", "account_edi_ubl_cii"],
    "data": ["views/cii_templates.xml"],
    "auto_install": True,
    "installable": True,
}
