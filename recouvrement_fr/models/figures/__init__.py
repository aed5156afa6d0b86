from . import account_move_line
from . import recouvrement_effectiveness
