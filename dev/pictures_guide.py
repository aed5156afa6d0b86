"""The pictures of the guide and of the add-on's own page, taken from those of ``make pictures``: part of it.

Cut where the screen has said what it has to, and of few colours: a page of documentation is read on a train.
"""

import argparse
import sys
from pathlib import Path

from devtools import Failed
from env import MODULE, ROOT
from PIL import Image

COLOURS = 256
LARGEST = 120_000  # bytes of a picture
DESCRIPTION = {  # name of the picture in static/description: (what it is taken from, pixels kept from the top)
    "agenda": ("claire_debtor_today.png", 620),
    "debtor": ("claire_debtor_today_form.png", 1100),
    "print_queue": ("claire_dispatch_post.png", 900),
    "reminder": ("claire_reminder_form.png", 900),
    "invoice": ("claire_invoice_form_tab_recouvrement.png", 1300),
    "activation": ("marc_activation.png", 900),
    "policy": ("marc_policy_form.png", 900),
    "run": ("claire_run_form.png", 900),
    "case": ("claire_case_form.png", 1100),
    "letter_courteous": ("letter_reminder_courteous_*_letter-1.png", None),
    "letter_firm": ("letter_reminder_firm_*_letter-1.png", None),
    "letter_formal_notice": ("letter_formal_notice_*-1.png", None),
    "letter_statement": ("statement-1.png", None),
}
GUIDE = {  # the same in docs/guide, which the user's guide alone shows
    "tableau-de-bord": ("claire_dashboard.png", 1900),
    "appel": ("claire_acte_appel_1_dialog.png", None),
    "promesse": ("claire_acte_promesse_1_dialog.png", None),
    "litige": ("claire_acte_litige_1_dialog.png", None),
    "echeancier": ("claire_acte_echeancier_1_dialog.png", None),
    "echeancier-propose": ("claire_acte_proposition_3.png", 1100),
    "releve": ("claire_acte_releve_1_dialog.png", None),
    "e-mail": ("claire_acte_e-mail_1_dialog.png", None),
    "factures": ("claire_invoice_list.png", 620),
    "credit": ("marc_acte_credit-approuve_3.png", 1000),
    "payeur": ("claire_payer_profile_form.png", 800),
    "qualite": ("claire_quality.png", 620),
    "balance": ("claire_aged.png", 620),
    "accord": ("marc_reminder_to_approve.png", 620),
    "simulation": ("marc_acte_simulation_2.png", 900),
    "perte": ("marc_acte_passage-en-perte_1_dialog.png", None),
    "depreciation": ("marc_acte_depreciation_2.png", 900),
    "procedure": ("marc_acte_procedure_1_dialog.png", None),
    "accord-du-creancier": ("marc_acte_accord-du-creancier_1_dialog.png", None),
    "etape": ("marc_acte_etape_1_dialog.png", None),
    "decompte": ("marc_acte_decompte_1_dialog.png", None),
    "procedure-collective": ("claire_insolvency_form.png", 900),
    "prescription": ("claire_limitation_calendar.png", 620),
    "reglages": ("marc_manager_settings.png", 1900),
    "telephone": ("claire_acte_telephone_debtor_form.png", 1200),
}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, default=ROOT / "docs" / "pictures")
    folder = parser.parse_args().folder
    missing = []
    for pictures, place in ((DESCRIPTION, ROOT / MODULE / "static" / "description"), (GUIDE, ROOT / "docs" / "guide")):
        place.mkdir(exist_ok=True)
        for name, (taken, height) in pictures.items():
            found = sorted(folder.glob(taken))
            if found:
                keep(found[0], height, place / f"{name}.png")
            else:
                missing.append(f"  no picture for {name}: {taken}")
    print("\n".join(missing), end="", file=sys.stderr)
    return bool(missing)


def keep(taken, height, file):
    """:raises Failed: it is larger than a page of documentation should load"""
    image = Image.open(taken).convert("RGB")
    image = image.crop((0, 0, image.width, min(height or image.height, image.height)))
    image.quantize(COLOURS, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE).save(file, "PNG", optimize=True)
    if file.stat().st_size >= LARGEST:
        raise Failed(f"{file.name} weighs {file.stat().st_size >> 10} kB")
    print(f"  {file.name} {file.stat().st_size >> 10} kB", flush=True)


if __name__ == "__main__":
    sys.exit(main())
