from . import recouvrement_credit_allow
