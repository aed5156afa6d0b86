-- A restored copy reminds nobody: what was about to leave is cancelled, and its instalments may be reminded again.
UPDATE recouvrement_reminder_line line
   SET cancelled = true
  FROM recouvrement_reminder reminder
 WHERE reminder.id = line.reminder_id
   AND reminder.state IN ('planned', 'to_approve', 'sending', 'failed')
   AND NOT EXISTS (
       SELECT 1
         FROM recouvrement_dispatch dispatch
        WHERE dispatch.reminder_id = reminder.id
          AND dispatch.state IN ('handed_over', 'delivered', 'bounced', 'uncertain')
);

UPDATE recouvrement_reminder reminder
   SET state = 'cancelled',
       cancel_reason = 'Neutralized database'
 WHERE state IN ('planned', 'to_approve', 'sending', 'failed')
   AND NOT EXISTS (
       SELECT 1
         FROM recouvrement_dispatch dispatch
        WHERE dispatch.reminder_id = reminder.id
          AND dispatch.state IN ('handed_over', 'delivered', 'bounced', 'uncertain')
);

UPDATE mail_mail mail
   SET state = 'cancel'
  FROM recouvrement_dispatch dispatch
 WHERE dispatch.mail_id = mail.id
   AND mail.state IN ('outgoing', 'exception');

UPDATE recouvrement_dispatch
   SET state = 'cancelled',
       postal_state = NULL,
       retry_on = NULL
 WHERE state = 'queued'
    OR (state = 'failed' AND retry_on IS NOT NULL);

-- Thanks, statements, words before a promise or an instalment: whatever of ours still waits in the mail queue.
UPDATE mail_mail mail
   SET state = 'cancel'
  FROM mail_message message
 WHERE message.id = mail.mail_message_id
   AND message.model LIKE 'recouvrement.%'
   AND mail.state IN ('outgoing', 'exception');

UPDATE mail_mail mail
   SET state = 'cancel'
  FROM recouvrement_statement statement
 WHERE statement.mail_id = mail.id
   AND mail.state IN ('outgoing', 'exception');

UPDATE recouvrement_thanks
   SET state = 'cancelled',
       reason = 'Neutralized database'
 WHERE state = 'planned';
