from . import recouvrement_cancel
from . import recouvrement_posting
from . import recouvrement_postal_status
from . import recouvrement_postal_import
from . import recouvrement_set_level
from . import recouvrement_pause
from . import recouvrement_defer
from . import recouvrement_leave_out
