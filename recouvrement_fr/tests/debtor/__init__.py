from . import test_list_cost
