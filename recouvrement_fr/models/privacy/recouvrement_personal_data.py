from typing import NamedTuple

from odoo import api, models
from odoo.tools import SQL

# The supplier's bill of a cost is a document of the supplier, not of the debtor the cost is for.
NOT_OF_PERSON = {("recouvrement.case.cost", "bill_id")}
# A person's own: everything else follows from the fields that lead there.
ROOTS = ("recouvrement.debtor", "account.move")


class Family(NamedTuple):
    """The persons of a page, in one company tree."""

    company: models.BaseModel  # the root
    tree: list  # ids of the companies
    persons: list  # ids of the commercial partners
    members: dict  # {partner id: id of the person}, contacts included


class RecouvrementPersonalData(models.AbstractModel):
    """What is held of persons, read from the registry: a model that is added is reached without a word here.

    A record of the add-on is a person's when a stored many2one, or a (model, id) pair, of it leads to the person's
    debtor row or invoices, however far. Nothing is called from a client: all its methods are private.
    """

    _name = "recouvrement.personal.data"
    _description = "Personal Data"

    # --- who ----------------------------------------------------------------------------------------------------------

    @api.model
    def _family(self, company, partners):
        """These persons and their contacts, archived ones too."""
        root = company.root_id
        tree = self.env["res.company"].sudo().search([("id", "child_of", root.id)])  # a manager of one branch
        contacts = self.env["res.partner"].sudo().with_context(active_test=False)  # other companies' rules aside
        persons = partners.ids
        members = {partner.id: partner.id for partner in partners}
        for contact in contacts.search([("id", "child_of", persons), ("id", "not in", persons)]):
            members[contact.id] = contact.commercial_partner_id.id
        return Family(root, tree.ids, persons, members)

    # --- what ---------------------------------------------------------------------------------------------------------

    @api.model
    def _held(self, family):
        """{model: {record id: person id}} of every record of the add-on and every accounting entry of these persons."""
        self.env.flush_all()
        roots = {
            "recouvrement.debtor": self._rows(
                SQL(
                    "SELECT id, partner_id FROM recouvrement_debtor WHERE company_id = %s AND partner_id = ANY(%s)",
                    family.company.id,
                    family.persons,
                )
            ),
            "account.move": self._of_members(family, "account_move", SQL("commercial_partner_id")),
        }
        roots["res.partner"] = family.members  # dialogs opened on them
        held = self._follow(roots)
        del held["res.partner"]
        held["account.payment"] = self._of_members(family, "account_payment", SQL("partner_id"))
        return held

    @api.model
    def _of_members(self, family, table, commercial):
        """{id: person id} of the rows of core made out to these persons or to one of their contacts."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT id, partner_id, %(commercial)s FROM %(table)s
                 WHERE company_id = ANY(%(tree)s)
                   AND (partner_id = ANY(%(members)s) OR %(commercial)s = ANY(%(persons)s))
                """,
                commercial=commercial,
                table=SQL.identifier(table),
                tree=family.tree,
                members=list(family.members),
                persons=family.persons,
            )
        )
        return {id_: family.members.get(partner_id) or person_id for id_, partner_id, person_id in rows}

    @api.model
    def _rows(self, query):
        return dict(self.env.execute_query(query))

    @api.model
    def _follow(self, roots):
        """Everything that leads to these records, with whose it is; a statement per model and per step of the way."""
        held = {model: dict(ids) for model, ids in roots.items()}
        new = {model: ids for model, ids in roots.items() if ids}
        edges = self._edges()
        while new:
            found = {}
            for model, ways in edges.items():
                clauses = [clause for way in ways for clause in way(new)]
                if clauses:
                    known = held.setdefault(model, {})
                    rows = self.env.execute_query(SQL(" UNION ALL ").join(clauses))
                    fresh = {id_: new[target][target_id] for id_, target, target_id in rows if id_ not in known}
                    known.update(fresh)
                    if fresh:
                        found[model] = fresh
            new = found
        return {model: ids for model, ids in held.items() if ids}

    @api.model
    def _edges(self):
        """{model of the add-on: [how its stored fields lead to other records]}, dialogs included."""
        edges = {}
        for name, model in sorted(self.env.registry.items()):
            if not name.startswith("recouvrement.") or model._abstract or not model._auto:
                continue
            ways = []
            for field in model._fields.values():
                if not field.store or (name, field.name) in NOT_OF_PERSON or not self._leads(model, field):
                    continue
                if field.type == "many2one":
                    ways.append(self._way_of_link(model._table, field.name, field.comodel_name))
                elif field.type == "many2one_reference":
                    ways.append(self._way_of_pair(model._table, field.model_field, field.name))
                elif field.type == "many2many" and model._transient:
                    ways.append(self._way_of_links(field))
            if ways:
                edges[name] = ways
        return edges

    @api.model
    def _leads(self, model, field):
        """A partner leads to dialogs alone: third parties are named on the records of others."""
        target = getattr(field, "comodel_name", None) or ""
        if target == "res.partner":
            return model._transient
        return field.type == "many2one_reference" or target in ROOTS or target.startswith("recouvrement.")

    @api.model
    def _way_of_link(self, table, column, target):
        def way(new):
            if ids := new.get(target):
                yield SQL(
                    "SELECT id, %s, %s FROM %s WHERE %s = ANY(%s)",
                    target,
                    SQL.identifier(column),
                    SQL.identifier(table),
                    SQL.identifier(column),
                    list(ids),
                )

        return way

    @api.model
    def _way_of_pair(self, table, model_column, id_column):
        def way(new):
            for target, ids in new.items():
                yield SQL(
                    "SELECT id, %s, %s FROM %s WHERE %s = %s AND %s = ANY(%s)",
                    target,
                    SQL.identifier(id_column),
                    SQL.identifier(table),
                    SQL.identifier(model_column),
                    target,
                    SQL.identifier(id_column),
                    list(ids),
                )

        return way

    @api.model
    def _way_of_links(self, field):
        """A dialog opened on several records; what is kept for years has a many2one of its own to its debtor."""

        def way(new):
            if ids := new.get(field.comodel_name):
                yield SQL(
                    "SELECT %s, %s, %s FROM %s WHERE %s = ANY(%s)",
                    SQL.identifier(field.column1),
                    field.comodel_name,
                    SQL.identifier(field.column2),
                    SQL.identifier(field.relation),
                    SQL.identifier(field.column2),
                    list(ids),
                )

        return way

    # --- messages and files of these ----------------------------------------------------------------------------------

    @api.model
    def _places(self, held, members):
        """{model: ids} where messages, activities and files of these persons hang."""
        return {**{model: list(ids) for model, ids in held.items()}, "res.partner": list(members)}

    @api.model
    def _messages(self, places):
        """{message id: (model, record id)} of what was written there."""
        rows = self.env.execute_query(self._hanging("mail_message", "model", places))
        return {id_: (model, res_id) for id_, model, res_id in rows}

    @api.model
    def _hanging(self, table, column, places):
        """SQL of (id, model, record id) of the rows of a table that hang on these records."""
        if not any(places.values()):
            return SQL("SELECT id, %s, res_id FROM %s WHERE FALSE", SQL.identifier(column), SQL.identifier(table))
        return SQL(" UNION ALL ").join(
            SQL(
                "SELECT id, %(column)s, res_id FROM %(table)s WHERE %(column)s = %(model)s AND res_id = ANY(%(ids)s)",
                column=SQL.identifier(column),
                table=SQL.identifier(table),
                model=model,
                ids=ids,
            )
            for model, ids in places.items()
            if ids
        )
