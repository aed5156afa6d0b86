from . import recouvrement_credit_allow
from . import recouvrement_register
