from . import res_company, res_config_settings, recouvrement_ar24_deposit, recouvrement_carrier_ar24
