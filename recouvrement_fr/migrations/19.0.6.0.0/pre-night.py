"""A night writes fewer indexes and foreign keys: those that nothing reads, or that another key already guards.

What is gone: see `tools/bulk.py` on keys kept elsewhere. The unique index that keeps an instalment from carrying a
level twice is made again by the ORM, with every line in it: invoices are found through it.
"""

INDEXES = (
    "recouvrement_debtor__company_id_index",  # `partner_unique` begins with it
    "recouvrement_debtor__next_date_index",
    "recouvrement_debtor__next_level_id_index",
    "recouvrement_decision__company_id_index",
    "recouvrement_reminder__company_id_index",
    "recouvrement_reminder__level_id_index",
    "recouvrement_reminder__policy_id_index",
    "recouvrement_reminder_line__move_id_index",  # `once_per_level` begins with it
)
KEYS = {
    "recouvrement_decision": ("create_uid", "write_uid"),
    "recouvrement_reminder": ("company_id", "policy_id"),
    "recouvrement_reminder_line": ("reminder_id",),
}


def migrate(cr, version):
    for index in INDEXES:
        cr.execute(f"DROP INDEX IF EXISTS {index}")
    for table, columns in KEYS.items():
        for column in columns:
            cr.execute(f"ALTER TABLE IF EXISTS {table} DROP CONSTRAINT IF EXISTS {table}_{column}_fkey")
