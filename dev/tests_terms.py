"""Tests of the look at short strings, which need no Odoo: ``python -m unittest tests_terms`` in this folder."""

import unittest

import terms

PO = """msgid ""
msgstr ""

#: model:ir.model.fields.selection,name:x.selection__recouvrement_case__state__closed
#: model:ir.model.fields.selection,name:x.selection__recouvrement_insolvency__state__closed
msgid "Closed"
msgstr "Clos"

#: model:ir.model.fields,field_description:x.field_recouvrement_grace__void
#: model_terms:ir.ui.view,arch_db:x.recouvrement_grace_view_form
msgid "Void"
msgstr "Nul"

#: model:ir.model.fields,field_description:x.field_recouvrement_grace__date_to
#: model_terms:ir.ui.view,arch_db:x.door_transfer
msgid "To"
msgstr "Au"

#: model:ir.model.fields.selection,name:x.selection__recouvrement_dispatch__channel__sms
#: model:ir.model.fields.selection,name:x.selection__recouvrement_level__channel__sms
msgid "SMS"
msgstr "SMS"

#: code:addons/x/models/sheet.py:0
#: model:ir.ui.menu,name:x.recouvrement_credit_menu
msgid "Credit"
msgstr "Avoir"

#: code:addons/x/models/one.py:0
msgid ""
"Kept"
msgstr "Tenu"
"""


class TestTerms(unittest.TestCase):
    def found(self):
        return terms.ambiguous(terms.entries(PO), {"Void"})

    def test_a_participle_a_verb_and_a_state_a_preposition_and_a_menu_may_be_two_words_in_french(self):
        self.assertEqual(
            self.found(),
            {
                "Closed": ("Clos", {"choice:case__state", "choice:insolvency__state"}),
                "Void": ("Nul", {"button", "field", "view"}),
                "To": ("Au", {"field:grace__date_to", "view:door_transfer"}),
                "Credit": ("Avoir", {"code", "record:credit_menu"}),
            },
        )

    def test_what_was_read_is_right_until_a_place_is_new_or_its_french_changes(self):
        text = """# of what
Closed | Clos | choice:case__state, choice:insolvency__state
Void | Nul | button, field
To | À | field:grace__date_to, view:door_transfer
Credit | Avoir | code, record:credit_menu
"""
        self.assertEqual(
            list(terms.compared(self.found(), terms.reviewed(text))),
            [
                "“To” is « Au », and « À » was read (terms_reviewed.txt)",
                "“Void” (« Nul ») is said in a place that was not read: view (terms_reviewed.txt)",
            ],
        )

    def test_one_that_nobody_read_is_told(self):
        self.assertEqual(len(list(terms.compared(self.found(), {}))), 4)


if __name__ == "__main__":
    unittest.main()
