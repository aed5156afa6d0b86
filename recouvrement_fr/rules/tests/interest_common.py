from datetime import date
from decimal import Decimal

from ..interest import Claim, Decompte
from ..rates import shipped_rates

RATES = shipped_rates()
D = Decimal
day = date.fromisoformat


def claim(principal="10000", due="2025-05-31", regime="professional", **values):
    return Claim(D(principal), day(due), regime, **values)


def shown(found: Decompte):
    """Tranches as (from, to, days, base, rate, interest), in words short enough for a table."""
    return [
        (str(t.date_from), str(t.date_to), t.days, str(t.base), str(t.rate), str(t.interest)) for t in found.tranches
    ]
