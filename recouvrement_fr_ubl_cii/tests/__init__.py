from . import test_electronic_notes
