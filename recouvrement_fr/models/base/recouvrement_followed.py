from odoo import api, models


class RecouvrementFollowed(models.AbstractModel):
    """What a day moves by itself: a model of any room that inherits this is asked once a day, in its turn."""

    _name = "recouvrement.followed"
    _description = "Followed Each Day"

    _follow_turn = None  # the lowest first; a model without is not followed

    @api.model
    def _follow_up(self, on):
        """What a day brings. May return texts of what failed in it, to be told to the managers, and commit its pages by
        `bulk.keep_page`."""
        raise NotImplementedError

    @api.model
    def _every_followed(self):
        """The names of the models followed, in their turn."""
        names = [name for name in self.env.registry.descendants([self._name], "_inherit") if name != self._name]
        found = [self.env[name] for name in names if self.env[name]._follow_turn is not None]
        return [model._name for model in sorted(found, key=lambda model: (model._follow_turn, model._name))]
