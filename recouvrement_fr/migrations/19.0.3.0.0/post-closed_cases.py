"""Cases closed before: a payment that bounces since is told for them too, where nothing was left when they were closed.

Closed as paid in full, or with a décompte that says that as much came in as their invoices amounted to.
"""


def migrate(cr, version):
    cr.execute(
        """
        UPDATE recouvrement_case c
           SET was_paid = TRUE
         WHERE c.state = 'closed' AND c.was_paid IS NOT TRUE
           AND (c.outcome = 'paid' OR (
               SELECT (e.figures->>'paid')::numeric
                 FROM recouvrement_case_event e
                WHERE e.case_id = c.id AND e.kind = 'closed' AND e.figures->>'paid' IS NOT NULL
             ORDER BY e.on DESC, e.id DESC
                LIMIT 1) >= (
               SELECT SUM(m.amount_total)
                 FROM account_move m
                WHERE m.id IN (SELECT l.move_id FROM recouvrement_case_claim l WHERE l.case_id = c.id)))
        """
    )
