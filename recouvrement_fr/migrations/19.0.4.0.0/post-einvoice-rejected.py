"""What a platform rejected was only left out of reminders: it is held as not issued, without due date nor penalties."""


def migrate(cr, version):
    cr.execute(
        """
        UPDATE recouvrement_einvoice_event e
           SET not_issued = TRUE
          FROM recouvrement_exclusion x, recouvrement_einvoice_status s
         WHERE x.id = e.exclusion_id AND x.lifted_on IS NULL AND s.id = e.status_id AND s.act = 'refuse'
        """
    )
