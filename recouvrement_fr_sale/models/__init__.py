from . import account_move
from . import payment_transaction
from . import recouvrement_credit_allow
from . import recouvrement_debtor
from . import sale_order
