from . import ir_actions_report
from . import recouvrement_letter
from . import recouvrement_document
from . import recouvrement_documented
from . import recouvrement_letter_third_party
