from odoo import api, models
from odoo.tools import SQL

from ...ledger import open_items
from ...tools import bulk


class ReadOnce:
    """What a call that shows one card has read of it already, and what it knows that there is none of.

    Made by the call, which writes nothing, and gone with it.
    """

    def __init__(self, card, asked, found):
        self.card = card.id
        self.asked = asked  # keys of `_asked_once`
        self.found = found  # those of which there is something
        self.items = {}  # (root company, partners) -> their open items
        self.holds = {}  # (root company, day) -> the invoices asked about, and what holds them


class RecouvrementDebtor(models.Model):
    """A card that is opened asks in one statement what there is of it, and reads its account once.

    A debtor has few of what may be noted of it (a plan, a dispute, a case, proceedings, a guarantee...): each would be
    a statement that finds nothing.
    """

    _inherit = "recouvrement.debtor"

    @api.readonly
    def web_read(self, specification):
        if len(self) != 1 or not self.id or not any(map(self._is_list, specification)):
            return super().web_read(specification)
        self.browse().check_access("read")  # before anything is asked; of this very card, core checks what it reads
        card = self._read_once(filter(self._is_list, specification))
        # All its columns with the first of them: what is computed asks for the others.
        whole = {**dict.fromkeys(bulk.columns(self), {}), **specification}
        found = super(RecouvrementDebtor, card).web_read(whole)
        return [{name: row[name] for name in ("id", *specification)} for row in found]

    def _read_once(self, shown=()):
        """This card, of which the call that shows it reads each thing once.

        :param shown: the names of its lists that are read with what they list
        """
        self.env.flush_all()  # what the same transaction has just written counts too
        card = self.browse(self.id)
        lists = {("list", name): self._fields[name] for name in self._fields if self._is_list(name)}
        asked = self._asked_once() | {key: self._has_any(field) for key, field in lists.items()}
        [row] = self.env.execute_query(SQL("SELECT %s", SQL(", ").join(asked.values())))
        found = {key for key, is_there in zip(asked, row, strict=True) if is_there}
        for key, field in lists.items():
            if key not in found:  # as if it had just been read: what is made later is added to it as to any
                field._insert_cache(card, [()])
        for name in shown:
            if ("list", name) in found:
                bulk.listed(card, name)
        return card.with_context(recouvrement_read=ReadOnce(card, asked.keys(), found))

    def _is_list(self, name):
        """Whether a field lists records that point to the card by a column of their own."""
        field = self._fields.get(name)
        if field is None or field.type != "one2many" or not field.inverse_name:
            return False
        records = self.env[field.comodel_name]
        inverse = records._fields[field.inverse_name]
        return records._auto and inverse.type == "many2one" and inverse.store

    def _has_any(self, field):
        table = SQL.identifier(self.env[field.comodel_name]._table)
        return SQL("EXISTS (SELECT 1 FROM %s WHERE %s = %s)", table, SQL.identifier(field.inverse_name), self.id)

    def _asked_once(self):
        """{key: condition in SQL} of what is asked of a card at once, besides its lists: the name of a model that has
        any record at all, ("own", name) of one with a record of this debtor. Extend it with what a room would look
        for, and ask `_may_have` before looking."""
        names = self._asked_of_all()
        asked = {
            name: SQL("EXISTS (SELECT 1 FROM %s)", SQL.identifier(self.env[name]._table))
            for name in names
            if self.env[name]._auto
        }
        return asked | {"quiet": SQL("EXISTS (SELECT 1 FROM recouvrement_quiet_period WHERE active)")}

    def _own(self, *names):
        """The conditions of `_asked_once` about models that name their debtor."""
        return {("own", name): self._has_any_of(name) for name in names}

    def _has_any_of(self, name):
        return SQL("EXISTS (SELECT 1 FROM %s WHERE debtor_id = %s)", SQL.identifier(self.env[name]._table), self.id)

    @api.model
    def _asked_of_all(self):
        """The names of the models of which it is asked whether there is anything at all."""
        return self.env["recouvrement.holding"]._names()

    # --- asked by the rooms -------------------------------------------------------------------------------------------

    @api.model
    def _reads_once(self):
        """What has been read for the card that this call shows, if it shows one."""
        read = self.env.context.get("recouvrement_read")
        return read if isinstance(read, ReadOnce) else None  # whoever calls from outside may send any context

    @api.model
    def _card_read(self):
        """The card that this call shows, if it shows one."""
        read = self._reads_once()
        return self.browse(read and read.card)

    def _may_have(self, key):
        """False where the call that shows this card knows that there is none: it is not looked for."""
        read = self._reads_once()
        return read is None or self.ids != [read.card] or key not in read.asked or key in read.found

    @api.model
    def _quiet_periods(self, company):
        """The days on which a root company writes to nobody, as the rule reads them."""
        read = self._reads_once()
        return [] if read and "quiet" not in read.found else self.env["recouvrement.quiet.period"]._rules(company)

    @api.model
    def _present(self, names):
        """The names of those of these models that have any record, in one statement, or in none."""
        read = self._reads_once()
        if read is None:
            return bulk.present(self.env, names)
        unknown = [name for name in names if name not in read.asked]
        there = bulk.present(self.env, unknown) if unknown else set()
        return there | {name for name in names if name in read.found}

    def _open_now(self, company):
        """{commercial partner id: [OpenItem]} of these debtors, over the tree of a root company."""
        read, partner_ids = self._reads_once(), self.partner_id.ids
        known, key = {} if read is None else read.items, (company.id, tuple(partner_ids))
        if key not in known:
            known[key] = open_items.read(self.env, open_items.scope(company), partner_ids)
        return known[key]
