from . import recouvrement_waive
from . import recouvrement_complementary
from . import recouvrement_calculator
