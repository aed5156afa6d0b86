from . import recouvrement_accrual
from . import recouvrement_accessory
from . import recouvrement_accessory_ledger
from . import recouvrement_surplus
from . import recouvrement_decompte
from . import account_move
from . import recouvrement_debtor
