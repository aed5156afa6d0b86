from odoo import api, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command

from ...tools import upload
from ...tools.refusal import Refused

# Their names are no secret of a company, and a branch works for the company above it, which its people cannot read.
OPEN_TO_ALL = ("res.company", "res.users", "res.currency")


class RecouvrementDialog(models.AbstractModel):
    """What every dialog owes to the records it is given: their reader must be allowed to read them.

    A dialog computes with the rights of the server and shows related fields; ids come from the browser, where anybody
    can type another. Each record a dialog holds is therefore checked with the caller's own rights (company, secrecy of
    a case; a company itself: its user works in it) when it is given: on creation, on writing, by default, and on each
    change of the form before anything is computed; and again whenever the dialog is read or one of its buttons pressed,
    since a case may have become confidential meanwhile. A file given is measured first. To extend: read the records a
    dialog was opened on with `_given`, never from the context.

    :raises AccessError: from all of them, in the words of the model that refuses
    """

    _name = "recouvrement.dialog"
    _description = "Dialog"

    @api.model
    def default_get(self, fields):
        values = super().default_get(fields)
        self._check_given(values)
        return values

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_given(vals)
        dialogs = super().create(vals_list)
        dialogs._check_held()
        return dialogs

    def write(self, vals):
        self._check_given(vals)
        return super().write(vals)

    def onchange(self, values, field_names, fields_spec):
        self._check_given(values)
        self._check_held()
        answer = super().onchange(values, field_names, fields_spec)
        self._check_given(answer.get("value"))  # defaults, which may come from the context
        return answer

    @api.private
    def fetch(self, field_names=None):
        self._check_held()  # the first thing that a button, an export or a computed field does
        return super().fetch(field_names)

    def _read_format(self, fnames, load="_classic_read"):
        self._check_held()
        return super()._read_format(fnames, load)

    @api.model
    def _given(self, model):
        """The records of that model that the dialog was opened on; none when it was opened on another model.

        A button in a row opens a dialog of the whole form: the id that comes with it is then the row's.
        """
        opened, ids = self._opened_on()
        records = self.env[model].browse(ids if opened in (None, model) else [])
        records.check_access("read")
        return records

    @api.model
    def _opened_on(self):
        """(model, ids) that the dialog was opened on, which its user may read; the model is None when not told."""
        context = self.env.context
        model, ids = context.get("active_model"), context.get("active_ids") or [context.get("active_id")]
        ids = [id_ for id_ in ids if id_ and isinstance(id_, int)]
        if model in self.env:
            self.env[model].browse(ids).check_access("read")
        return model, ids

    def _check_held(self):
        """Check what the dialogs hold, defaults and context included."""
        if self.env.su:
            return
        self.browse().check_access("read")  # said first to who may open no such dialog
        for name, field in self._fields.items():
            if field.relational and field.store and not field.related and self._is_guarded(field):
                # As superuser: a field may be for some groups alone. What it holds is checked as the caller.
                self.sudo().mapped(name).with_env(self.env).check_access("read")
            elif field.store and not field.related and field.type == "many2one" and field.comodel_name == "res.company":
                self._check_works_for(self.sudo().mapped(name))  # sudo: as above

    @api.model
    def _check_works_for(self, companies):
        """:raises AccessError: a dialog acts for companies that its user works in, their branches, and those above"""
        if not self.env.su and companies.sudo().root_id - self.env.user.company_ids.sudo().root_id:  # which is above
            raise AccessError(self.env._("You do not work in this company."))

    @api.model
    def _is_guarded(self, field):
        return field.comodel_name not in OPEN_TO_ALL and not self.env[field.comodel_name]._transient

    @api.model
    def _check_given(self, values):
        """Check the ids in values as a browser sends them, those of lines in commands too."""
        for name, value in (values or {}).items():
            field = self._fields.get(name)
            if field and field.type in ("binary", "image") and value:
                self._check_size(value)
            if not field or not field.relational or not value:
                continue
            comodel = self.env[field.comodel_name]
            if field.type == "many2one":
                ids = [value["id"] if isinstance(value, dict) else value]
            else:
                ids = list(self._ids_of(comodel, value))
            records = comodel.browse([id_ for id_ in ids if isinstance(id_, int) and id_])
            if self._is_guarded(field):
                records.check_access("read")
            elif field.type == "many2one" and field.comodel_name == "res.company":
                self._check_works_for(records)

    @api.model
    def _check_size(self, file):
        """Refuse a file that is too large before it is stored; the dialog stays as it was.

        :raises UserError: it is
        """
        try:
            upload.check_size(file)
        except Refused as refusal:
            raise UserError(refusal.said(self.env)) from refusal

    @api.model
    def _proof(self, file):
        """The bytes of a document given as a proof, or none when none was given.

        :raises UserError: empty, a program, an archive or a page that acts
        """
        try:
            return upload.proof(file) if file else b""
        except Refused as refusal:
            raise UserError(refusal.said(self.env)) from refusal

    @api.model
    def _ids_of(self, comodel, commands):
        """The ids that commands link; the values of new or changed lines are checked on the way."""
        for command in commands:
            if not isinstance(command, list | tuple):
                yield command
                continue
            code, id_, values = (*command, None, None)[:3]
            if code == Command.SET:
                yield from values or ()
            elif code in (Command.LINK, Command.UPDATE):
                yield id_
            if code in (Command.CREATE, Command.UPDATE) and isinstance(comodel, RecouvrementDialog):
                comodel._check_given(values)
