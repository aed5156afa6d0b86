from odoo.tests import tagged

from ...models.door.recouvrement_door import DoorWay
from ..common import MONDAY
from ..litigation.file_common import FileCommon


@tagged("post_install", "-at_install")
class TestDoorCase(FileCommon):
    """What the debtor opened and did on its page is evidence: the file of its case takes the record of it."""

    def test_the_record_of_the_page_is_a_piece_of_the_case_once_frozen(self):
        self.policy.door = True
        events, way = self.env["recouvrement.portal.event"], DoorWay(self.card(), "", address="192.0.2.7")
        events._add(way, "opened")
        events._add(way, "message", note="Nous ne payons pas", said_by="Mme Durand")
        with self.at(MONDAY):
            document = self.env["recouvrement.document"].browse(self.card().action_door_record()["res_id"])
            case = self.opened()
            case.action_gather()
            self.assertFalse(case.piece_ids.filtered(lambda piece: document.name in piece.title), "a draft is none")
            document.action_freeze()
            case.action_gather()
        [piece] = case.piece_ids.filtered(lambda piece: document.name in piece.title)
        self.assertEqual(piece.kind, "correspondence")
        self.assertIn("Mme Durand – Nous ne payons pas", document.body)
        self.assertIn("192.0.2.7", document.body)
        with self.at(MONDAY):
            case.action_gather()
        self.assertEqual(len(case.piece_ids.filtered(lambda piece: document.name in piece.title)), 1)
