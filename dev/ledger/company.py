"""The creditor: a French limited company with its chart of accounts, taxes, bank, journals, terms and products."""

from datetime import timedelta
from random import Random

from ledger import french

COMPANY_NAME = "Ateliers Vasseur SARL"
SIREN = french.siren(Random("Ateliers Vasseur"), prefix="8")
IBAN = french.iban("99999", "06930", "00045127083")

# key: (name, [(percent, delay type, days)], early discount in percent and days or None)
TERMS = {
    "immediate": ("Comptant à réception", [(100, "days_after", 0)], None),
    "30_days": ("30 jours", [(100, "days_after", 30)], None),
    "45_days_eom": ("45 jours fin de mois", [(100, "days_end_of_month_on_the", 45)], None),
    "30_70": ("30 % à la commande, 70 % à 60 jours", [(30, "days_after", 0), (70, "days_after", 60)], None),
    "3_10_net_30": ("30 jours, escompte 3 % sous 10 jours", [(100, "days_after", 30)], (3.0, 10)),
}

# key: (name, what the chart calls its tax, usual price)
PRODUCTS = {
    "table": ("Table de réunion en chêne massif", "tva_normale", 1890.0),
    "bibliotheque": ("Bibliothèque sur mesure, frêne huilé", "tva_normale", 2640.0),
    "comptoir": ("Comptoir d'accueil, stratifié et laiton", "tva_normale", 3150.0),
    "chaise": ("Chaise empilable « Croix-Rousse »", "tva_normale", 128.0),
    "cloison": ("Cloison acoustique mobile", "tva_normale", 760.0),
    "renovation": ("Rénovation de menuiseries intérieures", "tva_intermediaire", 1450.0),
    "escalier": ("Réfection d'escalier (logement de plus de deux ans)", "tva_intermediaire", 3280.0),
    "isolation": ("Fenêtre bois à isolation renforcée, posée", "tva_reduite", 980.0),
    "entretien": ("Contrat d'entretien trimestriel", "tva_normale_encaissement", 390.0),
}


def setup_company(env, today=None):
    """Make the current company the creditor of the story; call it once, on a database without entries.

    Fields of the add-on are filled when it is installed. Returns the company.
    """
    company = env.company
    env["account.chart.template"].try_loading("fr", company)
    country = env.ref("base.fr")
    company.write(
        {
            "name": COMPANY_NAME,
            "street": "14 quai Arloing",
            "street2": "Cour des Menuisiers",
            "zip": "69009",
            "city": "Lyon",
            "country_id": country.id,
            "vat": french.vat(SIREN),
            "company_registry": french.siret(SIREN, 2),
            "phone": "+33 4 65 71 20 34",
            "email": "comptabilite@ateliers-vasseur.example",
            "website": "https://www.ateliers-vasseur.example",
            "currency_id": env.ref("base.EUR").id,
        }
    )
    legal = {
        "recouvrement_legal_form": "SARL",
        "recouvrement_share_capital": 80000.0,
        "recouvrement_rcs_city": "Lyon",
    }
    company.write({name: value for name, value in legal.items() if name in company._fields})
    company.partner_id.lang = french_lang(env)
    _setup_bank(env, company)
    ensure_terms(env)
    ensure_products(env)
    if today:
        setup_dollars(env, today)
    return company


def french_lang(env):
    """French where it is installed."""
    return "fr_FR" if env["res.lang"]._get_data(code="fr_FR") else env.lang or "en_US"


def _setup_bank(env, company):
    bank = env["res.bank"].create({"name": "Banque Fictive de Lyon", "bic": "FICTFRPPXXX"})
    account = env["res.partner.bank"].create(
        {"acc_number": IBAN, "partner_id": company.partner_id.id, "bank_id": bank.id, "company_id": company.id}
    )
    bank_journal(env).write({"name": "Banque", "bank_account_id": account.id})


def bank_journal(env):
    return _first_journal(env, "bank")


def sale_journal(env):
    return _first_journal(env, "sale")


def general_journal(env):
    return _first_journal(env, "general")


def _first_journal(env, kind):
    domain = [("type", "=", kind), ("company_id", "=", env.company.id)]
    return env["account.journal"].search(domain, order="sequence, id", limit=1)


def chart(env, name):
    """A record of the chart of accounts by the name the chart gives it."""
    return env["account.chart.template"].ref(name)


def ensure_terms(env):
    """Payment terms by key, created when the company does not have them yet."""
    found = {}
    for key, (name, lines, discount) in TERMS.items():
        domain = [("name", "=", name), ("company_id", "=", env.company.id)]
        found[key] = env["account.payment.term"].search(domain, limit=1) or _create_term(env, name, lines, discount)
    return found


def _create_term(env, name, lines, discount):
    values = {
        "name": name,
        "note": f"Conditions de règlement : {name}.",
        "company_id": env.company.id,
        "line_ids": [
            (
                0,
                0,
                {
                    "value": "percent",
                    "value_amount": share,
                    "delay_type": kind,
                    "nb_days": days,
                    "days_next_month": "0",  # zero: the last day of the month
                },
            )
            for share, kind, days in lines
        ],
    }
    if discount:
        percent, days = discount
        values |= {"early_discount": True, "discount_percentage": percent, "discount_days": days}
    return env["account.payment.term"].create(values)


def ensure_products(env):
    """Products by key, created when they do not exist yet."""
    found = {}
    for key, (name, tax, price) in PRODUCTS.items():
        product = env["product.product"].search([("default_code", "=", key.upper())], limit=1)
        found[key] = product or env["product.product"].create(
            {
                "name": name,
                "default_code": key.upper(),
                "type": "service" if tax.endswith("encaissement") else "consu",
                "list_price": price,
                "taxes_id": [(6, 0, chart(env, tax).ids)],
                "purchase_ok": False,
            }
        )
    return found


def setup_dollars(env, today):
    """Activate the US dollar with an invented rate per month over the two years before `today`."""
    dollar = env.ref("base.USD")
    dollar.active = True
    rng = Random("dollars")
    month, rates = today.replace(day=1), []
    for _ in range(24):
        rates.append(
            {
                "name": month,
                "currency_id": dollar.id,
                "company_id": env.company.root_id.id,
                "rate": round(1.08 + 0.1 * rng.random(), 4),
            }
        )
        month = (month - timedelta(days=1)).replace(day=1)
    env["res.currency.rate"].create(rates)
    return dollar
