"""The e-mails in use name who answers the debtor, and nobody who left. May run again."""


def migrate(cr, version):
    for column, kind in (("reply_to", "text"), ("body_html", "jsonb"), ("subject", "jsonb")):
        cr.execute(
            f"""
            UPDATE mail_template
               SET {column} = REPLACE(
                       CASE model
                           WHEN 'recouvrement.debtor'
                           THEN REPLACE({column}::text, 'object.collector_id', 'object.answering_user_id')
                           ELSE {column}::text END,
                       'debtor_id.collector_id', 'debtor_id.answering_user_id'
                   )::{kind}
             WHERE STARTS_WITH(model, 'recouvrement.') AND POSITION('collector_id' IN {column}::text) > 0
            """
        )
