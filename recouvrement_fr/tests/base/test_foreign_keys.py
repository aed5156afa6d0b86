from odoo.tests import TransactionCase, tagged


@tagged("post_install", "-at_install")
class TestForeignKeys(TransactionCase):
    """The keys put off to the end of a first installation, beside whatever other modules are there."""

    def test_a_table_whose_name_has_capitals_has_its_key_already(self):
        # As stock does: CREATE TABLE "Products"
        self.env.cr.execute(
            'CREATE TABLE "Packed Things" (id integer PRIMARY KEY, thing_id integer REFERENCES "Packed Things"(id))'
        )
        keys = {
            ("Packed Things", "thing_id"): ("Packed Things", "id", "cascade", "stock.move.line", "stock"),
            ("Packed Things", "id"): ("res_users", "id", "cascade", "stock.move.line", "stock"),
        }
        self.assertEqual(list(self.env["recouvrement.installation"]._missing(keys)), [("Packed Things", "id")])
