from . import account_move_line
from . import recouvrement_accessory_report
from . import recouvrement_case_report
from . import recouvrement_effectiveness
from . import recouvrement_figures_sending
from . import res_users
from . import recouvrement_limitation_calendar
from . import recouvrement_receivable_report
