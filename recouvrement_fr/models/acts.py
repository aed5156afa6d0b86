"""What only the acts of a record write: a form shows it read only, a client must not type it either."""

from odoo.exceptions import UserError


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
