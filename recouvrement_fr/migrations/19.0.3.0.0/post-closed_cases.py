"""Cases closed before: a payment that bounces since is told for them too, where nothing was left when they were closed.

The décompte kept with the closing says so where there is one; else what was closed as paid was.
"""


def migrate(cr, version):
    cr.execute(
        """
        UPDATE recouvrement_case c
           SET was_paid = TRUE
         WHERE c.state = 'closed' AND c.was_paid IS NOT TRUE
           AND COALESCE(
               (SELECT (e.figures->>'principal')::numeric <= 0
                  FROM recouvrement_case_event e
                 WHERE e.case_id = c.id AND e.kind = 'closed' AND e.figures ? 'principal'
              ORDER BY e.on DESC, e.id DESC
                 LIMIT 1),
               c.outcome = 'paid')
        """
    )
