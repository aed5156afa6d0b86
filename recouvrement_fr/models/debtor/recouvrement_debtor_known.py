from odoo import api, models
from odoo.tools import SQL


class RecouvrementDebtor(models.Model):
    """What a card that is opened holds nothing of, known from one statement.

    A debtor has few of what may be noted of it (a plan, a dispute, a case, proceedings, a guarantee...): each list of
    its card would be a statement that finds nothing.
    """

    _inherit = "recouvrement.debtor"

    @api.readonly
    def web_read(self, specification):
        if len(self) != 1 or not any(self._is_list(name) for name in specification):
            return super().web_read(specification)
        self._know_empty_lists()
        return super(RecouvrementDebtor, self._read_once()).web_read(specification)

    def _is_list(self, name):
        """Whether a field lists records that point to the card by a column of their own."""
        field = self._fields.get(name)
        if field is None or field.type != "one2many" or not field.inverse_name:
            return False
        records = self.env[field.comodel_name]
        inverse = records._fields[field.inverse_name]
        return records._auto and inverse.type == "many2one" and inverse.store

    def _know_empty_lists(self):
        """Ask of every list of this card, in one statement, whether there is anything to show; those that have nothing
        are as if they had just been read: what is made later is added to them as to any."""
        self.env.flush_all()  # what the same transaction has just written counts too
        card = self._origin
        names = [name for name in self._fields if self._is_list(name)]
        if not card or not names:
            return
        asked = (
            SQL(
                "EXISTS (SELECT 1 FROM %s WHERE %s = %s)",
                SQL.identifier(self.env[field.comodel_name]._table),
                SQL.identifier(field.inverse_name),
                card.id,
            )
            for field in map(self._fields.get, names)
        )
        [found] = self.env.execute_query(SQL("SELECT %s", SQL(", ").join(asked)))
        for name, is_there in zip(names, found, strict=True):
            if not is_there:
                self._fields[name]._insert_cache(card, [()])
