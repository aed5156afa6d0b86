from . import test_credit_asked
