from . import recouvrement_aged
from . import recouvrement_aged_line
from . import recouvrement_dashboard
from . import recouvrement_dashboard_ledger
from . import recouvrement_dashboard_work
from . import recouvrement_dashboard_funnel
from . import recouvrement_dashboard_forecast
from . import recouvrement_dashboard_page
