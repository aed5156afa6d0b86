"""A collector's day in the demonstration, played in a real browser and counted in clicks: ``make clicks``.

Twenty debtors of the work-list, one after the other: seven promises, a dispute, a plan, an account said to be paid
already, ten calls nobody answers; then the letters to post. Each press of a button, of a choice or of a row is a click;
each field that is typed in is counted apart. The demonstration is played on a copy of it, which is dropped. A day that
did less than it says, as the records show afterwards, is a failure: its clicks would mean nothing.
"""

import argparse
import json
import subprocess
import sys
import types
from datetime import date, timedelta
from pathlib import Path

from devtools import Browser, Failed
from env import DEMO, clone, drop
from machine import browser
from pictures import ACTION, Screens, Server

DAY = ["promise"] * 7 + ["dispute", "plan", "already_paid"] + ["no_answer"] * 10
OF_INVOICES = ("promise", "dispute")
TODAY = "recouvrement_fr.recouvrement_debtor_today_action"
WORK_LIST = {
    "type": "ir.actions.act_window",
    "res_model": "recouvrement.debtor",
    "views": [[False, "list"], [False, "form"]],
    "domain": [["open_amount", ">", 0]],
}
MADE = {  # what the day makes, by the records that are there afterwards and were not before
    "promise": ("recouvrement.promise", []),
    "dispute": ("recouvrement.dispute", []),
    "plan": ("recouvrement.plan", []),
    "call": ("recouvrement.contact", [["channel", "=", "call"]]),
    "letter": ("recouvrement.dispatch", [["posted_on", "!=", False]]),
}
NEXT, NOTE = "action_record_next", "action_record"
DONE = '.o_form_statusbar button[name="action_done_next"]'
FIELD = '.modal .o_field_widget[name="%s"]'


class Collector(Screens):
    """Somebody whose clicks are counted, by what they are for."""

    clicks = typed = 0

    def click(self, selector, text=""):
        """Press what is shown and awake; fails when it never is."""
        shown = f"el.offsetParent && !el.disabled && el.textContent.includes({json.dumps(text)})"
        found = f"[...document.querySelectorAll({json.dumps(selector)})].find((el) => {shown})"
        self.page.until(f"Boolean({found})", 40)
        self.page.run(f"{found}.click()")
        self.clicks += 1
        self.calm()

    def has(self, selector):
        return self.page.run(f"Boolean(document.querySelector({json.dumps(selector)})?.offsetParent)")

    def type(self, name, text):
        """Write in a field; a date is a button until it is pressed."""
        if self.has(f"{FIELD % name} button") and not self.has(f"{FIELD % name} input"):
            self.page.run(f"document.querySelector({json.dumps(f'{FIELD % name} button')}).focus()")
            self.page.until(f"Boolean(document.querySelector({json.dumps(f'{FIELD % name} input')}))", 20)
            self.clicks += 1
        selector = json.dumps(FIELD % name + " input, " + FIELD % name + " textarea")
        self.page.run(
            f"(() => {{ const input = document.querySelector({selector}); input.value = {json.dumps(text)};"
            "for (const event of ['input', 'change']) input.dispatchEvent(new Event(event, {bubbles: true})); })()"
        )
        self.typed += 1
        self.calm()

    def value(self, name):
        """What a field of the dialog holds already, or nothing."""
        selector = json.dumps(", ".join(f"{FIELD % name} {kind}" for kind in ("input", ".o_tag", "button")))
        return self.page.run(
            f"(() => {{ const el = document.querySelector({selector}); return el && (el.value || el.textContent); }})()"
        )

    def choose(self, name, value):
        """A choice among several: one badge, or a list to unfold first."""
        if self.has(f"{FIELD % name} .o_selection_badge"):
            return self.click(f'{FIELD % name} .o_selection_badge[value*="{value}"]')
        self.click(f"{FIELD % name} .o_select_menu_toggler")
        labels = self.call("recouvrement.outcome", "fields_get", [["outcome"]], {"attributes": ["selection"]})
        label = dict(labels["outcome"]["selection"])[value]
        return self.click(".o_select_menu_item", label)

    # --- the day ------------------------------------------------------------------------------------------------------

    def waiting(self):
        """How many debtors the list of today opens with."""
        self.do(TODAY)
        self.calm()
        return self.page.run("document.querySelectorAll('.o_data_row, .o_group_header').length")

    def made(self):
        """How many records there are of each kind that a day makes."""
        return {kind: self.call(model, "search_count", [domain], {}) for kind, (model, domain) in MADE.items()}

    def play(self, day):
        self.do(WORK_LIST)
        self.calm()
        self.click(".o_data_row td[name=partner_id]")
        left = list(day)
        for number in range(1, len(day) + 1):
            before, said = self.clicks, ""
            try:
                said = self.debtor(left)
            except Failed as failure:
                said = "[...document.querySelectorAll('.o_notification, .modal')].map((el) => el.innerText).join(' | ')"
                shown = self.page.run(said)
                raise Failed(f"{number}, {left[0]}: {failure}; on the screen: {shown[:600]}") from failure
            if said not in left:
                raise Failed(f"too few debtors have overdue invoices that are free: {left} is left")
            left.remove(said)
            print(f"  {number:2} {said:13} {self.clicks - before} clicks", flush=True)
        return self.clicks

    def debtor(self, left):
        """A call to the debtor shown, and on to the next; what it said: the first of what is left of the day.

        Where there is no invoice for it, nobody answers, and it is kept for another.
        """
        shown = self.page.run("location.pathname")
        self.click('.o_form_statusbar button[name="action_log_call"]')
        self.page.until("Boolean(document.querySelector('.modal .o_form_renderer'))", 40)
        self.calm()
        outcome = left[0]
        self.choose("outcome", outcome)
        if outcome in OF_INVOICES and not self.value("move_ids"):
            outcome = "no_answer"
            self.choose("outcome", outcome)
        if outcome == "promise" and not self.value("promised_on"):
            self.type("promised_on", f"{date.today() + timedelta(days=7):%d/%m/%Y}")
        elif outcome == "dispute":  # what the debtor said is chosen, never proposed
            self.click(f"{FIELD % 'reason_id'} .o_selection_badge")
        quick = outcome != "plan" and self.has(f'.modal footer button[name="{NEXT}"]')
        if not self.note(f'.modal footer button[name="{NEXT if quick else NOTE}"]'):
            outcome = "no_answer"
        if outcome == "plan":
            self.click('.modal footer button[name="action_make"]')
        self.page.until("!document.querySelector('.modal')", 60)
        self.calm()
        if not quick:
            if outcome == "plan":  # it is shown: back to the debtor
                self.page.until(f"{ACTION}.currentController?.action?.res_model === 'recouvrement.plan'", 60)
                self.calm()
                self.click(".o_breadcrumb .o_back_button a")
            self.click(DONE)
        self.page.until(f"location.pathname !== {json.dumps(shown)}", 40)  # the next one, or the list after the last
        self.calm()
        return outcome

    def note(self, button):
        """Save the dialog, and whether it was taken: one that is refused (an invoice in a plan already) becomes a call
        nobody answered."""
        self.click(button)
        refusal = ".modal:not(:has(.o_form_view)) footer button"
        if self.has(refusal):
            self.click(refusal)
            self.choose("outcome", "no_answer")
            self.click(button)
            return False
        return True

    def letters(self):
        """All that waits for the post: printed together, then posted."""
        before = self.clicks
        self.do("recouvrement_fr.recouvrement_dispatch_post_action")
        self.calm()
        self.clicks += 1  # the menu
        if not self.has(".o_data_row"):
            return 0
        self.click(".o_list_renderer thead .o_list_record_selector input")
        self.click('button[name="action_print"]')
        if not self.has('button[name="action_mark_posted"]'):  # the selection is gone
            self.click(".o_list_renderer thead .o_list_record_selector input")
        self.click('button[name="action_mark_posted"]')
        self.click(".modal footer .btn-primary")
        return self.clicks - before


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", default=DEMO)
    parser.add_argument("--login", default="claire")
    parser.add_argument("--most", type=int, help="fail when the day takes more clicks than that")
    options = parser.parse_args()
    copy = f"{options.database}_day"
    clone(options.database, copy)
    try:
        with Server(copy) as server, Browser(browser(), timeout=600) as page:
            collector = Collector(page, server, options.login, types.SimpleNamespace(folder=Path("."), match=""))
            waiting, before = collector.waiting(), collector.made()
            print(f"A day of {options.login}: {waiting} rows to do today, {len(DAY)} debtors", flush=True)
            calls = collector.play(DAY)
            letters = collector.letters()
            after = collector.made()
            wrong = [f"console: {error[:600]}" for error in page.errors]
    finally:
        drop(copy)
    made = {kind: after[kind] - before[kind] for kind in MADE}
    print(f"{calls} clicks for {len(DAY)} debtors, {letters} for the letters, {collector.typed} fields typed")
    print("made: " + ", ".join(f"{number} × {kind}" for kind, number in made.items()))
    wrong += lacking(waiting, made)
    if options.most and calls + letters > options.most:
        wrong.append(f"{calls + letters} clicks: more than {options.most}")
    for line in wrong:
        print(line, file=sys.stderr)
    return bool(wrong)


def lacking(waiting, made):
    """What the day that was played did not do, in words."""
    if not waiting:
        yield "nothing was to be done today"
    for kind, asked in (*((kind, DAY.count(kind)) for kind in ("promise", "dispute", "plan")), ("call", len(DAY))):
        if made[kind] != asked:
            yield f"{made[kind]} × {kind} made, {asked} asked"
    if made["letter"] < 1:
        yield "no letter was marked as posted"


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (Failed, subprocess.CalledProcessError) as failure:
        sys.exit(f"error: {failure}")
