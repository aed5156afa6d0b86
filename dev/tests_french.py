"""Tests of the look at French, which need no Odoo: ``python -m unittest tests_french`` in this folder."""

import unittest

import french


class TestFrench(unittest.TestCase):
    def found(self, text, is_printed=True):
        return len(list(french.wrong(text, is_printed)))

    def test_a_straight_apostrophe_is_wrong_in_french_and_right_in_english(self):
        for text, count in (("jusqu'au jour", 1), ("L'avocat", 1), ("jusqu’au jour", 0), ("the debtor's, don't", 0)):
            with self.subTest(text):
                self.assertEqual(self.found(text), count)

    def test_an_elision_before_a_value_is_seen(self):
        self.assertEqual(self.found("la somme d'"), 1)

    def test_a_space_that_breaks_is_wrong_before_a_colon_of_french_alone(self):
        for text, count in (("réglées : ", 1), ("réglées&#160;: ", 0), ("overdue : ", 0), ("« réglé", 1)):
            with self.subTest(text):
                self.assertEqual(self.found(text), count)

    def test_texts_are_read_without_comments_and_with_the_strings_of_expressions(self):
        read = list(french.texts_of_xml("<p t-if=\"a > 'l\\'un'\">d'un<!-- l'autre --></p>"))
        self.assertEqual([text for _line, text, _printed in read if "'" in text], ["a > 'l'un'", "d'un"])

    def test_documentation_of_the_code_is_left_alone(self):
        read = french.texts_of_python('"""L\'un"""\nword = "l\'autre"\n')
        self.assertEqual([text for _line, text, _printed in read], ["l'autre"])


if __name__ == "__main__":
    unittest.main()
