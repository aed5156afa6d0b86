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
GUIDE = {  # name of the picture in static/description: (what it is taken from, pixels kept from the top)
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


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, default=ROOT / "docs" / "pictures")
    folder = parser.parse_args().folder
    missing = [name for name, (taken, _height) in GUIDE.items() if not list(folder.glob(taken))]
    for name, (taken, height) in GUIDE.items():
        if name not in missing:
            keep(sorted(folder.glob(taken))[0], height, ROOT / MODULE / "static" / "description" / f"{name}.png")
    for name in missing:
        print(f"  no picture for {name}: {GUIDE[name][0]}", file=sys.stderr)
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
