from . import recouvrement_simulation
from . import recouvrement_manual_run
from . import recouvrement_activation
from . import recouvrement_settings
from . import recouvrement_activation_checks
from . import recouvrement_banner
from . import recouvrement_preview
