from . import test_ar24_client
from . import test_ar24_carrier
