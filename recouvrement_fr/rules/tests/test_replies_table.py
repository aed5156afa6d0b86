import unittest
from datetime import date
from decimal import Decimal

from ..replies import own_words, read

ON = date(2026, 3, 4)  # a Wednesday
FRIDAY = date(2026, 3, 6)

# (what the debtor wrote, kind, day, amount, words of the sentence quoted); None: it stays a plain reply.
ANSWERS = (
    # --- a promise, with its day and its amount ---
    ("Bonjour,\n\nNous réglerons 1 200 € vendredi.\n\nCordialement,\nS. Martin", "promise", FRIDAY, 1200, "vendredi"),
    ("Bonjour Madame,\nLe virement de 850,50 € partira le 12 mars.", "promise", date(2026, 3, 12), "850.50", "12 mars"),
    ("Je vous paie 300 euros demain, bonne journée", "promise", date(2026, 3, 5), 300, "demain"),
    ("Le règlement interviendra au plus tard le 20/03/2026.", "promise", date(2026, 3, 20), None, "20/03"),
    ("Virement prévu mardi 10.", "promise", date(2026, 3, 10), None, "mardi 10"),
    ("Nous paierons dans deux semaines.", "promise", date(2026, 3, 18), None, "semaines"),
    ("Votre facture sera réglée fin avril.", "promise", date(2026, 4, 30), None, "fin avril"),
    ("Je vais vous régler sous quinzaine.", "promise", date(2026, 3, 19), None, "quinzaine"),
    ("Nous ferons le virement lundi en huit.", "promise", date(2026, 3, 16), None, "lundi en huit"),
    ("Un chèque de 1.250,00 EUR partira le 1er avril.", "promise", date(2026, 4, 1), 1250, "1er avril"),
    # --- a dispute, with its reason ---
    ("Nous contestons la facture : la prestation n’a jamais été réalisée.", "dispute", None, None, "prestation"),
    (
        "Bonjour,\nmarchandise non conforme au bon de commande, nous refusons de payer.",
        "dispute",
        None,
        None,
        "conforme",
    ),
    ("Le montant est erroné : nous attendons un avoir de 240 €.", "dispute", None, 240, "avoir"),
    ("Cette prestation nous a été facturée deux fois.", "dispute", None, None, "deux fois"),
    ("Nous sommes en désaccord sur le prix de la pose.", "dispute", None, None, "désaccord"),
    ("Le matériel livré est défectueux, voir photos.", "dispute", None, None, "défectueux"),
    ("Les travaux ne sont pas terminés.", "dispute", None, None, "travaux"),
    # --- already paid ---
    ("Bonjour,\nCette facture a été réglée le 27/02/2026 par virement.", "paid", date(2026, 2, 27), None, "27/02"),
    ("Nous avons déjà payé 1 200 € lundi.", "paid", date(2026, 3, 2), 1200, "lundi"),
    ("Le chèque vous a été envoyé le 20 février.", "paid", date(2026, 2, 20), None, "chèque"),
    ("Facture soldée depuis le 15 janvier 2026, merci de vérifier.", "paid", date(2026, 1, 15), None, "soldée"),
    ("Le virement de 450,00 euros est parti hier.", "paid", None, 450, "parti hier"),
    ("C’est réglé, voir justificatif joint.", "paid", None, None, "réglé"),
    # --- absent ---
    ("Je suis absent du bureau jusqu’au 16 mars.", "absent", date(2026, 3, 16), None, "absent"),
    ("Réponse automatique : en congés jusqu’au 20 mars inclus.", "absent", date(2026, 3, 20), None, "congés"),
    ("Notre société est fermée du 2 au 13 mars.", "absent", ..., None, "fermée"),
    # --- not the right person ---
    ("Mme Petit a quitté la société, merci d’écrire à compta@exemple.fr.", "wrong_person", None, None, "quitté"),
    ("Je ne m’occupe plus de la comptabilité.", "wrong_person", None, None, "comptabilité"),
    ("Vous faites erreur, je ne suis pas la bonne personne.", "wrong_person", None, None, "erreur"),
    ("Bonjour, je ne travaille plus pour cette entreprise.", "wrong_person", None, None, "travaille plus"),
    # --- unclear: a person reads it ---
    ("Bonjour,\nMerci de me rappeler.", None),
    ("Bien reçu, je transmets au service comptable.", None),
    ("Nous réglerons dès que possible.", None),
    ("Nous réglerons la semaine du 9 mars.", None),
    ("Avez-vous reçu notre virement du 2 mars ?", None),
    ("Nous n’avons pas encore payé, désolés.", None),
    ("Nous réglerons le 12 ou le 15 mars.", None),
    ("Nous avons payé la première facture, nous contestons la seconde.", None),
    ("Si vous livrez avant vendredi, nous paierons lundi.", None),
    ("Pouvez-vous me renvoyer votre RIB et la facture du 12/01/2026 ?", None),
)
OURS = "Sauf erreur, 1 200,00 € restent dus : réglez avant le 15 mars. Si vous avez déjà payé, dites-le-nous."
# What each program writes below the answer, in French; our own words, that say everything at once, must not be read.
BELOW = {
    "Outlook": f"""
________________________________
De : Compta <compta@creancier.example>
Envoyé : mardi 3 mars 2026 09:12
À : S. Martin <s.martin@durand.example>
Objet : Votre facture

{OURS}
Nous contestons tout retard. Nous réglerons vendredi.""",
    "older Outlook": f"""
-----Message d'origine-----
De : Compta [mailto:compta@creancier.example]
Envoyé : mardi 3 mars 2026 09:12
{OURS}""",
    "Outlook without its line": f"""
De : Compta <compta@creancier.example>
Date : mardi, 3 mars 2026 à 09:12
À : S. Martin <s.martin@durand.example>
Objet : Votre facture
{OURS}""",
    "Outlook, its page made text": f"""
*De :* Compta <compta@creancier.example>
*Envoyé :* mardi 3 mars 2026 09:12
{OURS}""",
    "Gmail": f"""
Le mar. 3 mars 2026 à 09:12, Compta <compta@creancier.example> a écrit :

> {OURS}
> Nous réglerons vendredi.""",
    "Gmail, a long name": f"""
Le mar. 3 mars 2026 à 09:12, Société des Menuiseries Réunies – Service recouvrement <
recouvrement@menuiseries-reunies.example> a écrit :

{OURS}""",
    "Apple Mail": f"""
Le 3 mars 2026 à 09:12, Compta <compta@creancier.example> a écrit :

{OURS}
Nous avons payé le 2 mars.""",
    "iPhone": f"""
Envoyé de mon iPhone

> Le 3 mars 2026 à 09:12, Compta <compta@creancier.example> a écrit :
>
> {OURS}""",
    "Orange": f"""
> Message du 03/03/26 09:12
> De : "Compta" <compta@creancier.example>
> A : s.martin@orange.example
> Copie à :
> Objet : Votre facture
>
> {OURS}""",
    "Orange, its new mail": f"""
envoyé : 3 mars 2026 à 09:12
de : Compta <compta@creancier.example>
à : "S. Martin" <s.martin@orange.example>
objet : Votre facture

{OURS}""",
    "Thunderbird": f"""
Le 03/03/2026 à 09:12, Compta a écrit :
> {OURS}
> Nous réglerons vendredi.
--
S. Martin""",
}


class TestRepliesTable(unittest.TestCase):
    """Forty French answers, above what each mail program quotes; a false reading costs more than none."""

    def test_each_answer_is_read_whatever_the_program_that_wrote_it(self):
        self.assertEqual(len(ANSWERS), 40)
        for text, kind, *named in ANSWERS:
            for program, below in {"none": "", **BELOW}.items():
                with self.subTest(text=text, program=program):
                    found = read(f"{text}\n{below}", ON)
                    self.assertEqual(found and found.kind, kind)
                    if not found:
                        continue
                    day, amount, words = named
                    self.assertEqual(found.day, found.day if day is ... else day)
                    self.assertEqual(found.amount, None if amount is None else Decimal(amount))
                    self.assertIn(words, found.sentence)

    def test_what_each_program_quotes_is_left_out(self):
        for program, below in BELOW.items():
            with self.subTest(program=program):
                self.assertEqual(own_words(f"Bonjour,\nBien reçu.\n{below}"), "Bonjour,\nBien reçu.")

    def test_an_answer_below_what_it_quotes_is_left_to_a_person(self):
        """Lines that a program has folded look like the debtor's own: what follows a quotation is never read."""
        below = "Le 03/03/2026 à 09:12, Compta a écrit :\n> Merci de régler.\n\nNous réglerons vendredi."
        self.assertIsNone(read(below, ON))
