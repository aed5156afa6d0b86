"""What only the acts of a record write: a form shows it read only, a client must not type it either."""

from odoo import api, models
from odoo.exceptions import AccessError, UserError
from odoo.models import MAGIC_COLUMNS


def refuse_typed(records, vals, *others):
    """Refuse the stored fields that the form shows read only, and those named, unless a method writes them.

    Methods write them with ``sudo()``, after they have checked who acts.

    :raises UserError: naming the first of these fields
    """
    if records.env.su:
        return
    records.check_access("write")  # said first to those who may write nothing of it
    for name in vals:
        field = records._fields.get(name)
        if field and (name in others or (field.readonly and field.store)):
            raise UserError(
                records.env._(
                    "“%s” is written by what happens: use the buttons.", field._description_string(records.env)
                )
            )


def check_manager(env):
    """:raises AccessError: whoever acts is no collection manager (nor the add-on itself)"""
    if not (env.su or env.user.has_group("recouvrement_fr.group_recouvrement_manager")):
        raise AccessError(env._("Only a collection manager can do this."))


class RecouvrementActs(models.AbstractModel):
    """A record that people create, and whose state only its acts write: it is born as it is by default.

    Name in `_typed_later` the fields that people write too, but only once the record is there.
    """

    _name = "recouvrement.acts"
    _description = "Written by acts"

    _typed_later = ()

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            self._refuse_born(vals_list)
        return super().create(vals_list)

    def copy_data(self, default=None):
        """A copy is a new record: nothing has happened to it yet."""
        vals_list = super().copy_data(default)
        if self.env.su:
            return vals_list
        acted = self._written_by_acts()
        return [{name: vals[name] for name in vals if name not in acted} for vals in vals_list]

    @api.model
    def _written_by_acts(self):
        return {
            name
            for name, field in self._fields.items()
            if field.store and name not in MAGIC_COLUMNS and (field.readonly or name in self._typed_later)
        }

    @api.model
    def _refuse_born(self, vals_list):
        """:raises UserError: naming the first field given that only acts write, unless it has its default value"""
        self.check_access("create")  # said first to those who may create none
        acted = self._written_by_acts()
        defaults = self.default_get(list(acted & {name for vals in vals_list for name in vals}))
        for vals in vals_list:
            for name in vals.keys() & acted:
                if vals[name] and vals[name] != defaults.get(name):
                    raise UserError(
                        self.env._(
                            "“%s” is written by what happens: use the buttons.",
                            self._fields[name]._description_string(self.env),
                        )
                    )
