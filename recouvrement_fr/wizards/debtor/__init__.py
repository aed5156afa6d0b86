from . import recouvrement_dialog
