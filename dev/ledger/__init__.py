"""A French company's sales ledger, made by one seeded generator.

The demonstration plays it through the ORM, day after day (`story`, `player`); the benchmark pours it into a database
with SQL (`bulk`), and `check` asks the ORM whether it would have stored the same values.
"""

from ledger.company import setup_company
from ledger.customers import CUSTOMERS, create_customers
from ledger.player import Player, play
from ledger.story import Event, tell

__all__ = ["CUSTOMERS", "Event", "Player", "create_customers", "play", "setup_company", "tell"]
