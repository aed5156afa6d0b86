from odoo.tests import tagged

from ..clock import today
from .case_common import DAY, OPENED, CaseCommon


@tagged("post_install", "-at_install")
class TestTimelineCase(CaseCommon):
    def test_cases_contacts_and_guarantees_are_told_once_and_confidential_cases_to_those_who_may(self):
        card = self.card()
        with self.at(OPENED):
            self.env["recouvrement.contact"].with_user(self.collector)._log(
                card.with_user(self.collector), "call", "reached", note="He will see", spoke_to="Mrs Martin", on=today()
            )
            self.env["recouvrement.contact"].with_user(self.collector)._log(
                card.with_user(self.collector), "visit", "refusal", note="Closed door", on=today()
            )
        case = self.opened()
        self.start(case, "agency", approve=False)
        guarantee = self.env["recouvrement.guarantee"].create(
            {"name": "G1", "kind": "pledge", "debtor_id": card.id, "amount": 500}
        )
        with self.at(OPENED + DAY):
            guarantee.action_call()
            rows = card.with_user(self.collector).get_timeline()["rows"]
            kinds = [row["kind"] for row in rows]
            self.assertEqual([kinds.count(kind) for kind in ("call", "visit", "case", "guarantee")], [1, 1, 2, 1])
            self.assertFalse([row for row in rows if row["kind"] == "message" and "He will see" in row["detail"]])
            call = next(row for row in rows if row["kind"] == "call")
            self.assertEqual(call["icon"], "fa-phone")
            self.assertIn("Mrs Martin", call["detail"])
            opened = next(row for row in rows if row["kind"] == "case")
            self.assertEqual((opened["res_model"], opened["res_id"]), (case._name, case.id))
            case.sudo().is_confidential = True
            self.env.invalidate_all()
            kinds = [row["kind"] for row in card.with_user(self.collector).get_timeline()["rows"]]
            self.assertNotIn("case", kinds)
        guarantee.action_reopen()
        self.assertFalse(guarantee.called_on)
