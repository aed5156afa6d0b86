from . import recouvrement_pause
from . import recouvrement_defer
from . import recouvrement_leave_out
