{
    "name": "Recouvrement France: Credit on Orders",
    "summary": "Orders count in the exposure of a customer, and a credit limit stops them before they are delivered",
    "version": "19.0.1.0.0",
    "category": "Accounting/Accounting",
    "author": "recouvrement_fr contributors",
    "website": "https://github.com/recouvrement-fr/recouvrement_fr",
    "license": "LGPL-3",
    "depends": ["recouvrement_fr", "sale"],
    "data": ["views/sale_order_views.xml"],
    "auto_install": True,
    "installable": True,
}
