"""The limitation of opening entries is followed item by item: what was told of a whole entry is forgotten, and each of
its items is told when its own day comes near."""


def migrate(cr, version):
    cr.execute(
        """
        DELETE FROM recouvrement_limitation_alert a
              USING account_move m
              WHERE m.id = a.move_id AND m.move_type = 'entry' AND a.entry_line_id = 0
        """
    )
