from . import recouvrement_pause
from . import recouvrement_cancel
from . import recouvrement_simulation
from . import recouvrement_manual_run
from . import recouvrement_activation
from . import recouvrement_banner
from . import recouvrement_plan_wizard
from . import recouvrement_plan_acceptance
