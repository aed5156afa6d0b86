"""Where the figures of the law were read is said in French, where nobody wrote something else since."""

SOURCES = (
    (
        "ECB: Banque de France; legal: cbanque.com/actu/61293",
        "BCE : Banque de France ; taux légal : cbanque.com/actu/61293",
    ),
    (
        "ECB: Banque de France; legal: arrêté of 24/06/2015",
        "BCE : Banque de France ; taux légal : arrêté du 24/06/2015",
    ),
    (
        "ECB: Banque de France; legal: arrêté of 23/12/2015, JO 27/12/2015",
        "BCE : Banque de France ; taux légal : arrêté du 23/12/2015, JO 27/12/2015",
    ),
    (
        "ECB: Banque de France; legal: arrêté of 29/12/2016",
        "BCE : Banque de France ; taux légal : arrêté du 29/12/2016",
    ),
    (
        "ECB: Banque de France; legal: arrêté of 26/06/2017, JO 30/06/2017",
        "BCE : Banque de France ; taux légal : arrêté du 26/06/2017, JO 30/06/2017",
    ),
    (
        "ECB: Banque de France; legal: arrêté of 28/12/2017",
        "BCE : Banque de France ; taux légal : arrêté du 28/12/2017",
    ),
    (
        "ECB: Banque de France; legal: arrêté of 27/06/2018, JO 28/06/2018",
        "BCE : Banque de France ; taux légal : arrêté du 27/06/2018, JO 28/06/2018",
    ),
    (
        "ECB: Banque de France; legal: arrêté of 21/12/2018, JO 30/12/2018",
        "BCE : Banque de France ; taux légal : arrêté du 21/12/2018, JO 30/12/2018",
    ),
    (
        "ECB: Banque de France; legal: arrêté of 26/06/2019 ECOT1918289A",
        "BCE : Banque de France ; taux légal : arrêté du 26/06/2019 ECOT1918289A",
    ),
    (
        "ECB: Banque de France; legal: cabinet-cec.fr; aeccompta.com",
        "BCE : Banque de France ; taux légal : cabinet-cec.fr ; aeccompta.com",
    ),
    (
        "ECB: Banque de France; legal: cabinet-cec.fr (single source)",
        "BCE : Banque de France ; taux légal : cabinet-cec.fr (une seule source)",
    ),
    ("ECB: Banque de France; legal: dandrel-avocats.fr", "BCE : Banque de France ; taux légal : dandrel-avocats.fr"),
    (
        "ECB: Banque de France; legal: dandrel-avocats.fr; notaires2normandie.com",
        "BCE : Banque de France ; taux légal : dandrel-avocats.fr ; notaires2normandie.com",
    ),
    (
        "ECB: Banque de France; legal: arrêté of 26/12/2021 ECOT2138139A, JO 28/12/2021",
        "BCE : Banque de France ; taux légal : arrêté du 26/12/2021 ECOT2138139A, JO 28/12/2021",
    ),
    (
        "ECB: Banque de France; legal: arrêté of 27/06/2022",
        "BCE : Banque de France ; taux légal : arrêté du 27/06/2022",
    ),
    (
        "ECB: Banque de France; legal: notaires2normandie.com",
        "BCE : Banque de France ; taux légal : notaires2normandie.com",
    ),
    (
        "ECB: Banque de France; legal: arrêté of 27/06/2023 ECOT2317028A, JO 30/06/2023",
        "BCE : Banque de France ; taux légal : arrêté du 27/06/2023 ECOT2317028A, JO 30/06/2023",
    ),
    (
        "ECB: Banque de France; legal: leparticulier.lefigaro.fr; medicis.expert",
        "BCE : Banque de France ; taux légal : leparticulier.lefigaro.fr ; medicis.expert",
    ),
    (
        "ECB: Banque de France; legal: arrêté of 26/06/2024",
        "BCE : Banque de France ; taux légal : arrêté du 26/06/2024",
    ),
    ("ECB: retout.fr; legal: arrêté of 17/12/2024", "BCE : retout.fr ; taux légal : arrêté du 17/12/2024"),
    (
        "ECB: apl.bsi.si; legal: arrêté of 19/06/2025 ECOT2516925A, JO 24/06/2025",
        "BCE : apl.bsi.si ; taux légal : arrêté du 19/06/2025 ECOT2516925A, JO 24/06/2025",
    ),
    (
        "ECB: apl.bsi.si; legal: arrêté of 15/12/2025, JO 26/12/2025",
        "BCE : apl.bsi.si ; taux légal : arrêté du 15/12/2025, JO 26/12/2025",
    ),
    (
        "Secondary sources only: the order of 26/06/2026 was not read, nor the ECB rate at its source",
        "Sources secondaires seulement : ni l’arrêté du 26/06/2026 ni le taux de la BCE n’ont été lus à leur source",
    ),
    ("Légifrance copy of L441-10, 2026-11", "Copie Légifrance de l’article L441-10, novembre 2026"),
    ("Before décret 2012-1115 there was none", "Avant le décret 2012-1115, il n’y en avait pas"),
    (
        "LEGIARTI000043197457, as quoted by a public survey of 2026-09",
        "LEGIARTI000043197457, cité par une étude publique de septembre 2026",
    ),
    ("Before décret 2013-269 there was none", "Avant le décret 2013-269, il n’y en avait pas"),
    ("Public survey of 2026-09 that quotes Légifrance", "Étude publique de septembre 2026 qui cite Légifrance"),
    ("General knowledge: the text was not read", "Connaissance générale : le texte n’a pas été lu"),
    ("Public pages read on 2026-11-26", "Pages publiques lues le 26/11/2026"),
    (
        "LEGIARTI000036899789, as quoted by a public survey of 2026-09",
        "LEGIARTI000036899789, cité par une étude publique de septembre 2026",
    ),
    ("iblog.redlink.fr, text of L441-16", "iblog.redlink.fr, texte de l’article L441-16"),
    ("Légifrance copy of the civil code", "Copie Légifrance du code civil"),
    ("Practitioner notes quoting C.civ 1343-5", "Notes de praticiens citant C. civ. 1343-5"),
    (
        "The general delay of deduction: its text was not read",
        "Délai général de déduction : son texte n’a pas été lu",
    ),
    ("BOI-TVA-DED-40-10-20, read second hand", "BOI-TVA-DED-40-10-20, lu de seconde main"),
    (
        "Ordonnances 2025-1247 and 2026-671: number in the CIBS to be checked",
        "Ordonnances 2025-1247 et 2026-671 : numéro dans le CIBS à vérifier",
    ),
    (
        "C.com A444-11 n° 4: 25.79 EUR x 2 above 1,280 EUR (x 1 above 128, x 0.5 below)"
        ", and 8.80 of travel (A444-48); VAT to be added",
        "C. com. A444-11 n° 4 : 25,79 € × 2 au-delà de 1 280 € (× 1 au-delà de 128 €, × 0,5 en deçà)"
        ", et 8,80 € de déplacement (A444-48) ; TVA en sus",
    ),
    (
        "25.19 to 38.40 EUR according to sources; nothing before the tribunal judiciaire",
        "25,19 à 38,40 € selon les sources ; rien devant le tribunal judiciaire",
    ),
    (
        "CGI 1635 bis Q (loi 2026-103, art. 128), before the tribunal judiciaire",
        "CGI 1635 bis Q (loi 2026-103, art. 128), devant le tribunal judiciaire",
    ),
    ("Practice: depends on the claim (C.com A444-10 s.)", "Usage : selon la créance (C. com. A444-10 s.)"),
    ("Practice", "Usage"),
)
ARTICLES = (
    ("CPCE L124-1, R124-1 to R124-7", "CPCE L124-1, R124-1 à R124-7"),
    ("CPC 1405 to 1425", "CPC 1405 à 1425"),
)


def migrate(cr, _version):
    for old, new in SOURCES:
        cr.execute("UPDATE recouvrement_rate SET source = %s WHERE source = %s", (new, old))
        cr.execute("UPDATE recouvrement_legal_figure SET source = %s WHERE source = %s", (new, old))
        cr.execute("UPDATE recouvrement_mention SET source = %s WHERE source = %s", (new, old))
        cr.execute("UPDATE recouvrement_proceeding_cost SET source = %s WHERE source = %s", (new, old))
    for old, new in ARTICLES:
        cr.execute("UPDATE recouvrement_proceeding SET article = %s WHERE article = %s", (new, old))
