from . import test_credit_orders
