from . import recouvrement_ar24_identify
