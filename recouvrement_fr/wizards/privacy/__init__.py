from . import recouvrement_anonymise
from . import recouvrement_person_request
