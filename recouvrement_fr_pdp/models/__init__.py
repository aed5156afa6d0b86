from . import account_move
from . import account_peppol_response
from . import account_edi_proxy_user
