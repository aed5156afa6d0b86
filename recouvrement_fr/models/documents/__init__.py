from . import ir_actions_report
from . import recouvrement_letter
from . import recouvrement_letter_head
from . import recouvrement_letter_blocks
from . import recouvrement_letter_law
from . import recouvrement_letter_printing
from . import recouvrement_document
from . import recouvrement_letter_third_party
