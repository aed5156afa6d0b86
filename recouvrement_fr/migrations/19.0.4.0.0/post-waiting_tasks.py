"""Calls and visits that wait know the day they are for; debtors with something on its way are looked at again."""


def migrate(cr, version):
    cr.execute(
        """
        UPDATE recouvrement_dispatch d
           SET asked_on = COALESCE(a.date_deadline, d.create_date::date)
          FROM recouvrement_dispatch o
     LEFT JOIN mail_activity a ON a.id = o.activity_id
         WHERE o.id = d.id AND d.channel IN ('call', 'visit') AND d.state = 'queued' AND d.asked_on IS NULL
        """
    )
    cr.execute(
        """
        UPDATE recouvrement_debtor c
           SET next_date = CURRENT_DATE
         WHERE c.next_date IS NULL
           AND EXISTS (SELECT 1 FROM recouvrement_reminder r
                        WHERE r.debtor_id = c.id AND r.state IN ('planned', 'to_approve', 'sending', 'failed'))
        """
    )
