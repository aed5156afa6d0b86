"""Make a picture of every screen and of every letter of the demonstration: ``make pictures``.

What a collector, a manager and a legal officer see: each menu and the first record behind it, the dialogs that a card,
a case and a reminder open, then the pages of each letter; the debtor's own page is drawn by ``pictures_door.py``.
Console errors are told at the end, and are a failure: a picture of a broken screen is none. So is an English word, or a
column that is cut: what a test reads of its own few records is read here of fifteen months of them.
"""

import argparse
import contextlib
import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
import time
import urllib.request
import warnings
from pathlib import Path

from demo import USERS, MailServer
from devtools import Browser, Failed
from env import DEMO, MODULE, ROOT
from machine import browser
from serve import free, point_to

WIDE, TALL = (1400, 900), (1400, 1700)
LONG = {"dashboard": (1400, 3400), "manager_settings": (1400, 3400)}  # screens that are read by scrolling
CALM = "!document.querySelector('.o_loading_indicator, .o_blockUI, .o_view_nocontent_loading')"
ACTION = "odoo.__WOWL_DEBUG__.root.env.services.action"
# The action shown, if what it lists opens as a form.
OPENS = f"((one) => one?.views?.some(([, kind]) => kind === 'form') && one)({ACTION}.currentController?.action)"
TALL_FORMS = ("recouvrement.debtor", "recouvrement.case", "recouvrement.policy", "account.move")
INVOICES = "account.action_move_out_invoice_type"
FORMS = {  # record by whom it shows best; any other model shows its first record
    "account.move": [
        *(["move_type", "=", "out_invoice"], ["payment_state", "=", "not_paid"]),
        ["line_ids.recouvrement_level_id.kind", "=", "formal_notice"],
    ],
    "recouvrement.debtor": [["overdue_amount", ">", 0]],
    "recouvrement.reminder": [["state", "=", "sent"]],
}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", default=DEMO)
    parser.add_argument("--folder", type=Path, default=ROOT / "docs" / "pictures")
    parser.add_argument("--only", choices=("screens", "letters"))
    parser.add_argument("--match", default="", help="screens whose name holds these words, for whoever mends one")
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    print(f"Pictures in {options.folder}", flush=True)
    errors, wrong = [], []
    if options.only != "letters":
        with Server(options.database) as server, Browser(browser(), timeout=600) as page:
            for login in USERS:
                screens = Screens(page, server, login, options)
                screens.walk()
                wrong += screens.wrong
            errors = [f"console: {error[:600]}" for error in page.errors]
    if options.only != "screens":
        letters(options.database, options.folder)
    for line in dict.fromkeys((*wrong, *errors)):
        print(line, file=sys.stderr)
    return bool(errors or wrong)


def reading():
    """The code that finds English and cut columns in a page: that of the tests, which is read without Odoo."""
    found = importlib.util.spec_from_file_location("french", ROOT / MODULE / "tests" / "french.py")
    french = importlib.util.module_from_spec(found)
    found.loader.exec_module(french)
    return french.reading()


class Server:
    """Odoo on the demonstration, with a mail server that keeps what would leave."""

    def __init__(self, database):
        self.database = database

    def __enter__(self):
        self.mail = MailServer(keep=True)
        self.mail.__enter__()
        port = next(port for port in range(8169, 8269) if free(port))
        self.url = f"http://127.0.0.1:{port}"
        point_to(self.database, self.mail.port, port)
        command = [sys.executable, "-m", "odoo", "-d", self.database, f"--db-filter=^{self.database}$"]
        self.process = subprocess.Popen([*command, f"--http-port={port}", "--max-cron-threads=0"])
        for _attempt in range(600):
            try:
                urllib.request.urlopen(f"{self.url}/web/login", timeout=300).read()
                return self
            except OSError:
                time.sleep(0.5)
        raise Failed("the server did not answer")

    def __exit__(self, *exception):
        self.process.terminate()
        self.process.wait(60)
        self.mail.__exit__(*exception)

    def session(self, login):
        """A session of this user, as the login page opens one."""
        asked = {"jsonrpc": "2.0", "params": {"db": self.database, "login": login, "password": login}}
        request = urllib.request.Request(
            f"{self.url}/web/session/authenticate", json.dumps(asked).encode(), {"Content-Type": "application/json"}
        )
        with urllib.request.urlopen(request, timeout=300) as answer:
            return re.search(r"session_id=([^;]+)", answer.headers["Set-Cookie"])[1]


class Screens:
    """The screens of one user."""

    def __init__(self, page, server, login, options):
        self.page, self.login, self.folder, self.match = page, login, options.folder, options.match
        self.wrong, self.reading = [], reading()
        page.open("about:blank")  # what the former user left open is not saved in another's name
        page.cookie(server.url, "session_id", server.session(login))
        page.size(*WIDE)
        page.open(f"{server.url}/odoo")
        page.until("Boolean(globalThis.odoo?.__WOWL_DEBUG__?.root?.env?.services?.action)", 600)
        page.until(f"Boolean({ACTION}.currentController)", 120)  # the first screen takes its own menu
        self.calm()
        self.page.run(
            "(() => { const {menu} = odoo.__WOWL_DEBUG__.root.env.services;"
            "menu.setCurrentMenu(menu.getAll().find((one) => one.xmlid === 'recouvrement_fr.recouvrement_menu').appID);"
            "})()"
        )
        self.calm()

    def walk(self):
        shown = set()
        for menu in self.menus():
            name = menu["xmlid"].split(".")[-1].removeprefix("recouvrement_").removesuffix("_menu")
            if self.match and self.match not in name:
                continue
            model = self.shot(name, lambda menu=menu: self.do(menu["actionID"]), LONG.get(name, WIDE))
            if model and model not in shown and self.login_owns(model):
                shown.add(model)
                self.form(name, model)
        if self.match in "menus":
            self.open_menus()
        if self.match in "invoice":
            cards = "document.querySelector('.o_switch_view.o_kanban').click()"
            self.shot("invoice_list", lambda: self.do(INVOICES, {"search_default_late": 1}))
            self.shot("invoice_kanban", lambda: self.page.run(cards))
            self.form("invoice", "account.move")

    def login_owns(self, model):
        """What both may see is drawn once, as the collector sees it; the card and the case are drawn for both."""
        return not model.endswith((".wizard", ".import")) and model.startswith("recouvrement.")

    def menus(self):
        """Those of the add-on that open something."""
        return self.page.run(
            "odoo.__WOWL_DEBUG__.root.env.services.menu.getAll()"
            ".filter((menu) => menu.actionID && menu.xmlid?.startsWith('recouvrement_fr.'))"
            ".map(({xmlid, actionID}) => ({xmlid, actionID}))"
        )

    def form(self, name, model):
        found = self.call(model, "search", [FORMS.get(model, [])], {"limit": 1})
        if not found:
            return
        size = TALL if model in TALL_FORMS else WIDE
        action = {"type": "ir.actions.act_window", "res_model": model, "res_id": found[0], "views": [[False, "form"]]}
        self.shot(f"{name}_form", lambda: self.do(action), size)
        self.tabs(f"{name}_form", size)
        self.dialogs(f"{name}_form", action)

    def tabs(self, name, size):
        links = ".o_form_view .o_notebook_headers .nav-link"
        names = self.page.run(f"[...document.querySelectorAll('{links}')].map((tab) => tab.getAttribute('name'))")
        for number, tab in enumerate(names[1:], start=1):
            self.shot(
                f"{name}_tab_{tab or number}",
                lambda n=number: self.page.run(f"document.querySelectorAll('{links}')[{n}].click()"),
                size,
            )

    def dialogs(self, name, action):
        """Each dialog that a button of the head opens: an action's name is a number, a method is left alone."""
        heads = ".o_form_statusbar button[name]"
        buttons = self.page.run(
            f"[...document.querySelectorAll('{heads}')].map((button) => button.getAttribute('name'))"
        )
        for number, button in enumerate(sorted({each for each in buttons if each.isdigit()}, key=int)):
            self.do(action)
            self.calm()
            try:
                self.page.run(f"document.querySelector('.o_form_statusbar button[name=\"{button}\"]').click()")
                self.page.until("document.querySelector('.modal .o_form_renderer, .o_error_dialog') !== null", 20)
                self.calm()
                self.page.picture(self.file(f"{name}_dialog{number + 1}"))
                self.read(f"{name}_dialog{number + 1}")
            except Failed as error:
                print(f"  {self.login} {name} button {button}: {error}", file=sys.stderr)
            self.close()

    def open_menus(self):
        """Each part of the menu, unfolded."""
        sections = ".o_menu_sections > .dropdown-toggle, .o_menu_sections > div > .dropdown-toggle"
        for number in range(self.page.run(f"document.querySelectorAll('{sections}').length")):
            self.page.run(f"document.querySelectorAll('{sections}')[{number}].click()")
            time.sleep(0.3)
            self.page.picture(self.file(f"menus_{number + 1}"))
            self.page.run(f"document.querySelectorAll('{sections}')[{number}].click()")  # nothing stays in front
            time.sleep(0.3)

    # --- one screen ---------------------------------------------------------------------------------------------------

    def shot(self, name, opened, size=WIDE):
        """The screen that `opened` opens; returns the model of the forms it leads to, if any."""
        self.page.size(*size)
        try:
            opened()
            self.calm()
        except Failed as error:
            print(f"  {self.login} {name}: {error}", file=sys.stderr)
        self.page.picture(self.file(name))
        self.read(name)
        model = self.page.run(f"{OPENS}?.res_model || ''")
        print(f"  {self.login} {name}", flush=True)
        self.close()
        return model

    def read(self, name):
        """What is no French there, or is cut on a usual screen; the columns of core's own lists are core's."""
        cut = "[]" if name == "invoice_list" else "narrow()"
        found = self.page.run(f"(() => {{ {self.reading} return [...english(), ...{cut}]; }})()")
        self.wrong += [f"{self.login} {name}: {words}" for words in found]

    def do(self, action, context=None):
        options = json.dumps({"clearBreadcrumbs": True, "additionalContext": context or {}})
        self.page.run(f"{ACTION}.doAction({json.dumps(action)}, {options}).then(() => true)")

    def calm(self):
        """Nothing is loading, and the last of it is painted."""
        self.page.until(CALM, 120)
        self.page.run("new Promise((done) => setTimeout(() => requestAnimationFrame(() => done(true)), 350))")
        self.page.until(CALM, 120)
        with contextlib.suppress(Failed):  # the thread comes last, by itself
            self.page.until("!document.querySelector('.o-mail-Chatter .fa-spin')", 5)

    def close(self):
        """Whatever dialog is open, so that the next screen stands alone."""
        self.page.run(
            "document.querySelectorAll('.modal .btn-close, .o_notification_close').forEach((cross) => cross.click())"
        )
        self.page.run("new Promise((done) => setTimeout(() => done(true), 100))")

    def call(self, model, method, args, kwargs):
        given = json.dumps([model, method, args, kwargs])
        return self.page.run(f"odoo.__WOWL_DEBUG__.root.env.services.orm.call(...{given})")

    def file(self, name):
        return self.folder / f"{self.login}_{name}.png"


def letters(database, folder, since=None, name=""):
    """One letter for each level and channel, one document for each template: each of their pages.

    :param since: an SQL expression; those made since then alone
    :param name: what the names of the pictures begin with
    """
    warnings.simplefilter("ignore")
    from odoo import SUPERUSER_ID, api
    from odoo.modules.registry import Registry
    from odoo.tools import config

    config.parse_config(["-c", os.environ["ODOO_RC"], "-d", database, "--log-level=error"])
    with Registry(database).cursor() as cr:
        env = api.Environment(cr, SUPERUSER_ID, {"lang": "fr_FR", "tz": "Europe/Paris"})
        from odoo.addons.recouvrement_fr.tools import clock

        found, made = {}, []
        if since:
            cr.execute(f"SELECT {since}")
            made = [("create_date", ">", cr.fetchone()[0])]
        for dispatch in env["recouvrement.dispatch"].search(
            [("attachment_id.mimetype", "=", "application/pdf"), *made], order="id desc"
        ):
            level = dispatch.reminder_id.level_id
            label = f"letter_{level.kind}_{level.tone}_{level.id}_{dispatch.channel}"
            found.setdefault(label, dispatch.attachment_id.raw)
        debtor = env["recouvrement.debtor"].search([("overdue_amount", ">", 0)], order="overdue_count desc", limit=1)
        statements = env["recouvrement.statement"]
        statement = statements.search(made, order="id desc", limit=1)
        if not since:  # the demonstration gives none: rolled back
            statement = statement or statements._make(debtor, clock.today(env))
        if statement:
            found["statement"] = statement.attachment_id.raw
        for document in env["recouvrement.document"].search(made, order="id desc"):
            template = f"document_{document.template.split('.')[-1]}"
            if template not in found:
                found[template] = document.attachment_id.raw or document._pdf()[0]
        cr.rollback()
    for label, content in found.items():
        draw(content, folder / f"{name}{label}")
        print(f"  {name}{label}", flush=True)


def draw(content, name):
    """The pages of a PDF, one picture each."""
    if not shutil.which("pdftoppm"):
        raise Failed("pdftoppm is missing: install poppler-utils")
    subprocess.run(["pdftoppm", "-r", "80", "-png", "-", str(name)], input=content, check=True)


if __name__ == "__main__":
    sys.exit(main())
