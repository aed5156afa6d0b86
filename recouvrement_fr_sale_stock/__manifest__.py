{
    "name": "Recouvrement France: Orders and Deliveries",
    "summary": "Signed orders and deliveries prove invoices, and are pieces of a case",
    "version": "19.0.1.0.0",
    "category": "Accounting/Accounting",
    "author": "recouvrement_fr contributors",
    "website": "https://github.com/recouvrement-fr/recouvrement_fr",
    "license": "LGPL-3",
    "depends": ["recouvrement_fr", "sale_stock"],
    "auto_install": True,
    "installable": True,
}
