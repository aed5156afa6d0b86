from . import test_nightly_run
from . import test_security
