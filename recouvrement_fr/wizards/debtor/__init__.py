from . import recouvrement_leave_out
