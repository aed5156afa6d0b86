"""The limitation of opening entries is followed item by item: what was told of a whole entry is forgotten, and each of
its items is told when its own day comes near; what a declaration in insolvency proceedings interrupted (C.com
L622-25-1) is noted on the items that were declared.

In SQL: what was noted is evidence, which the ORM refuses to write.
"""

OF_ENTRIES = """
    SELECT e.id AS event_id, c.move_id, c.entry_line_id AS item_id
      FROM recouvrement_limitation_event e
      JOIN recouvrement_insolvency_claim c ON c.insolvency_id = e.res_id
      JOIN recouvrement_limitation_event_move_rel known ON known.event_id = e.id AND known.move_id = c.move_id
      JOIN account_move_line l ON l.id = c.entry_line_id
     WHERE e.res_model = 'recouvrement.insolvency' AND e.kind = 'insolvency_declaration'
"""


def migrate(cr, version):
    cr.execute(
        """
        DELETE FROM recouvrement_limitation_alert a
              USING account_move m
              WHERE m.id = a.move_id AND m.move_type = 'entry' AND a.entry_line_id = 0
        """
    )
    cr.execute(
        f"""
        INSERT INTO recouvrement_limitation_event_item_rel (event_id, item_id)
        SELECT DISTINCT event_id, item_id FROM ({OF_ENTRIES}) declared
            ON CONFLICT DO NOTHING
        """
    )
    cr.execute(
        f"""
        DELETE FROM recouvrement_limitation_event_move_rel known
              USING ({OF_ENTRIES}) declared
              WHERE known.event_id = declared.event_id AND known.move_id = declared.move_id
        """
    )
