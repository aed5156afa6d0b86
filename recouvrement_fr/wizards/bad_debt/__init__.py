from . import recouvrement_write_off_wizard
from . import recouvrement_doubtful_wizard
from . import recouvrement_small_balances
from . import account_payment_register
