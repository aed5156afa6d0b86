{
    "name": "Recouvrement France: job queue",
    "summary": "The night and the sending shared by several processes, as jobs of the OCA's queue",
    "version": "19.0.1.0.0",
    "category": "Accounting/Accounting",
    "author": "recouvrement_fr contributors",
    "website": "https://github.com/recouvrement-fr/recouvrement_fr",
    "license": "LGPL-3",
    "depends": ["recouvrement_fr", "queue_job"],
    "auto_install": True,
    "data": ["data/queue_job_data.xml"],
    "installable": True,
}
