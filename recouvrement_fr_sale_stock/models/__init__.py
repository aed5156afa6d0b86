from . import account_move
from . import recouvrement_case
