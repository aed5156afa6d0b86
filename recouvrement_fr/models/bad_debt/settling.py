"""Which journal items an entry is about, and their reconciliation with it."""

from collections import defaultdict


def receivable(items):
    return items.filtered(lambda item: item.account_id.account_type == "asset_receivable")


def by_invoice(items):
    """{(invoice, account): items} of the items that are about an invoice."""
    found = defaultdict(items.browse)
    for item in items.filtered("recouvrement_invoice_id"):
        found[item.recouvrement_invoice_id, item.account_id] |= item
    return found


def settle(entries):
    """Reconcile the items of posted entries with what they are about, on each account.

    Without cash-basis VAT: neither a loss nor a transfer is a payment, and VAT on payment is not due.
    """
    lines = entries.env["account.move.line"].sudo()  # the accountant posted; his rights end there
    for (move, account), items in by_invoice(entries.line_ids).items():
        if not account.reconcile:
            continue
        others = lines.search(
            [
                "|",
                ("move_id", "=", move.id),
                ("recouvrement_invoice_id", "=", move.id),
                ("account_id", "=", account.id),
                ("parent_state", "=", "posted"),
                ("reconciled", "=", False),
                ("currency_id", "in", items.currency_id.ids),
                ("partner_id", "child_of", items.partner_id.commercial_partner_id.ids),
            ]
        )
        (items | others).filtered(lambda item: not item.reconciled).with_context(no_cash_basis=True).reconcile()
