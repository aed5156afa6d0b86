"""How fast the law is: décomptes of three tranches per second, and memory, without Odoo (``make bench-rules``)."""

import argparse
import resource
import sys
import time
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "recouvrement_fr"))

from rules.interest import Claim, decompte
from rules.rates import RateTable, shipped_rates

DUE = date(2025, 5, 31)
ON = date(2026, 2, 15)  # three half-years


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=1_000_000)
    count = parser.parse_args().count
    rates = shipped_rates()
    rates = rates if isinstance(rates, RateTable) else RateTable(rates)
    assert len(decompte(Claim(Decimal(1000), DUE, "professional"), ON, rates).tranches) == 3
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    started = time.perf_counter()
    for number in range(count):
        claim = Claim(Decimal(100000 + number) / 100, DUE - timedelta(days=number % 28), "professional")
        decompte(claim, ON, rates)
    seconds = time.perf_counter() - started
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{count} décomptes of 3 tranches: {count / seconds:,.0f} per second; memory {before:.0f} -> {after:.0f} MB")


if __name__ == "__main__":
    main()
