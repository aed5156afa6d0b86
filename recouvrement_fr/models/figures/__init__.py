from . import account_move_line
from . import recouvrement_effectiveness
from . import recouvrement_figures_sending
from . import res_users
from . import recouvrement_limitation_calendar
