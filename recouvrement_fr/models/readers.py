"""Who reads what collection adds to core's documents: see COLLECTION_READERS."""

# Its debtor reads an invoice on the portal, and every employee may read one sent to him: when a debt is time-barred,
# what comes next and what was given up are for those who keep or read the accounts (collectors among them).
COLLECTION_READERS = "account.group_account_readonly,account.group_account_invoice"
