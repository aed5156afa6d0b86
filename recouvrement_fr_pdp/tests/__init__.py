from . import test_rows
from . import test_pdp
