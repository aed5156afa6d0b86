from . import recouvrement_payer_profile
from . import recouvrement_payer_payment
from . import recouvrement_debtor
from . import recouvrement_debtor_agenda
from . import recouvrement_quality
from . import recouvrement_payer_choice
from . import res_company
from . import res_config_settings
