from . import recouvrement_jobs
from . import recouvrement_run
from . import recouvrement_dispatch
