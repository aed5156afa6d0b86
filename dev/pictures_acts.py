"""Pictures of what follows an act: the dialog filled in, the screen once it is saved, the card, the document it makes.

Played on a copy of the demonstration, which is dropped; part of ``make pictures``. Then the main screens as a telephone
shows them.
"""

import argparse
import contextlib
import json
import subprocess
import sys
import types
from datetime import date, timedelta
from pathlib import Path
from time import sleep

from devtools import Browser, Failed
from env import DEMO, ROOT, clone, drop
from machine import browser
from pictures import FORMS, TALL, WIDE, Screens, Server, letters

PHONE = (390, 1400)
HELD = ("promise_ids", "plan_ids", "dispute_ids", "case_ids")
PROPOSED = [["reason", "=", "case_proposal"], ["case_ids", "=", False]]
LATE = [["overdue_amount", ">", 0], ["reason", "not in", ("insolvent", "case_proposal", "failed")]]
OWING = [*LATE, *([name, "=", False] for name in HELD)]  # each gets one act
LIVE = [["state", "!=", "closed"]]
FREE = [*LIVE, ["proceeding_id", "=", False]]
ASKED = [*LIVE, ["awaits_approval", "=", True]]
BEGUN = [*LIVE, ["run_ids.state", "=", "running"]]
CLAIMS = '@.o_notebook_headers a[name="claims"]'
NEW, SAVE, COG = "@.o_list_button_add", "@.o_form_button_save", "@.o_cp_action_menus button"
CREDIT, IMPAIRMENT = "recouvrement.credit.review", "recouvrement.provision"
TRUSTED = "Onze factures payées en deux ans, comptes 2025 bénéficiaires."
CARD, CASE, PLAN = "recouvrement.debtor", "recouvrement.case", "recouvrement.plan"
LOSS = "recouvrement.write.off"
PENDING = [["state", "=", "proposed"]]
IN_A_YEAR = date.today() + timedelta(days=365)
SIGNER = "Jeanne Picard, gérante"
MESSAGE = "Bonjour, pourriez-vous nous dire quand partira le virement de vos factures échues ? Merci d’avance."
REASON = "La mise en demeure est restée sans réponse."
# name, who, model, which record, what is pressed, what is typed ("=n": the nth proposed, "~word": the first found by
# it), what saves
ACTS = (
    ("promesse", "claire", CARD, OWING, ("Promesse",), {"note": "Virement vendredi"}),
    ("litige", "claire", CARD, OWING, ("Litige",), {"reason_id": 1, "description": "Deux palettes manquent"}),
    ("echeancier", "claire", CARD, OWING, ("Échéancier",), {"count": "4"}),
    ("proposition", "claire", PLAN, [["state", "=", "draft"]], ("Proposer",), {}),
    ("accord", "claire", PLAN, PENDING, ("Accepté par le débiteur",), {"accepted_by": SIGNER, "signature": "@"}),
    ("appel", "claire", CARD, LATE, ("Noter un appel",), {"note": "Rappelle demain"}),
    ("e-mail", "claire", CARD, LATE, ("Écrire un e-mail",), {"subject": "Votre compte", "body": MESSAGE}),
    ("releve", "claire", CARD, LATE, ("Relevé de compte",), {}),
    ("releve-a-poster", "claire", CARD, LATE, ("Relevé de compte",), {"how": 1}),
    ("suspension", "claire", CARD, OWING, ("Suspendre",), {"reason": "Nous rencontre lundi"}),
    ("visite", "claire", CARD, LATE, ("Noter une visite",), {"note": "Reçu par la comptable"}),
    ("conditions", "claire", CARD, [], ("@.o_recouvrement_facts .o_recouvrement_correct",), {}),
    ("coordonnees", "claire", CARD, [], ("@.o_recouvrement_contacts .o_recouvrement_correct",), {}),
    (
        *("credit", "claire", "recouvrement_fr.recouvrement_credit_review_action", None, (NEW,)),
        {"debtor_id": "=1", "limit_amount": "15000", "review_date": f"{IN_A_YEAR:%d/%m/%Y}", "reasons": TRUSTED},
        (SAVE, "Demander l’approbation"),
    ),
    ("dossier", "marc", CARD, PROPOSED, ("Contentieux",), {}),
    ("procedure", "marc", CASE, FREE, ("Engager une procédure",), {"proceeding_id": "~injonction", "reason": REASON}),
    ("accord-du-creancier", "marc", CASE, ASKED, ("Donner ou refuser l’accord",), {"comment": "Créance certaine."}),
    ("etape", "marc", CASE, BEGUN, ("Enregistrer une étape",), {"details": "Déposée au greffe"}),
    ("evenement", "marc", CASE, BEGUN, ("Noter un événement",), {"summary": "Appel du commissaire de justice"}),
    ("decompte", "marc", CASE, BEGUN, ("Décompte",), {}, "PDF"),
    ("douteux", "marc", CASE, LIVE, (CLAIMS, "Passer en clients douteux"), {"reason": REASON}),
    ("passage-en-perte", "marc", CARD, LATE, (COG, "Proposer un passage en perte"), {"reason": "=1", "note": REASON}),
    ("perte-approuvee", "marc", LOSS, [["state", "=", "proposed"]], ("Approuver",), {}),
    ("credit-approuve", "marc", CREDIT, [["state", "=", "asked"]], ("Approuver",), {}),
    ("depreciation", "marc", "recouvrement_fr.recouvrement_provision_action", None, (NEW,), {}, ("Calculer",)),
    ("depreciation-ecriture", "marc", IMPAIRMENT, [["state", "=", "computed"]], ("Préparer l’écriture",), {}),
    ("simulation", "marc", "recouvrement_fr.recouvrement_simulation_action", None, (), {}),
)
ON_A_PHONE = (
    *("recouvrement.debtor", "recouvrement.reminder", "recouvrement.dispatch", "recouvrement.case"),
    *("recouvrement.plan", "recouvrement.promise", "recouvrement.dispute", "recouvrement.run"),
)


class Acts(Screens):
    """Somebody who acts, and looks at what it did."""

    def act(self, name, model, domain, presses, typed, save=None):
        self.page.size(*TALL)
        if domain is None:
            self.do(model)
        else:
            record = self.chosen(model, domain)
            self.do({"type": "ir.actions.act_window", "res_model": model, "res_id": record, "views": [[False, "form"]]})
        self.calm()
        for label in presses:
            self.press(label)
        for field, value in typed.items():
            self.fill(field, value)
        self.picture(f"{name}_1")
        self.save(save)
        self.refused()
        self.picture(f"{name}_2")
        if domain is not None:
            self.do({"type": "ir.actions.act_window", "res_model": model, "res_id": record, "views": [[False, "form"]]})
            self.calm()
            self.picture(f"{name}_3")

    def chosen(self, model, domain):
        """A record that no act has touched yet."""
        used = self.used.setdefault(model, []) if domain is OWING else []
        found = self.call(model, "search", [[*domain, ["id", "not in", used]]], {"limit": 1})
        if not found:
            raise Failed(f"no {model} left for {domain}")
        used += found
        return found[0]

    def press(self, label):
        """A button by its words, under “More” where it is not beside; #a tab; @a selector."""
        if label[0] == "@":
            self.page.until(f"Boolean(document.querySelector({json.dumps(label[1:])}))", 20)
            self.page.run(f"document.querySelector({json.dumps(label[1:])}).click()")
            return self.calm()
        if label[0] == "#":
            kind, label = ".o_form_view .nav-link", label[1:]
        else:
            kind = ".o_form_view button, .o-dropdown--menu button, .o-dropdown--menu .o-dropdown-item:not(:has(button))"
        found = (
            f"[...document.querySelectorAll({json.dumps(kind)})]"
            f".find((el) => el.offsetParent && el.textContent.trim() === {json.dumps(label)})"
        )
        if not self.page.run(f"Boolean({found})"):
            self.page.run("document.querySelector('.o_recouvrement_more')?.click()")
            self.page.until(f"Boolean({found})", 20)
        self.page.run(f"{found}.click()")
        self.calm()
        self.answer()

    def discard(self):
        """What was not saved is not: the next act begins on a form of its own."""
        self.close()
        self.page.run("document.querySelector('.o_form_button_cancel')?.click()")
        self.calm()

    def answer(self):
        """Yes, to a question."""
        asked = ".modal:not(:has(.o_form_view, .o_error_dialog)) footer .btn-primary"
        if self.page.run(f"Boolean(document.querySelector({json.dumps(asked)}))"):
            self.page.run(f"document.querySelector({json.dumps(asked)}).click()")
            self.calm()

    def fill(self, name, value):
        dialog = self.page.run("Boolean(document.querySelector('.modal .o_form_view'))")
        field = f'{".modal" if dialog else ".o_form_view"} .o_field_widget[name="{name}"]'
        if value in ("", None):
            return None
        if isinstance(value, int):
            choices = json.dumps(f"{field} .o_selection_badge, {field} .o_radio_input")
            self.page.run(f"document.querySelectorAll({choices})[{value}].click()")
            return self.calm()
        if value == "@":
            return self.sign(field)
        if value[0] in "=~":
            return self.choose(field, value[1:])
        shown = json.dumps(f"{field} :is(input, textarea, .odoo-editor-editable)")
        if self.page.run(f"!document.querySelector({shown})"):  # a date is a button until it is pressed
            self.page.run(f"document.querySelector({json.dumps(f'{field} button')})?.focus()")
        self.page.until(f"Boolean(document.querySelector({shown}))", 20)
        if self.page.run(f"Boolean(document.querySelector({json.dumps(f'{field} .odoo-editor-editable')}))"):
            self.page.run(f"document.querySelector({json.dumps(f'{field} .odoo-editor-editable')}).focus()")
            self.page.run(f"document.execCommand('insertText', false, {json.dumps(value)})")
            return self.calm()
        self.write(f"{field} input, {field} textarea", value)

    def sign(self, field):
        """Adopt the signature that its name makes."""
        self.page.run(f"document.querySelector({json.dumps(f'{field} .o_signature')}).click()")
        adopt = ".modal:has(.o_web_sign_signature) footer .btn-primary"
        self.page.until(f"Boolean(document.querySelector({json.dumps(f'{adopt}:not([disabled])')}))", 20)
        self.page.run(f"document.querySelector({json.dumps(adopt)}).click()")
        return self.calm()

    def write(self, selector, value, events=("input", "change")):
        self.page.run(
            f"(() => {{ const input = document.querySelector({json.dumps(selector)});"
            f"input.value = {json.dumps(value)};"
            f"for (const event of {json.dumps(events)}) input.dispatchEvent(new Event(event, {{bubbles: true}})); }})()"
        )
        self.calm()

    def choose(self, field, which):
        """The nth of the records that a field proposes, or the first that a word finds."""
        self.page.run(f"document.querySelector({json.dumps(f'{field} input')}).click()")
        number = int(which) if which.isdigit() else 1
        if not which.isdigit():
            self.calm()
            self.write(f"{field} input", which, ("input",))
            sleep(0.5)  # what is typed is searched once nothing more is typed
        items = "document.querySelectorAll('.o-autocomplete--dropdown-item a, .o_select_menu_item')"
        self.page.until(f"Boolean({items}[{number - 1}])", 20)
        self.calm()  # what is proposed first is proposed again once it is searched
        self.page.run(f"{items}[{number - 1}].click()")
        return self.calm()

    def refused(self):
        """:raises Failed: the dialog was not saved: what it says"""
        said = ".o_notification_bar.bg-danger, .o_error_dialog, .modal:not(:has(.o_form_view)) .modal-body"
        words = self.page.run(
            f"[...document.querySelectorAll({json.dumps(said)})].map((el) => el.parentElement.innerText.trim()).join()"
        )
        if words:
            raise Failed(f"refused: {words[:300]}")

    def save(self, label=None):
        """Press what a dialog is for: its first button, or the one of these words; without one, these in turn."""
        if isinstance(label, tuple):
            for each in label:
                self.press(each)
            return
        kind = "button" if label else ".btn-primary"
        meant = f" && el.innerText.trim() === {json.dumps(label)}" if label else ""
        main = f"[...document.querySelectorAll('.modal footer {kind}')].find((el) => el.offsetParent{meant})"
        if self.page.run(f"Boolean({main})"):
            self.page.run(f"{main}.click()")
            self.calm()
            self.answer()
            self.settled()

    def settled(self):
        """The dialog is gone, or something is said; one that stays open, to be read, is given a moment."""
        said = "document.querySelector('.o_notification, .o_error_dialog')"
        ends = f"!document.querySelector('.modal .o_form_view') || {said}"
        with contextlib.suppress(Failed):
            self.page.until(f"Boolean({ends})", 8)
        self.calm()

    def phone(self):
        """The main screens as a telephone shows them."""
        self.page.size(*PHONE, phone=True)
        for model in ON_A_PHONE:
            short = model.split(".")[1]
            views = [[False, "kanban"], [False, "list"], [False, "form"]]
            views = views if model not in ("recouvrement.run",) else views[1:]
            found = self.call(model, "search", [FORMS.get(model, [])], {"limit": 1, "order": "id desc"})
            try:
                self.do({"type": "ir.actions.act_window", "res_model": model, "views": views})
                self.calm()
                self.picture(f"telephone_{short}")
                if found:
                    form = {"res_id": found[0], "views": [[False, "form"]]}
                    self.do({"type": "ir.actions.act_window", "res_model": model, **form})
                    self.calm()
                    self.picture(f"telephone_{short}_form")
            except Failed as error:
                print(f"  {self.login} telephone {short}: {error}", file=sys.stderr)
        self.page.size(*WIDE)

    def picture(self, name):
        self.page.picture(self.file(f"acte_{name}"))
        dialog = ".modal .modal-content:has(.o_form_view)"
        if self.page.run(f"Boolean(document.querySelector({json.dumps(dialog)}))"):
            self.page.picture(self.file(f"acte_{name}_dialog"), of=dialog)
        if not name.startswith("telephone"):
            self.read(f"acte_{name}")
        print(f"  {self.login} acte_{name}", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", default=DEMO)
    parser.add_argument("--folder", type=Path, default=ROOT / "docs" / "pictures")
    parser.add_argument("--match", default="", help="acts whose name holds these words; “telephone” for the telephone")
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    copy = f"{options.database}_acts"
    clone(options.database, copy)
    try:
        failed = played(copy, options)
        if not options.match:
            letters(copy, options.folder, since="now() AT TIME ZONE 'UTC' - interval '1 hour'", name="acte_")
    finally:
        drop(copy)
    for line in failed:
        print(line, file=sys.stderr)
    return bool(failed)


def played(database, options):
    """Play each act; what went wrong, in words."""
    failed, used = [], {}
    with Server(database) as server, Browser(browser(), timeout=600) as page:
        for login in ("claire", "marc"):
            given = types.SimpleNamespace(folder=options.folder, match="")
            person = Acts(page, server, login, given)
            person.used = used
            for name, who, *act in ACTS:
                if who != login or options.match not in name:
                    continue
                try:
                    person.act(name, *act)
                except Failed as error:
                    page.picture(person.file(f"acte_{name}_failed"))
                    failed.append(f"{login} {name}: {error}")
                person.discard()
            failed += dict.fromkeys(person.wrong)
            if login == "claire" and options.match in "telephone":
                person.phone()
        failed += [f"console: {error[:600]}" for error in page.errors]
    return failed


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (Failed, subprocess.CalledProcessError) as failure:
        sys.exit(f"error: {failure}")
