from datetime import date

from lxml import etree

from odoo.tests import tagged
from odoo.tools import format_date, formatLang

from ..clock import today
from .case_common import DAY, OPENED, CaseCommon

PAGES = 5
ORDER = date(2026, 9, 21)
LAST = date(2026, 12, 21)  # three months to serve an order rendered since the decree of 2026


@tagged("post_install", "-at_install")
class TestCaseForm(CaseCommon):
    """The form of a case says first what to do, who does it, by when, and what is due today."""

    def shown(self, case, on, user=None):
        self.env.invalidate_all()
        with self.at(on):
            names = ["now_text", "now_who", "now_by", "now_late", "due_facts", "deadline_facts", "way", "next_actor"]
            return case.with_user(user or self.officer).with_context(lang="en_US").read(names)[0]

    def day(self, day):
        return format_date(self.env(context={"lang": "en_US"}), day)

    def now(self, case, on=OPENED):
        found = self.shown(case, on)
        return found["now_text"], found["now_who"], found["next_actor"]

    def test_what_to_do_is_an_act_and_says_whose_it_is(self):
        case = self.opened()
        self.assertEqual(self.now(case), ("Start a procedure, or agree with the debtor", "Creditor", False))
        run = self.start(case, "injonction", approve=False)
        self.assertEqual(self.now(case), ("Have the procedure approved", "Manager", "manager"))
        with self.at(OPENED):
            case.with_user(self.manager)._decide(run.with_user(self.manager), True, "Fine", on=today())
        self.assertEqual(self.now(case), ("File the request", "Creditor", "creditor"))
        self.record(run, "filed", OPENED + DAY)
        text, who, actor = self.now(case, OPENED + DAY)
        self.assertIn("Wait", text)
        self.assertEqual((who, actor), ("Judge", "judge"))
        self.record(run, "order", ORDER, amount=10000)
        words = ("Have it served by a commissaire de justice", "Commissaire de justice", "bailiff")
        self.assertEqual(self.now(case, ORDER), words)
        self.assertEqual(case.with_user(self.collector).search([("next_actor", "=", "bailiff")]), case)
        card = self.card().with_user(self.collector).with_context(lang="en_US")
        with self.at(ORDER):
            self.assertEqual(card.awaited_from, "Commissaire de justice")
            case.is_confidential = True
            card.invalidate_recordset()
            self.assertFalse(card.awaited_from)  # told to its readers alone
        with self.at(ORDER):
            case._close("abandoned", "Given up", on=today())
        self.assertEqual(self.now(case, ORDER), (False, False, False))

    def test_deadlines_are_days_and_alarm_as_they_come_near(self):
        case = self.opened()
        run = self.start(case, "injonction")
        self.walk(run, ("filed", OPENED + DAY), ("order", ORDER, {"amount": 10000}))
        found = self.shown(case, ORDER + 3 * DAY)
        last = self.day(LAST)
        self.assertEqual((found["now_by"], found["now_late"]), (f"{last} (88 days left)", False))
        first, *others = found["deadline_facts"]
        self.assertEqual((first["value"], first["tone"]), (f"{last} (88 days left)", ""))
        self.assertIn("1411", first["help"])
        self.assertEqual([row["label"] for row in others], ["Limitation of the oldest claim"])
        self.assertRegex(others[0]["value"], r"\(1\D\d{3} days left\)$")
        for days, tone in ((15, "warning"), (6, "warning"), (5, "danger"), (0, "danger")):
            self.assertEqual(self.shown(case, LAST - days * DAY)["deadline_facts"][0]["tone"], tone, days)
        self.follow(LAST + DAY)
        found = self.shown(case, LAST + DAY)
        self.assertEqual((found["now_by"], found["now_late"]), (f"{last} (1 days ago)", True))
        self.assertEqual(found["deadline_facts"][0]["tone"], "danger")

    def test_what_is_due_is_told_by_its_parts(self):
        case = self.opened(article_700=500)
        facts = {row["label"]: row["value"] for row in self.shown(case, OPENED)["due_facts"]}
        for label, amount in (("Principal due", 10000), ("Article 700 due", 500)):
            self.assertEqual(facts[label], formatLang(self.env, amount, currency_obj=case.currency_id))
        self.assertEqual(sorted(facts), sorted(["Principal due", "Interest due", "Indemnities due", "Article 700 due"]))

    def test_the_way_shows_each_step_and_only_an_officer_records(self):
        case = self.opened()
        run = self.start(case, "injonction")
        self.walk(run, ("filed", OPENED + DAY), ("order", ORDER, {"amount": 10000}))
        [way] = self.shown(case, ORDER)["way"]
        self.assertIn("approved by", way["words"])
        steps = {line.step_id.code: line.id for line in run.step_ids}
        by_id = {step["id"]: step for step in way["steps"]}
        filed, served = by_id[steps["filed"]], by_id[steps["served"]]
        self.assertEqual((filed["state"], filed["when"], filed["recordable"]), ("done", self.day(OPENED + DAY), False))
        self.assertEqual((served["state"], served["recordable"], served["later"]), ("open", True, False))
        self.assertEqual(served["who"], "Commissaire de justice")
        self.assertTrue(by_id[steps["judgment"]]["later"])
        [read] = self.shown(case, ORDER, self.collector)["way"]
        self.assertFalse(any(step["recordable"] for step in read["steps"]))

    def test_the_form_has_five_pages_at_most(self):
        for user in (self.collector, self.officer, self.manager):
            view = self.env["recouvrement.case"].with_user(user).get_view(view_type="form")
            pages = etree.fromstring(view["arch"]).xpath("/form//page[not(ancestor::field)]")
            self.assertTrue(0 < len(pages) <= PAGES, [page.get("string") for page in pages])

    # What cannot be taken back: the dialog and the method of its button.
    IRREVERSIBLE = {
        ("recouvrement.case.decision", "action_approve"),
        ("recouvrement.case.decision", "action_refuse"),
        ("recouvrement.case.record", "action_record"),
        ("recouvrement.case.ending", "action_end"),
    }

    def test_each_act_that_cannot_be_taken_back_asks_before_it_is_done(self):
        """Each of its buttons, but where the dialog shows that this once nothing is frozen, ended or replaced."""
        found = {}
        for model, method in self.IRREVERSIBLE:
            arch = etree.fromstring(self.env[model].get_view(view_type="form")["arch"])
            buttons = arch.xpath(f"//footer/button[@name='{method}']")
            self.assertTrue(buttons, f"{model} {method}")
            found[model, method] = [(one.get("invisible") or "", one.get("confirm") or "") for one in buttons]
        for act, buttons in found.items():
            with self.subTest(act):
                self.assertTrue(all(len(words) > 40 and "?" in words for _when, words in buttons if words))
                self.assertTrue(any(words for _when, words in buttons))
        silent = {when for buttons in found.values() for when, words in buttons if not words}
        self.assertEqual(silent, {"freezes_claims or gives_title", "act == 'end_run'"})
