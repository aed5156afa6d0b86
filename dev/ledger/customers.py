"""The sixty customers of the story: who they are, where they live, how they pay."""

from dataclasses import dataclass, field
from random import Random

from ledger import french
from ledger.company import ensure_terms, french_lang

# How a customer pays, read by `story`: see PROFILES there.
GOOD, LATE, BAD, WORST = "good", "late", "bad", "worst"


@dataclass(frozen=True)
class Customer:
    """One debtor. `kind` is company, public, copropriete, association, person or foreign."""

    name: str
    street: str
    zip: str
    city: str
    profile: str = GOOD
    kind: str = "company"
    term: str = "30_days"
    street2: str = ""
    country: str = "FR"
    siren_prefix: str = ""
    invoices: int = 9  # about how many over the fifteen months
    has_email: bool = True
    accounting_contact: str = ""  # a person with its own e-mail
    invoice_address: tuple[str, ...] = field(default=())  # name, street, zip, city of where invoices go
    currency: str = "EUR"

    @property
    def key(self) -> str:
        return french.slug(self.name)


def _c(name, street, zip_code, city, profile=GOOD, **more):
    return Customer(name, street, zip_code, city, profile, **more)


CUSTOMERS = (
    _c("Menuiserie Delaunay SAS", "12 rue des Forgerons", "69100", "Villeurbanne", invoices=18),
    _c("Cabinet d'architecture Thévenet & Associés", "3 place Bellecour", "69002", "Lyon", term="45_days_eom",
       invoices=11, accounting_contact="Solène Thévenet"),
    _c("Hôtel de la Préfecture", "8 cours Franklin-Roosevelt", "38000", "Grenoble", LATE, invoices=10),
    _c("SCOP Les Charpentiers du Vercors", "ZA de Fontaine", "38600", "Fontaine", term="45_days_eom", invoices=18),
    _c("Boulangerie Lecœur et Fils", "41 rue Édouard-Herriot", "69002", "Lyon", LATE, invoices=8),
    _c("Société d'aménagement et d'équipement de la région Auvergne-Rhône-Alpes Bâtiments tertiaires",
       "112 boulevard du 11-Novembre-1918", "69616", "Villeurbanne CEDEX", term="45_days_eom",
       street2="CS 70052", invoices=14, accounting_contact="Gérard Besançon"),
    _c("Agencements Picard SARL", "ZI de l'Arbresle, lot 7", "69210", "L'Arbresle", BAD, invoices=11),
    _c("Restaurant Le Bouchon des Filles", "20 rue Sergent-Blandan", "69001", "Lyon", BAD, term="30_70", invoices=8),
    _c("Brasserie Georges-Émile", "30 cours de Verdun", "69002", "Lyon", LATE, invoices=10),
    _c("Imprimerie Évrard", "5 rue Gutenberg", "42000", "Saint-Étienne", BAD, invoices=10),
    _c("Clinique du Val d'Ouest", "39 chemin de la Vernique", "69130", "Écully", term="45_days_eom", invoices=18,
       invoice_address=("Comptabilité fournisseurs", "BP 60012", "69131", "Écully CEDEX")),
    _c("Groupe Navarro Immobilier SA", "55 avenue Maréchal-Foch", "69006", "Lyon", LATE, term="45_days_eom",
       invoices=13, accounting_contact="Yasmine Navarro"),
    _c("Optique Fontaine", "17 rue de la Part-Dieu", "69003", "Lyon", invoices=6),
    _c("Librairie L'Œil cacodylate", "2 rue Sainte-Catherine", "69001", "Lyon", LATE, invoices=6, has_email=False),
    _c("Cuisines Roussel EURL", "Route de Saint-Bel", "69690", "Bessenay", BAD, invoices=10),
    _c("Transports Gaillard Frères", "Port Édouard-Herriot, bâtiment C", "69007", "Lyon", WORST, invoices=4),
    _c("Pépinières du Beaujolais", "Lieu-dit Les Sables", "69460", "Blacé", LATE, term="3_10_net_30", invoices=10),
    _c("Fromagerie des Monts du Forez", "La Croix-Blanche", "42600", "Montbrison", term="3_10_net_30", invoices=10),
    _c("Garage de la Croix-Rousse", "148 boulevard de la Croix-Rousse", "69004", "Lyon", BAD, invoices=8),
    _c("Coworking Le Trente-Six", "36 rue Mercière", "69002", "Lyon", WORST, term="30_70", invoices=4),
    _c("Pharmacie du Grand Hôtel-Dieu", "Grand Hôtel-Dieu, cour du Midi", "69002", "Lyon", invoices=6),
    _c("Électricité Morvan SASU", "9 rue Ampère", "01000", "Bourg-en-Bresse", LATE, invoices=8),
    _c("Compagnie fluviale du Rhône", "1 quai Rambaud", "69002", "Lyon", term="45_days_eom", invoices=11),
    _c("Notaires Sabatier, Vidal et Rivière", "27 rue de la Bourse", "69002", "Lyon", invoices=8,
       accounting_contact="Brigitte Sabatier"),
    _c("Maison d'édition Plume & Châtaigne", "6 montée de la Grande-Côte", "69001", "Lyon", LATE, invoices=8),
    _c("Tôlerie industrielle du Gier", "ZI La Platière", "42320", "La Grand-Croix", BAD, term="45_days_eom",
       invoices=10),
    _c("Hôtel-restaurant Les Genêts d'Or", "Le bourg", "43200", "Yssingeaux", BAD, invoices=8),
    _c("Centre équestre de Saint-Symphorien-d'Ozon", "Chemin de la Rosette", "69360", "Saint-Symphorien-d'Ozon", LATE,
       invoices=5),
    _c("Cabinet dentaire Huet-Prévost", "74 rue Garibaldi", "69006", "Lyon", term="immediate", invoices=6),
    _c("Décors et Volumes SARL", "Halle 2, rue Feuillat", "69003", "Lyon", WORST, invoices=5),
    _c("Laboratoires Pélissier", "Bioparc, 60 avenue Rockefeller", "69008", "Lyon", term="45_days_eom", invoices=13,
       invoice_address=("Centre de services partagés", "14 rue de la Loge", "13002", "Marseille")),
    _c("Conserverie de la Dombes", "Route de Châtillon", "01330", "Villars-les-Dombes", LATE, invoices=8),
    _c("Banque coopérative du Lyonnais", "1 place de la Comédie", "69001", "Lyon", term="45_days_eom", invoices=14),
    _c("Salon de coiffure Mèche & Nous", "11 rue Paul-Bert", "69003", "Lyon", WORST, invoices=4),
    _c("Emballages Thomassin", "ZI Nord, avenue de l'Europe", "71000", "Mâcon", invoices=14),
    _c("Crèche Les Petits Pas SAS", "13 rue de Marseille", "69007", "Lyon", LATE, invoices=8),
    _c("Plomberie Joly et Compagnie", "28 avenue Berthelot", "69007", "Lyon", BAD, invoices=8),
    _c("Agence Horizon Conseil", "Tour Oxygène, 10 boulevard Vivier-Merle", "69003", "Lyon", LATE, term="3_10_net_30",
       invoices=8),
    _c("Théâtre de l'Élysée-Perrache SARL", "14 rue Basse-Combalot", "69007", "Lyon", BAD, term="30_70", invoices=6),
    _c("Serrurerie Abadie", "3 impasse du Four-à-Chaux", "26000", "Valence", LATE, invoices=8),
    _c("Vignobles Perrin-Maillard", "Château de la Terrière", "69220", "Cercié", invoices=8),
    _c("Studio Graphique Océane Brun EI", "19 rue des Capucins", "69001", "Lyon", BAD, invoices=5),
    _c("Logistique Alpes-Léman SA", "Parc Altaïs", "74650", "Chavanod", LATE, term="45_days_eom", invoices=14),
    _c("Construction et Patrimoine du Dauphiné", "21 rue Félix-Poulat", "38000", "Grenoble", WORST, invoices=5),
    _c("Auto-école du Pont de l'Ain", "4 rue Saint-Exupéry", "01160", "Pont-d'Ain", BAD, invoices=4, has_email=False),
    _c("Résidence seniors Les Hortensias", "90 route de Vienne", "69008", "Lyon", LATE, invoices=10),
    _c("Commune de Saint-Cyr-sur-Rhône", "Hôtel de ville, 1 place de la Mairie", "69560", "Saint-Cyr-sur-le-Rhône",
       LATE, kind="public", siren_prefix="216", invoices=10, accounting_contact="Service des marchés publics"),
    _c("Centre hospitalier de la Vallée du Gier", "19 rue Victor-Hugo", "42403", "Saint-Chamond CEDEX", LATE,
       kind="public", siren_prefix="264", term="immediate", street2="BP 168", invoices=8),
    _c("Collège public Élie-Vignal", "Rue du Collège", "69300", "Caluire-et-Cuire", kind="public", siren_prefix="196",
       invoices=5),
    _c("Syndicat des copropriétaires Le Clos des Lilas", "c/o Régie Fleury, 7 rue Vendôme", "69006", "Lyon", BAD,
       kind="copropriete", invoices=4),
    _c("Association Les Amis de la Guillotière", "25 rue de la Thibaudière", "69007", "Lyon", LATE, kind="association",
       invoices=4),
    _c("Mireille Chevallier", "6 allée des Cerisiers", "69160", "Tassin-la-Demi-Lune", LATE, kind="person",
       term="immediate", invoices=2),
    _c("Benoît Lemaître", "33 chemin du Vieux-Puits", "69340", "Francheville", BAD, kind="person", term="30_70",
       invoices=2),
    _c("Zoé Guérin", "12 rue d'Ivry", "69004", "Lyon", kind="person", term="immediate", invoices=2),
    _c("M. et Mme Raphaël Sénéchal", "Résidence du Parc, bâtiment B", "38200", "Vienne", WORST, kind="person",
       invoices=3, has_email=False),
    _c("Karim Weber", "", "", "", BAD, kind="person", invoices=2, has_email=False),
    _c("Meubles Vandenbroucke SRL", "Chaussée de Louvain 482", "1030", "Schaerbeek", LATE, kind="foreign", country="BE",
       term="45_days_eom", invoices=10),
    _c("Hudson Interiors Inc.", "270 Lafayette Street, Suite 1104", "10012", "New York", BAD, kind="foreign",
       country="US", invoices=8, currency="USD"),
    _c("Maison Aubert & Filles", "56 rue de Brest", "69002", "Lyon", invoices=10),
    _c("Ambulances Tessier", "Zone des Fourches", "42300", "Roanne", BAD, invoices=6),
)  # fmt: skip


def create_customers(env, seed=1):
    """Create the partners with their contacts and invoice addresses; returns partner ids by customer key."""
    terms = ensure_terms(env)
    partners = {customer.key: _create(env, customer, seed, terms) for customer in CUSTOMERS}
    return {key: partner.id for key, partner in partners.items()}


def _create(env, customer, seed, terms):
    rng = Random(f"{seed} {customer.key}")
    domain = f"{customer.key}.example" if customer.kind != "person" else "example.org"
    partner = env["res.partner"].create(_values(env, customer, rng, terms, domain))
    children = []
    if customer.accounting_contact:
        children.append(
            {
                "type": "contact",
                "name": customer.accounting_contact,
                "function": "Comptabilité fournisseurs",
                "email": f"{french.slug(customer.accounting_contact)}@{domain}",
            }
        )
    if customer.invoice_address:
        name, street, zip_code, city = customer.invoice_address
        children.append(
            {
                "type": "invoice",
                "name": name,
                "street": street,
                "zip": zip_code,
                "city": city,
                "country_id": partner.country_id.id,
                "email": f"factures@{domain}",
            }
        )
    for values in children:
        env["res.partner"].create(values | {"parent_id": partner.id, "lang": partner.lang})
    return partner


def _values(env, customer, rng, terms, domain):
    is_person = customer.kind == "person"
    local = customer.key.replace("-", ".") if is_person else "accounts" if customer.country == "US" else "comptabilite"
    values = {
        "name": customer.name,
        "ref": customer.key,
        "is_company": not is_person,
        "company_id": env.company.id,
        "customer_rank": 1,
        "lang": "en_US" if customer.country == "US" else french_lang(env),
        "street": customer.street or False,
        "street2": customer.street2 or False,
        "zip": customer.zip or False,
        "city": customer.city or False,
        "country_id": env["res.country"].search([("code", "=", customer.country)]).id if customer.city else False,
        "email": f"{local}@{domain}" if customer.has_email else False,
        "phone": french.phone(rng, mobile=is_person) if customer.country == "FR" else False,
        "property_payment_term_id": terms[customer.term].id,
        **_registration(customer, rng),
    }
    if customer.country == "US":
        state = env["res.country.state"].search([("code", "=", "NY"), ("country_id.code", "=", "US")], limit=1)
        values["state_id"] = state.id
    return values


def _registration(customer, rng):
    """The official numbers such a customer would give: a co-ownership and a consumer have none."""
    if customer.country == "BE":
        return {"vat": french.belgian_vat(rng)}
    if customer.country != "FR" or customer.kind in ("person", "copropriete"):
        return {}
    number = french.siren(rng, customer.siren_prefix)
    numbers = {"company_registry": french.siret(number, rng.randrange(1, 30))}
    if customer.kind == "company":
        numbers["vat"] = french.vat(number)
    return numbers
