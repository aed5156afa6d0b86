from . import test_browser
from . import test_channels
from . import test_dispatch
from . import test_letters
from . import test_moments
from . import test_nightly_run
from . import test_real_processes
from . import test_security
