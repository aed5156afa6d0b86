"""Letters: what the end of a registered one means, how long an electronic one waits, when a plain one has arrived.

Articles: CPCE-postes L100 and R53-3 (electronic registered letters), C.civ 1344 (formal notice).
"""

from datetime import date, timedelta

from .parameters import Figures, shipped_figures

REGISTERED = ("registered", "lre")  # the channels: on paper, electronic
PLAIN = ("letter", "postal")  # on paper, whose arrival nobody notes
POST_DAYS = 5  # usage, no law: three working days at the post, and a weekend; a term counted from receipt waits for it
ENDED = ("delivered", "refused", "unclaimed", "returned", "lost")
NOT_SERVED = ("returned", "lost")  # the address was wrong, or nobody ever presented it


def is_served(state: str) -> bool:
    """Whether a registered letter in this state counts as a formal notice made.

    A letter refused or left unclaimed does: a formal notice is no act of procedure, its validity does not depend on
    the addressee's good will (Cass. 1re civ. 20/01/2021, n° 19-20.680). One returned because nobody lives there, or
    lost, does not.
    """
    return state in ENDED and state not in NOT_SERVED


def acceptance_until(noticed_on: date, figures: Figures | None = None) -> date:
    """The last day on which the addressee of an electronic registered letter may accept it (R53-3): fifteen days,
    counted from the day after the one on which he was told of it."""
    days = (figures or shipped_figures()).at("acceptance_days", noticed_on)
    return noticed_on + timedelta(days=int(days.value))
