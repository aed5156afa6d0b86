"""E-mails sent before their template was kept: the one their level uses now is all that is known of it, and what the
analysis of reminders showed."""


def migrate(cr, version):
    cr.execute(
        """
        UPDATE recouvrement_dispatch d
           SET template_id = step.template_id
          FROM recouvrement_reminder r
          JOIN recouvrement_level_channel step ON step.level_id = r.level_id AND step.channel = 'email'
         WHERE d.reminder_id = r.id AND d.channel = 'email' AND d.template_id IS NULL
        """
    )
