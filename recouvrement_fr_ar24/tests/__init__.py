from . import test_ar24_client
from . import test_ar24_carrier
from . import test_ar24_real
