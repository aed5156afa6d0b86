from . import recouvrement_aged
from . import recouvrement_aged_line
