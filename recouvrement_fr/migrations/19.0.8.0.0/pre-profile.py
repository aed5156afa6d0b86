"""What is to be mended is listed once: what two readers made at the same moment goes, before the index refuses it."""


def migrate(cr, version):
    cr.execute(
        """
        DELETE FROM recouvrement_quality later
              USING recouvrement_quality first
              WHERE first.id < later.id AND first.company_id = later.company_id AND first.kind = later.kind
                AND first.debtor_id IS NOT DISTINCT FROM later.debtor_id
                AND first.move_id IS NOT DISTINCT FROM later.move_id
        """
    )
