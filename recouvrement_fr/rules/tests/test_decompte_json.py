"""The command: what it answers, and that a mistake spoils its own case only."""

import json
import re
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path
from unittest.mock import patch

from ..decompte_json import ASKS, Ask, answer_text
from .json_common import DECOMPTE

RULES = Path(__file__).resolve().parents[1]
SCRIPT = RULES.parents[1] / "dev" / "decompte.py"


def answers(*cases, **document):
    return answer_text(json.dumps({"cases": cases, **document}))


def answer(ask, **fields):
    found, complete = answers({"ask": ask, **fields})
    assert complete, found
    return found["answers"][0]["answer"]


def error(case, **document):
    found, complete = answers(case, **document)
    assert not complete, found
    return found["answers"][0]["error"]["name"]


class TestAnswers(unittest.TestCase):
    def test_a_decompte_is_what_is_asked_by_default(self):
        found, complete = answer_text(json.dumps([{"reference": "F1", **DECOMPTE}]))
        self.assertTrue(complete)
        (one,) = found["answers"]
        self.assertEqual((one["index"], one["reference"], one["ask"]), (0, "F1", "decompte"))
        self.assertEqual(one["answer"]["interest"], "873.70")
        self.assertEqual(one["answer"]["total_due"], "10873.70")
        self.assertEqual(one["answer"]["one_more_day"], "3.33")
        self.assertEqual(
            one["answer"]["tranches"][0],
            {
                "date_from": "2025-06-01",
                "date_to": "2025-06-30",
                "days": 30,
                "base": "10000.00",
                "rate": "13.15",
                "interest": "108.08",
                "article": "C.com L441-10 II",
            },
        )

    def test_amounts_may_be_numbers_and_stay_exact(self):
        self.assertEqual(answer("words", amount=1234.56), answer("words", amount="1234.56"))
        self.assertEqual(answer("words", amount=1), {"words": "un euro"})
        found, _complete = answer_text('[{"ask": "words", "amount": 0.1, "currency": null}]')
        self.assertEqual(found["answers"][0]["answer"]["words"], "zéro euro et dix centimes")

    def test_movements_and_freezes(self):
        found = answer(
            "decompte",
            **DECOMPTE,
            movements=[{"on": "2025-06-10", "amount": 4000}, {"on": "2025-06-20", "amount": "1", "kind": "credit"}],
            freezes=[{"date_from": "2025-07-01", "article": "C.com L622-28"}],
        )
        self.assertEqual([t["days"] for t in found["tranches"]], [10, 10, 10, 230])
        self.assertEqual(found["one_more_day"], "0.00")

    def test_rates_of_the_file_replace_those_shipped(self):
        rate = {"date_from": "2025-01-01", "date_to": "2025-06-30", "ecb": 0, "legal_other": 1, "legal_individual": 2}
        found, complete = answers({**DECOMPTE, "on": "2025-06-30"}, DECOMPTE, rates=[rate])
        self.assertFalse(complete)
        self.assertEqual(found["answers"][0]["answer"]["tranches"][0]["rate"], "10")
        self.assertIsNone(found["answers"][0]["answer"]["one_more_day"])
        self.assertEqual(found["answers"][1]["error"]["name"], "RateMissing")

    def test_other_questions(self):
        self.assertEqual(
            answer("indemnity", debtor_type="professional", due="2025-05-31", on="2025-06-01"), {"indemnity": "40.00"}
        )
        term = answer("payment_term", invoice_date="2026-01-15", due="2026-03-17")
        self.assertEqual((term["state"], term["explained"]["code"]), ("conditional", "conditional"))
        self.assertEqual(term["explained"]["values"]["latest"], term["latest_with_clause"])
        self.assertEqual(
            answer("deadline", code="injonction_service", start="2026-09-01", subdivision="67")["last_day"],
            "2026-12-01",
        )
        self.assertEqual(
            answer("debtor_type", company_registry="732829320"), {"kind": "professional", "confirmed": True}
        )
        shares = answer(
            "imputation",
            amount=50,
            on="2025-06-30",
            debts=[{"key": "a", "principal": 100, "due": "2025-03-31", "interest": 5}],
            indicated=["a"],
        )
        self.assertEqual(
            shares["shares"], [{"key": "a", "interest": "5.00", "principal": "45.00", "rule": "indicated"}]
        )

    def test_a_delay_grows_with_the_distance_of_an_opposition_and_of_no_other(self):
        for party, court, distance, last_day in (
            ("FR", "FR", 0, "2026-10-01"),
            ("RE", "RE", 0, "2026-10-01"),
            ("RE", "FR", 1, "2026-11-02"),
            ("FR", "RE", 1, "2026-11-02"),
            ("BE", "FR", 2, "2026-12-01"),
        ):
            found = answer("deadline", code="injonction_opposition", start="2026-09-01", party=party, court=court)
            self.assertEqual((found["distance"], found["last_day"]), (distance, last_day), (party, court))
        service = answer("deadline", code="injonction_service", start="2026-09-01", party="BE", court="FR")
        self.assertEqual((service["distance"], service["last_day"]), (0, "2026-12-01"))
        for places, name in (
            ({"party": "BE"}, "FieldMissing"),
            ({"court": "FR"}, "FieldMissing"),
            ({"party": "97400", "court": "FR"}, "FieldInvalid"),
            ({"party": "RE", "court": "fr"}, "FieldInvalid"),
        ):
            case = {"ask": "deadline", "code": "injonction_opposition", "start": "2026-09-01", **places}
            self.assertEqual(error(case), name, places)

    def test_a_limitation_says_its_alert_when_a_day_is_given(self):
        events = [{"on": "2026-01-10", "kind": "acknowledgement"}]
        found = answer("limitation", kind="consumer", start="2025-05-31", events=events, on="2027-05-30")
        self.assertEqual((found["last_day"], found["possible_last_day"]), ("2027-05-31", "2028-01-10"))
        self.assertEqual((found["alert"], found["expired"], found["ignored"][0]["kind"]), (7, False, "acknowledgement"))
        longer = answer("limitation", kind="commercial", start="2025-05-31", contract_years=10)
        self.assertEqual(longer["last_day"], "2035-05-31")
        self.assertNotIn("alert", longer)


class TestMistakes(unittest.TestCase):
    def test_a_mistake_spoils_its_own_case_only(self):
        found, complete = answers({"ask": "words", "amount": -1}, {"ask": "words", "amount": 1})
        self.assertFalse(complete)
        self.assertEqual(found["answers"][0]["index"], 0)
        self.assertEqual(found["answers"][0]["error"]["name"], "NegativeAmount")
        self.assertEqual(found["answers"][1]["answer"], {"words": "un euro"})

    def test_each_mistake_has_its_name(self):
        for name, case in (
            ("UnknownAsk", {"ask": "weather"}),
            ("UnknownAsk", {"ask": ["words"]}),
            ("FieldInvalid", "words"),
            ("FieldMissing", {"ask": "words"}),
            ("FieldUnknown", {"ask": "words", "amount": 1, "currancy": "EUR"}),
            ("FieldInvalid", {"ask": "words", "amount": True}),
            ("FieldInvalid", {"ask": "debtor_type", "is_company": "yes"}),
            ("FieldInvalid", {"ask": "words", "amount": "12,50"}),
            ("FieldInvalid", {"ask": "words", "amount": "NaN"}),
            ("FieldInvalid", {"ask": "words", "amount": "1e15"}),
            ("FieldInvalid", {"ask": "words", "amount": 1, "currency": 978}),
            ("FieldInvalid", {**DECOMPTE, "due": "31/05/2025"}),
            ("FieldInvalid", {**DECOMPTE, "due": "2025-02-30"}),
            ("FieldInvalid", {**DECOMPTE, "due": "9999-12-31"}),
            ("FieldInvalid", {**DECOMPTE, "due": 20250531}),
            ("FieldInvalid", {**DECOMPTE, "movements": {"on": "2025-06-01"}}),
            ("FieldInvalid", {**DECOMPTE, "movements": ["2025-06-01"]}),
            ("FieldMissing", {**DECOMPTE, "movements": [{"on": "2025-06-01"}]}),
            ("NegativeAmount", {**DECOMPTE, "movements": [{"on": "2025-06-01", "amount": -1}]}),
            ("UnknownRegime", {**DECOMPTE, "regime": "b2b"}),
            ("DueBeforeInvoice", {**DECOMPTE, "invoice_date": "2025-06-01"}),
            ("RateMissing", {**DECOMPTE, "on": "2027-01-01"}),
            ("UnknownClaimKind", {"ask": "limitation", "kind": "gift", "start": "2025-05-31"}),
            ("FieldInvalid", {"ask": "limitation", "kind": "civil", "start": "2025-05-31", "contract_years": True}),
            ("FieldInvalid", {"ask": "imputation", "amount": 1, "on": "2025-05-31", "indicated": [1]}),
            ("FieldInvalid", {"ask": "imputation", "amount": 1, "on": "2025-05-31", "indicated": "a"}),
        ):
            with self.subTest(case=case):
                self.assertEqual(error(case), name)

    def test_whatever_a_case_holds_the_others_are_answered(self):
        good = '{"ask": "words", "amount": 1}'
        for text in (
            '{"ask": "words", "amount": 1e999999999999999999999}',
            '{"ask": "words", "amount": 1e5}',
            '{"ask": "words", "amount": ' + "9" * 5000 + "}",
            '{"ask": "words", "amount": "1_000"}',
            '{"ask": "words", "amount": "\u0661\u0662"}',
            '{"ask": "words", "amount": 1.005}',
            '{"ask": "words", "amount": NaN}',
            '{"ask": "words", "amount": 1, "amount": 2}',
            '{"ask": "words", "amount": 1, "reference": NaN}',
            '{"ask": "words", "amount": 1, "reference": "\\ud800"}',
            '{"ask": "words", "amount": 1, "reference": [[1]]}',
            '{"ask": "words", "amount": 1, "currency": "\\ud800"}',
            '{"ask": "deadline", "code": "injonction_service", "start": "2026-W05-1"}',
            '{"ask": "debtor_type", "vat": 12}',
            '{"ask": "\\ud800"}',
            "[" * 31 + "]" * 31,
            "[" * 100_000 + "]" * 100_000,
            '{"ask": ' * 5000 + "1" + "}" * 5000,
            '{"ask": "words", "amount": 1, "reference": ' + "[" * 5000 + "]" * 5000 + "}",
            '{"ask": "imputation", "amount": 1, "on": "2026-01-01", "debts": [{"key": "a", "principal": -1, "due": '
            '"2025-01-01"}]}',
            '{"ask": "imputation", "amount": 1, "on": "2026-01-01", "debts": [{"key": "a", "principal": 1, "due": '
            '"2025-01-01"}, {"key": "a", "principal": 2, "due": "2025-01-01"}]}',
        ):
            with self.subTest(text=text[:80]):
                found, complete = answer_text(f"[{text}, {good}]")
                self.assertFalse(complete)
                self.assertIn("error", found["answers"][0])
                self.assertLess(len(found["answers"][0]["error"]["message"]), 700)
                self.assertEqual(found["answers"][1]["answer"], {"words": "un euro"})
                json.dumps(found, ensure_ascii=False, allow_nan=False).encode()

    def test_a_field_that_the_regime_does_not_use_is_refused(self):
        for field, value in (
            ("contract_rate", 12),
            ("notice_on", "2025-06-30"),
            ("judgment_enforceable_on", "2025-06-30"),
            ("individual_creditor", True),
        ):
            with self.subTest(field=field):
                self.assertEqual(error({**DECOMPTE, field: value}), "FieldUnused")
        self.assertTrue(answers({**DECOMPTE, "regime": "consumer", "notice_on": "2025-06-30"})[1])

    def test_dates_that_contradict_each_other_are_refused(self):
        for case in (
            {**DECOMPTE, "due": "2026-03-31", "invoice_date": "2026-03-01"},
            {**DECOMPTE, "regime": "consumer", "invoice_date": "2025-05-01", "notice_on": "2025-04-30"},
            {"ask": "limitation", "kind": "civil", "start": "2025-05-31", "born_on": "2025-06-01"},
            {"ask": "deadline", "code": "injonction_service", "start": "2026-09-01", "ruled_on": "2026-09-02"},
        ):
            with self.subTest(case=case):
                self.assertEqual(error(case), "DatesContradict")

    def test_all_that_is_wrong_with_a_case_is_told_together(self):
        case = {**DECOMPTE, "due": "31/05", "contract_rate": 12, "principal": -1, "bad": 1, "movements": [{}, 3]}
        found, _complete = answers(case)
        names = [one["name"] for one in found["answers"][0]["errors"]]
        self.assertEqual(
            sorted(names),
            sorted(
                [
                    "FieldUnknown",
                    "FieldInvalid",
                    "FieldMissing",
                    "FieldMissing",
                    "FieldInvalid",
                    "NegativeAmount",
                    "FieldUnused",
                ]
            ),
        )
        self.assertEqual(found["answers"][0]["error"]["name"], names[0])

    def test_a_credit_above_its_debt_is_said_as_a_net_credit(self):
        credit = {"on": "2025-06-10", "amount": "12000", "kind": "credit"}
        found = answer("decompte", **DECOMPTE, movements=[credit])
        self.assertEqual((found["principal_due"], found["interest_due"]), ("0.00", "36.03"))
        self.assertEqual((found["excess"], found["net_credit"]), ("2000.00", "1963.97"))
        self.assertEqual(answer("decompte", **DECOMPTE)["net_credit"], "0.00")

    def test_a_document_that_gives_a_key_twice_is_refused(self):
        self.assertEqual(answer_text('{"cases": [], "cases": []}')[0]["error"]["name"], "DocumentInvalid")

    def test_what_no_bound_foresaw_spoils_its_case_only(self):
        def fails(rates):
            raise ZeroDivisionError

        with patch.dict(ASKS, {"fails": Ask({}, fails)}):
            self.assertEqual(error({"ask": "fails"}), "CaseUnanswerable")

    def test_rates_that_overlap_spoil_the_cases_that_need_them(self):
        rate = {"date_from": "2025-01-01", "date_to": "2025-06-30", "ecb": 0, "legal_other": 1, "legal_individual": 2}
        self.assertEqual(error(DECOMPTE, rates=[rate, rate]), "RateOverlap")
        self.assertEqual(error(DECOMPTE, rates=[{**rate, "date_to": "2025-06-29"}]), "RatePeriodInvalid")
        self.assertTrue(answers({"ask": "words", "amount": 1}, rates=[rate, rate])[1])

    def test_what_is_no_document_of_cases_is_said(self):
        for text, name in (
            ("", "DocumentInvalid"),
            ("3", "DocumentInvalid"),
            ("[" * 100000, "DocumentInvalid"),
            ('{"cases": {}}', "DocumentInvalid"),
            ('{"cases": [], "rate": []}', "FieldUnknown"),
        ):
            with self.subTest(text=text[:20]):
                found, complete = answer_text(text)
                self.assertEqual((found["answers"], found["error"]["name"], complete), ([], name, False))


class TestReadme(unittest.TestCase):
    """What is documented is what happens."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.text = (RULES / "README.md").read_text(encoding="utf-8")

    def test_the_example_gives_the_answers_it_shows(self):
        asked, shown = re.findall(r"```json\n(.*?)```", self.text, re.DOTALL)[:2]
        self.assertEqual(answer_text(asked)[0], json.loads(shown))

    def test_every_question_and_field_is_documented(self):
        for ask, question in ASKS.items():
            with self.subTest(ask=ask):
                self.assertIn(f"### `{ask}`", self.text)
                section = self.text.split(f"### `{ask}`")[1].split("\n##")[0]
                for field in question.fields:
                    self.assertIn(f"`{field}`", section)


@unittest.skipUnless(SCRIPT.exists(), "the command is in the repository, not in the add-on")
class TestCommand(unittest.TestCase):
    def test_the_exit_code_tells_whether_every_case_was_answered(self):
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "cases.json"
            file.write_text(json.dumps([DECOMPTE, {"ask": "words"}]), encoding="utf-8")
            done = subprocess.run([sys.executable, str(SCRIPT), str(file)], capture_output=True, check=False)
        self.assertEqual(done.returncode, 1, done.stderr)
        one, other = json.loads(done.stdout)["answers"]
        self.assertEqual((one["answer"]["interest"], other["error"]["name"]), ("873.70", "FieldMissing"))

    def test_the_standard_input_is_answered_as_a_file_is_and_a_file_that_is_no_text_is_refused(self):
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "cases.json"
            file.write_bytes(b'[{"ask": "words", "amount": 1, "reference": "\xff"}]')
            refused = subprocess.run([sys.executable, str(SCRIPT), str(file)], capture_output=True, check=False)
        self.assertEqual((refused.returncode, refused.stdout), (2, b""))
        done = subprocess.run(
            [sys.executable, str(SCRIPT), "-"], input=json.dumps([DECOMPTE]).encode(), capture_output=True, check=False
        )
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(json.loads(done.stdout), answers(DECOMPTE)[0])

    @unittest.skipUnless(Path("/proc/self/status").exists(), "the peak of a process is read where Linux tells it")
    def test_the_memory_does_not_grow_with_the_file(self):
        peaks = []
        for count in (10, 40_000):
            with tempfile.TemporaryDirectory() as folder:
                file = Path(folder) / "cases.json"
                case = json.dumps({"ask": "debtor_type", "name": "Menuiserie Durand", "reference": "F" * 150})
                file.write_text("[" + ",".join([case] * count) + "]", encoding="utf-8")
                size = file.stat().st_size
                measure = (
                    "import resource, sys; sys.argv[0] = 'x'; import decompte; code = decompte.main(sys.argv[1:]); "
                )
                measure += "print(open('/proc/self/status').read(), file=sys.stderr)"
                done = subprocess.run(
                    [sys.executable, "-c", measure, str(file)],
                    cwd=SCRIPT.parent,
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.PIPE,
                    check=True,
                )
            peaks.append(int(re.search(rb"VmHWM:\s+(\d+)", done.stderr)[1]))
        self.assertGreater(size, 8_000_000)
        self.assertLess(peaks[1] - peaks[0], 4_000, peaks)  # kB
