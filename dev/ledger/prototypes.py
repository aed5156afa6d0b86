"""One document of each shape, made by the ORM: every column Odoo and the installed add-ons fill."""

from datetime import timedelta

from ledger import french
from ledger.company import bank_journal, chart, ensure_products, ensure_terms, french_lang, sale_journal

RATES = {"20": "tva_normale", "10": "tva_intermediaire", "5.5": "tva_reduite"}
# What becomes of an invoice; a refund is a credit note nobody allocated.
SHAPES = ("open", "paid", "part", "split", "refund")
PROTOTYPE_PARTNER = {
    "name": "Prototype de client",
    "email": "prototype@prototype.example",
    "phone": "+33 4 65 71 99 99",
    "street": "1 rue du Prototype",
    "zip": "00000",
    "city": "Prototype-sur-Rhône",
}
PROTOTYPE_SIREN = "99999999" + french.luhn_key("99999999")


class Prototypes:
    """One document of each kind, made by the ORM; `rows()` reads them back as the database has them."""

    UNTAXED = 1234.57

    def __init__(self, env, today):
        self.env = env
        self.on = today - timedelta(days=100)
        self.terms = ensure_terms(env)
        self.product = ensure_products(env)["table"]

    def rows(self):
        partners = {"company": self._partner(True), "person": self._partner(False)}
        self.partner = partners["company"]
        result = {name: [] for name in ("proto_move", "proto_line", "proto_payment", "proto_partial", "proto_tag",
                                        "proto_tax")}  # fmt: skip
        receipts = {"loose": (self._receipt(200.0), None)}
        for rate in RATES:
            for shape in SHAPES:
                move = self._invoice(shape, rate)
                if shape in ("paid", "part"):
                    receipts[shape] = (self._pay(move, shape), move)
                self._read_move(result, f"{shape}:{rate}", move, "", self._roles(move))
        for shape, (payment, invoice) in receipts.items():
            other = invoice.name if invoice else ""
            kind, move = f"receipt:{shape}", payment.move_id
            roles = {line.id: "liquidity" if line.balance > 0 else "counterpart" for line in move.line_ids}
            self._read_move(result, kind, move, other, roles)
            result["proto_payment"].append((kind, "", move.name, other, self._read("account_payment", payment)[0]))
            for row in self._read("account_partial_reconcile", move.line_ids.matched_debit_ids):
                result["proto_partial"].append((kind, "", move.name, other, row))
        result["partners"] = {key: self._read("res_partner", partner)[0] for key, partner in partners.items()}
        return result

    def _partner(self, is_company):
        numbers = {"vat": french.vat(PROTOTYPE_SIREN), "company_registry": french.siret(PROTOTYPE_SIREN)}
        values = PROTOTYPE_PARTNER | {
            "is_company": is_company,
            "country_id": self.env.ref("base.fr").id,
            "lang": french_lang(self.env),
            "customer_rank": 1,
            **(numbers if is_company else {}),
        }
        return self.env["res.partner"].create(values)

    def _invoice(self, shape, rate):
        term = {"split": self.terms["30_70"], "refund": self.terms["immediate"]}.get(shape, self.terms["30_days"])
        line = {
            "product_id": self.product.id,
            "price_unit": self.UNTAXED,
            "tax_ids": [(6, 0, chart(self.env, RATES[rate]).ids)],
        }
        move = self.env["account.move"].create(
            {
                "move_type": "out_refund" if shape == "refund" else "out_invoice",
                "journal_id": sale_journal(self.env).id,
                "partner_id": self.partner.id,
                "invoice_date": self.on,
                "invoice_payment_term_id": term.id,
                "invoice_line_ids": [(0, 0, line)],
            }
        )
        move.action_post()
        return move

    def _pay(self, invoice, shape):
        payment = self._receipt(invoice.amount_total if shape == "paid" else 500.0, invoice)
        lines = (invoice + payment.move_id).line_ids
        lines.filtered(lambda line: line.account_id.account_type == "asset_receivable").reconcile()
        return payment

    def _receipt(self, amount, invoice=None):
        payment = self.env["account.payment"].create(
            {
                "payment_type": "inbound",
                "partner_type": "customer",
                "partner_id": self.partner.id,
                "journal_id": bank_journal(self.env).id,
                "date": self.on + timedelta(days=40),
                "amount": amount,
                "memo": f"Virement {invoice.name}" if invoice else "Virement sans référence",
                "invoice_ids": [(6, 0, invoice.ids)] if invoice else [],
            }
        )
        payment.action_post()
        return payment

    @staticmethod
    def _roles(move):
        roles = {line.id: line.display_type for line in move.line_ids}
        terms = move.line_ids.filtered(lambda line: line.display_type == "payment_term").sorted("date_maturity")
        return roles | {line.id: f"term{number}" for number, line in enumerate(terms, 1)}

    def _read_move(self, result, kind, move, other, roles):
        result["proto_move"].append((kind, "", move.name, other, self._read("account_move", move)[0]))
        for row in self._read("account_move_line", move.line_ids):
            result["proto_line"].append((kind, roles[row["id"]], move.name, other, row))
        for line in move.line_ids:
            result["proto_tag"] += [(kind, roles[line.id], tag) for tag in line.tax_tag_ids.ids]
            result["proto_tax"] += [(kind, roles[line.id], tax) for tax in line.tax_ids.ids]

    def _read(self, table, records):
        self.env.flush_all()
        self.env.cr.execute(f"SELECT to_jsonb(t) FROM {table} t WHERE id = ANY(%s) ORDER BY id", [records.ids])
        return [row for (row,) in self.env.cr.fetchall()]
