import unittest
from datetime import date
from decimal import Decimal

from ..replies import read

ON = date(2026, 3, 4)  # a Wednesday

# (e-mail, kind, day, amount): as debtors write them. None: a person reads it, nothing is proposed.
MAILS = (
    # --- already paid ---
    ("Bonjour,\n\nLe virement a été fait lundi.\n\nCordialement,\nS. Martin", "paid", date(2026, 3, 2)),
    ("Nous avons payé le 20 décembre.", "paid", date(2025, 12, 20)),
    ("Nous avons payé le 10 mars.", "paid"),  # a day to come is none of the past
    ("Bonjour\nfacture réglée par virement le 27/02/2026, merci de vérifier vos comptes", "paid", date(2026, 2, 27)),
    ("Cette facture est déjà payée depuis le 15 janvier 2026.", "paid", date(2026, 1, 15)),
    ("Bonjour, je vous ai payé par chèque la semaine dernière.\nBonne journée", "paid"),
    ("Le règlement de 1 200,00 € est parti hier de notre banque.", "paid", None, Decimal(1200)),
    ("Sauf erreur de ma part, nous avons réglé cette facture le 2 mars.", None),
    ("Bonjour,\nLe chèque vous a été envoyé le 27/02/2026.\nBien à vous", "paid", date(2026, 2, 27)),
    # --- will pay ---
    ("Bonjour,\nLe paiement sera effectué vendredi 6 mars.\nCdlt", "promise", date(2026, 3, 6)),
    ("Bonjour Madame, je vous règle la totalité le 15 de ce mois.", "promise", date(2026, 3, 15)),
    ("Nous procéderons au virement de 850 € le 20 mars.", "promise", date(2026, 3, 20), Decimal(850)),
    ("Règlement prévu le 31/03.", "promise", date(2026, 3, 31)),
    ("Nous payerons fin mars, merci de patienter.", "promise", date(2026, 3, 31)),
    ("Un virement sera fait sous 48h.", "promise", date(2026, 3, 6)),
    ("Bonjour, virement programmé pour le 10 mars.", "promise", date(2026, 3, 10)),
    ("On vous paie demain sans faute.", "promise", date(2026, 3, 5)),
    ("Je ne peux pas payer avant le 20 mars.", None),
    ("Nous réglerons dès que notre client nous aura payés.", None),
    ("Pouvez-vous attendre jusqu'au 20 mars ?", None),
    # --- contests ---
    ("Nous contestons cette facture : la prestation n'a pas été réalisée.", "dispute"),
    ("Bonjour,\nNous n'avons jamais reçu la marchandise correspondante.", "dispute"),
    ("La quantité facturée ne correspond pas à la livraison.", "dispute"),
    ("Le montant est erroné, nous attendons un avoir de 240 €.", "dispute", None, Decimal(240)),
    ("Le matériel livré est cassé, je refuse de payer.", "dispute"),
    ("Je ne suis pas d'accord avec le montant de votre facture.", "dispute"),
    ("Le chantier n’est pas terminé, nous ne paierons pas en l’état.", "dispute"),
    # --- wrong person ---
    ("Bonjour, vous faites erreur, je ne connais pas cette société.", "wrong_person"),
    ("Mme Petit a quitté la société, merci d'écrire à compta@exemple.fr", "wrong_person"),
    ("Je ne m'occupe plus de la comptabilité, voyez avec M. Roche.", "wrong_person"),
    # --- absent ---
    ("Bonjour,\nJe suis actuellement absente, de retour le 16 mars.\nPour toute urgence : 01 02 03 04 05", "absent"),
    ("Réponse automatique : je suis en congé jusqu'au 20 mars inclus.", "absent", date(2026, 3, 20)),
    ("Notre société est fermée pour congés du 2 au 13 mars.", "absent"),
    # --- nothing ---
    ("Bonjour,\nPouvez-vous me renvoyer la facture en pièce jointe ?\nMerci", None),
    ("Bien reçu, je transmets au service comptable.", None),
    ("Merci de me communiquer votre RIB.", None),
    ("Avez-vous reçu notre virement ?", None),
    ("Nous avons payé une partie le 1er mars, le reste sera réglé le 31 mars.", None),
    ("Le 12 mars 2026, vous nous avez relancés pour rien.", None),
    ("Bonjour, je suis sous curatelle, contactez mon curateur.", None),
    ("Ok.", None),
    ("Bonjour,\nMerci.\n\nLe lun. 2 mars 2026 à 10:02, Compta <c@x.fr> a écrit :\n> Nous paierons le 12 mars", None),
    ("Pas de souci, on s'en occupe.\n\nEnvoyé de mon iPhone\n\n> Le 3 mars 2026, vous contestez", None),
)


class TestRealReplies(unittest.TestCase):
    """What French debtors write, and what is proposed of it; a wrong proposal is worse than none."""

    def test_each_mail_is_read_as_a_collector_would(self):
        for text, kind, *named in MAILS:
            with self.subTest(text=text):
                found = read(text, ON)
                self.assertEqual(found and found.kind, kind)
                if found and kind in ("paid", "promise", "dispute"):
                    day, amount = [*named, None, None][:2]
                    self.assertEqual((found.day, found.amount), (day, amount))
