from . import test_postal_provider
