from . import recouvrement_check_dialog
from . import recouvrement_notice_override_wizard
