from . import test_accounts_collected
