from . import recouvrement_policy
from . import recouvrement_level
from . import recouvrement_level_channel
from . import recouvrement_quiet_period
