from . import recouvrement_pledge
from . import recouvrement_invoice_sending
from . import recouvrement_check_item
from . import recouvrement_invoice_check
from . import recouvrement_notice_override
from . import recouvrement_debtor
from . import recouvrement_debtor_by_day
from . import mail_activity
