from . import test_card_cost
