"""Who reads what collection adds to core's documents: see COLLECTION_READERS."""

# Its debtor reads an invoice on the portal, and every employee may read one sent to him: when a debt is time-barred,
# what comes next and what was given up are for those who keep or read the accounts (collectors among them).
COLLECTION_READERS = "account.group_account_readonly,account.group_account_invoice"

# How a company collects is read by those who collect, keep or read its accounts, and by whoever sets the company up:
# a billing user posts invoices, whose terms and penalties follow these settings. The debtor and other employees do not.
SETTINGS_READERS = f"{COLLECTION_READERS},base.group_erp_manager,recouvrement_fr.group_recouvrement_user"
