"""Metropolitan France and the overseas territories, which delays of distance compare (C.com R622-24; CPC 643, 644)."""

from datetime import date

from .parameters import Figures, shipped_figures

METROPOLE = "FR"
OVERSEAS = {
    "971": "GP",
    "972": "MQ",
    "973": "GF",
    "974": "RE",
    "975": "PM",
    "976": "YT",
    "977": "BL",
    "978": "MF",
    "984": "TF",
    "986": "WF",
    "987": "PF",
    "988": "NC",
}
OLD_POSTAL_CODES = {"97133": "BL", "97150": "MF"}  # kept from the time they were towns of Guadeloupe
FRENCH = (METROPOLE, *OVERSEAS.values())


def territory(country: str | None, postal_code: str | None = None) -> str:
    """The territory of an address: ``FR`` for metropolitan France, the country code of an overseas territory (``RE``),
    another country's code abroad. La Réunion may be written as a country, or as France with a postal code of 974."""
    if country and country != METROPOLE:
        return country
    code = "".join((postal_code or "").split())
    return OLD_POSTAL_CODES.get(code) or OVERSEAS.get(code[:3], METROPOLE)


def months_of_distance(party: str, court: str, on: date = date.max, figures: Figures | None = None) -> int:
    """The months more that a party has to oppose, to appeal: some abroad, fewer in another French territory than the
    court's, none in the same (CPC 643, 644). ``on``: the day of which the figures are taken."""
    if party == court:
        return 0
    figure = "distance_overseas" if party in FRENCH else "distance_abroad"
    return int((figures or shipped_figures()).at(figure, on).value)
