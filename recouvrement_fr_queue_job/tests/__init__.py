from . import test_jobs
from . import test_two_workers
