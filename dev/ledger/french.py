"""French identifiers with correct keys, and French names, streets and towns. All of it is invented.

Telephone numbers come from the ranges reserved for fiction, e-mail domains from those reserved for documentation.
"""

import re
import unicodedata
from dataclasses import dataclass
from random import Random


def luhn_key(digits: str) -> str:
    """The digit that makes `digits` followed by it pass the Luhn test."""
    total = 0
    for position, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if position % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return str(-total % 10)


def is_luhn(digits: str) -> bool:
    return digits.isdigit() and luhn_key(digits[:-1]) == digits[-1]


def siren(rng: Random, prefix: str = "") -> str:
    """Nine digits; those of public bodies begin with 1 or 2 (give it as `prefix`), no other does."""
    prefix = prefix or rng.choice("3456789")
    body = prefix + "".join(rng.choice("0123456789") for _ in range(8 - len(prefix)))
    return body + luhn_key(body)


def siret(number: str, establishment: int = 1) -> str:
    """SIREN, the establishment's four digits and the key of the whole."""
    body = f"{number}{establishment:04}"
    return body + luhn_key(body)


def vat(number: str) -> str:
    """The intra-Community VAT number of a SIREN."""
    return f"FR{(12 + 3 * (int(number) % 97)) % 97:02}{number}"


def belgian_vat(rng: Random) -> str:
    body = rng.randrange(4_000_000, 9_999_999)
    return f"BE0{body}{97 - body % 97:02}"


def iban(bank: str, branch: str, account: str) -> str:
    """The French IBAN of an account number (digits), with its RIB key and its own."""
    key = 97 - (89 * int(bank) + 15 * int(branch) + 3 * int(account)) % 97
    bban = f"{bank}{branch}{account}{key:02}"
    check = 98 - int(f"{bban}152700") % 97  # FR00 moved to the end, letters as numbers
    return f"FR{check:02}{bban}"


def phone(rng: Random, mobile: bool = False) -> str:
    prefix = "6 39 98" if mobile else rng.choice(("1 99 00", "2 61 91", "3 53 01", "4 65 71", "5 36 49"))
    return f"+33 {prefix} {rng.randrange(100):02} {rng.randrange(100):02}"


def slug(text: str) -> str:
    """The text as it would stand in a domain name."""
    plain = unicodedata.normalize("NFKD", text.lower().replace("œ", "oe"))
    words = re.findall("[a-z0-9]+", "".join(letter for letter in plain if not unicodedata.combining(letter)))
    return "-".join(words)[:40].rstrip("-")


FIRST_NAMES = (
    "Adèle Agnès Amélie Anaïs Antoine Aurélie Bastien Benoît Brigitte Camille Cédric Chloé Claire Damien Élodie Émile "
    "Fabien François Geneviève Gérard Hélène Inès Jérôme Joël Karim Léa Loïc Maëlle Malik Margaux Mathéo Mireille "
    "Nadège Noémie Océane Pascal Raphaël Rémi Sébastien Solène Théo Thérèse Valérie Yann Yasmine Zoé"
).split()
SURNAMES = (
    "Abadie Allard Aubert Barbier Baudouin Bénard Bertrand Besançon Blanchet Boisseau Bouvier Brun Carlier Chauvin "
    "Chevallier Collet Cordier Crépin Delaunay Delmas Deschamps Didier Dufour Évrard Fabre Faure Fleury Fontaine "
    "Gaillard Gauthier Gérard Giraud Grégoire Guérin Hébert Hervé Huet Jacquet Joly Laborde Lacroix Langlois Lecœur "
    "Lefèvre Legrand Lemaître Leroux Maillard Marchand Masson Mercier Meunier Morvan Navarro Noël Pélissier Perrin "
    "Picard Poirier Prévost Rey Rivière Roche Roussel Sabatier Sénéchal Tessier Thévenet Vallet Vidal Weber"
).split()
TRADES = (
    "Menuiserie Charpentes Agencement Cuisines Boulangerie Imprimerie Librairie Serrurerie Plomberie Électricité "
    "Maçonnerie Peinture Carrelage Couverture Garage Transports Pépinières Hôtel Restaurant Brasserie Pharmacie "
    "Optique Clinique Cabinet Bureau Fonderie Tôlerie Emballages Laboratoires Conserverie Fromagerie Vergers"
).split()
LEGAL_FORMS = ("SARL", "SAS", "SASU", "EURL", "SA", "SCOP", "SNC")
STREETS = (
    "rue de la République, avenue Jean-Jaurès, boulevard Gambetta, rue Victor-Hugo, place de l'Église,"
    " rue des Tilleuls, chemin des Écoliers, rue du Général-de-Gaulle, impasse des Forgerons, route de Genève,"
    " quai de la Pêcherie, allée des Châtaigniers, rue Émile-Zola, rue du 8-Mai-1945,"
    " cours Lafayette, rue de l'Hôtel-de-Ville"
).split(", ")
TOWNS = (
    ("69003", "Lyon"),
    ("69100", "Villeurbanne"),
    ("38000", "Grenoble"),
    ("42000", "Saint-Étienne"),
    ("01000", "Bourg-en-Bresse"),
    ("71000", "Mâcon"),
    ("26000", "Valence"),
    ("73000", "Chambéry"),
    ("63000", "Clermont-Ferrand"),
    ("75011", "Paris"),
    ("13006", "Marseille"),
    ("31000", "Toulouse"),
    ("33000", "Bordeaux"),
    ("44000", "Nantes"),
    ("35000", "Rennes"),
    ("59000", "Lille"),
    ("67000", "Strasbourg"),
    ("21000", "Dijon"),
    ("29200", "Brest"),
    ("66000", "Perpignan"),
)


@dataclass(frozen=True)
class Identity:
    """A customer as found in a crowd of customers: enough to write to, and to know what it is."""

    name: str
    is_company: bool
    siret: str
    vat: str
    street: str
    zip: str
    city: str
    email: str
    phone: str


def anybody(rng: Random, number: int) -> Identity:
    """An invented French customer, nine times in ten a company; `number` makes the name unlike any other."""
    is_company = rng.random() < 0.9
    surname = rng.choice(SURNAMES)
    zip_code, city = rng.choice(TOWNS)
    if is_company:
        name = f"{rng.choice(TRADES)} {surname} {number} {rng.choice(LEGAL_FORMS)}"
        registered = siren(rng)
        registration, vat_number = siret(registered, rng.randrange(1, 40)), vat(registered)
    else:
        name = f"{rng.choice(FIRST_NAMES)} {surname} {number}"
        registration = vat_number = ""
    return Identity(
        name=name,
        is_company=is_company,
        siret=registration,
        vat=vat_number,
        street=f"{rng.randrange(1, 190)} {rng.choice(STREETS)}",
        zip=zip_code,
        city=city,
        email=f"compta@{slug(name)}.example" if is_company else f"{slug(name)}@example.org",
        phone=phone(rng, mobile=not is_company),
    )
