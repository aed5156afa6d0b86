from . import recouvrement_plan_wizard
from . import recouvrement_plan_acceptance
from . import recouvrement_dispute_wizard
from . import recouvrement_promise_wizard
from . import recouvrement_promise_cancel
from . import recouvrement_plan_served
