"""A French company's sales ledger, made by one seeded generator.

The demonstration plays it through the ORM, day after day (`story`, `player`); the benchmark pours it into a database
with SQL (`bulk`), and `check` asks the ORM whether it would have stored the same values.
"""

import odoo.init  # patches and shortcuts, before anything else of Odoo

from ledger.bulk import bulk, vacuum
from ledger.check import check
from ledger.company import setup_company
from ledger.customers import CUSTOMERS, create_customers
from ledger.player import Player, play
from ledger.story import Event, tell

__all__ = [
    "CUSTOMERS",
    "Event",
    "Player",
    "bulk",
    "check",
    "create_customers",
    "play",
    "setup_company",
    "tell",
    "vacuum",
]
