from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, format_datetime, html2plaintext

from ...rules.quality import Record, duplicates, flaws, lacks_mentions
from ...tools import bulk

KINDS = [  # the worst first, as the dashboard counts them
    ("no_iban", "Our company has no bank account"),
    ("no_email", "No e-mail address"),
    ("bounced", "E-mail address that came back"),
    ("no_address", "Postal address incomplete"),
    ("siren_wrong", "SIREN wrong"),
    ("siren_missing", "SIREN missing"),
    ("type_unconfirmed", "Type of debtor not confirmed"),
    ("unlawful_terms", "Payment term unlawful"),
    ("missing_clause", "Payment term that needs a clause"),
    ("missing_mentions", "Invoices without the mentions of the law"),
    ("duplicate", "Probably the same company twice"),
]
TERMS = {"unlawful": "unlawful_terms", "conditional": "missing_clause"}


class RecouvrementQuality(models.Model):
    """What will make dunning fail, among those who owe something: a list that is made anew each day and each time it is
    opened, and the way to mend each line."""

    _name = "recouvrement.quality"
    _description = "Data to Mend"
    _inherit = ["recouvrement.followed"]
    _follow_turn = 20  # once what debtors owe is known
    _order = "kind, amount desc, id"

    kind = fields.Selection(KINDS, "What is wrong", required=True, readonly=True, index=True)
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    debtor_id = fields.Many2one("recouvrement.debtor", readonly=True, index=True, ondelete="cascade")
    move_id = fields.Many2one("account.move", "Invoice", readonly=True, index="btree_not_null", ondelete="cascade")
    detail = fields.Char(readonly=True)
    amount = fields.Monetary("At stake", readonly=True, help="What the debtor owes, or what is left of the invoice.")
    count = fields.Integer("Lines", default=1, readonly=True)

    _once = models.UniqueIndex(  # two who open the list at once make it once
        "(company_id, kind, COALESCE(debtor_id, 0), COALESCE(move_id, 0))", "This is already on the list."
    )

    @api.depends("kind")
    @api.depends_context("lang")
    def _compute_display_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for line in self:
            line.display_name = kinds.get(line.kind)

    @api.model
    def action_open(self):
        """Make the list again for the companies of the user, and show it."""
        self.check_access("read")
        for company in self.env.companies.root_id:
            self.sudo()._make(company)  # bookkeeping: nobody types these lines
        return {
            **self.env["ir.actions.act_window"]._for_xml_id("recouvrement_fr.recouvrement_quality_action"),
            "display_name": self.env._(
                "Data to mend, %s", format_datetime(self.env, self.env.cr.now(), dt_format="short")
            ),
        }

    @api.model
    def _follow_up(self, on):
        """As the dashboard counts it."""
        for company in self.env["res.company"].search([("parent_id", "=", False), ("recouvrement_active", "=", True)]):
            self._make(company)

    @api.model
    def _counts(self, domain):
        """[(kind, its label, how many, at stake)] of these lines as the list was last made, the worst kind first."""
        groups = self._read_group(domain, ["kind"], ["__count", "amount:sum"])
        found = {kind: (count, amount) for kind, count, amount in groups}
        labels = self._fields["kind"]._description_selection(self.env)
        return [(kind, label, *found[kind]) for kind, label in labels if kind in found]

    @api.model
    def _make(self, company):
        """Look at every debtor of a root company who owes something: a constant number of statements.

        A line that is as it was stays, since most are, day after day. Who makes the list while somebody else does waits
        for it, then begins again as Odoo does after any such meeting.
        """
        self.env.flush_all()
        known = self.env.execute_query(
            SQL(
                """
                SELECT kind, debtor_id, move_id, id, detail, amount::float8
                  FROM recouvrement_quality WHERE company_id = %s
                """,
                company.id,
            )
        )
        known = {(kind, debtor_id, move_id): rest for kind, debtor_id, move_id, *rest in known}
        new, changed = [], []
        for kind, debtor_id, move_id, detail, amount in self._rows(company):
            line_id, *was = known.pop((kind, debtor_id, move_id), (None, None, None))
            if not line_id:
                new.append((kind, company.id, debtor_id, move_id, detail, amount, 1))
            elif was != [detail, float(amount)]:
                changed.append((line_id, detail, amount))
        gone = bulk.any_of(line_id for line_id, *_rest in known.values())
        self.env.cr.execute(SQL("DELETE FROM recouvrement_quality WHERE id = %s", gone))
        self.invalidate_model(flush=False)
        bulk.update(self, ("detail", "amount"), changed)
        bulk.insert(self, ("kind", "company_id", "debtor_id", "move_id", "detail", "amount", "count"), new, bulk.KNOWN)

    @api.model
    def _rows(self, company):
        """What is wrong now, each once: (kind, debtor, invoice, detail, amount)."""
        yield from self._company_rows(company)
        yield from self._debtor_rows(company)
        yield from self._term_rows(company)
        yield from self._mention_rows(company)

    @api.model
    def _company_rows(self, company):
        if not company.sudo().partner_id.bank_ids.filtered("acc_number"):  # as the activation assistant asks
            yield "no_iban", None, None, company.name, 0

    @api.model
    def _debtor_rows(self, company):
        """One row per flaw of a debtor; the address is that of whoever receives its reminders when nothing is said on
        the invoice: the contact named, else the invoice address, else the debtor."""
        found = self.env.execute_query(
            SQL(
                """
                SELECT d.id, d.open_amount, d.debtor_type, d.type_confirmed IS TRUE, p.company_registry, p.vat, c.code,
                       a.email, a.street, a.zip, a.city,
                       EXISTS (SELECT 1 FROM recouvrement_dispatch x
                                 JOIN recouvrement_reminder r ON r.id = x.reminder_id
                                WHERE r.debtor_id = d.id AND x.channel = 'email' AND x.wrong_address
                                  AND x.address = a.email_normalized)
                  FROM recouvrement_debtor d
                  JOIN res_partner p ON p.id = d.partner_id
             LEFT JOIN res_country c ON c.id = p.country_id
                  JOIN LATERAL (
                       SELECT q.* FROM res_partner q
                        WHERE q.id IN (d.dunning_contact_id, p.id)
                           OR (q.parent_id = p.id AND q.type = 'invoice' AND q.active)
                     ORDER BY q.id = d.dunning_contact_id DESC NULLS LAST, q.id = p.id, q.id
                        LIMIT 1) a ON TRUE
                 WHERE d.company_id = %s AND d.active AND d.open_amount > 0
              ORDER BY d.id
                """,
                company.id,
            )
        )
        sirens = []
        for row in found:
            debtor_id, amount, kind, confirmed, registry, vat, country, email, street, postal, city, bounced = row
            has_address = bool(street and postal and city)
            record = Record(kind, confirmed, registry, vat, country, bool(email), bounced, has_address)
            sirens.append((debtor_id, record.siren))
            for flaw in flaws(record):
                detail = {"siren_wrong": registry, "bounced": email}.get(flaw)
                yield flaw, debtor_id, None, detail, amount
        amounts = {row[0]: row[1] for row in found}
        for debtor_id, siren in duplicates(sirens).items():
            yield "duplicate", debtor_id, None, siren, amounts[debtor_id]

    @api.model
    def _term_rows(self, company):
        """The open invoices whose term is unlawful, or lawful only by a clause that nobody says the contracts hold."""
        tree = company._recouvrement_tree()
        for state, kind in TERMS.items():
            invoices = self.env["account.move"].sudo()  # of the whole tree, counted: who reads the list sees his own
            query = invoices._search([("payment_term_state", "=", state), ("company_id", "in", tree)], order="id")
            rows = self.env.execute_query(
                SQL(
                    """
                    SELECT d.id, m.id, m.name, ABS(m.amount_residual_signed)
                      FROM account_move m
                      JOIN recouvrement_debtor d ON d.partner_id = m.commercial_partner_id AND d.company_id = %s
                     WHERE m.id IN %s
                    """,
                    company.id,
                    query.subselect(),
                )
            )
            for debtor_id, move_id, name, amount in rows:
                yield kind, debtor_id, move_id, name, amount

    @api.model
    def _mention_rows(self, company):
        """One row per debtor whose open invoices lack a mention that the law asks of them (C.com L441-9)."""
        found = self._without_mentions(company)
        names = dict(
            self.env.execute_query(
                SQL(
                    "SELECT id, name FROM account_move WHERE id = %s",
                    bulk.any_of([min(move_ids) for move_ids, _amount in found.values()]),
                )
            )
        )
        for debtor_id, (move_ids, amount) in found.items():
            first = names[min(move_ids)]
            detail = self.env._("%(name)s and %(count)s more", name=first, count=len(move_ids) - 1)
            yield "missing_mentions", debtor_id, None, detail if len(move_ids) > 1 else first, amount

    @api.model
    def _without_mentions(self, company, debtors=None):
        """{debtor id: ([invoice id], what is left of them)}, from the words under their lines, of their payment terms
        and of their electronic forms: each text is read once, however many invoices say it. What the company has
        printed by itself since a day lacks nothing from that day."""
        company = company.sudo()  # a setting of the root
        rows = self.env.execute_query(
            SQL(
                """
                SELECT d.id, d.debtor_type, COALESCE(m.narration, ''), m.invoice_payment_term_id,
                       COALESCE(n.electronic_told, ''), ARRAY_AGG(m.id), SUM(ABS(m.amount_residual_signed))
                  FROM recouvrement_debtor d
                  JOIN account_move m ON m.commercial_partner_id = d.partner_id
             LEFT JOIN recouvrement_invoice_mention n ON n.move_id = m.id
                 WHERE d.company_id = %(company)s AND d.active AND d.open_amount > 0 AND %(debtors)s
                   AND m.company_id IN %(tree)s AND m.move_type = 'out_invoice' AND m.state = 'posted'
                   AND m.payment_state IN ('not_paid', 'partial')
                   AND (%(since)s::date IS NULL OR m.invoice_date < %(since)s)
              GROUP BY 1, 2, 3, 4, 5
                """,
                company=company.id,
                debtors=SQL("d.id IN %s", debtors._ids) if debtors else SQL("TRUE"),
                tree=tuple(company._recouvrement_tree()),
                since=company.recouvrement_print_mentions and company.recouvrement_mentions_since or None,
            )
        )
        terms = self.env["account.payment.term"].sudo().browse({row[3] for row in rows if row[3]})  # of each branch
        notes = {term.id: html2plaintext(term.note or "") for term in terms}
        found, told = {}, {}
        for debtor_id, debtor_type, narration, term_id, electronic, move_ids, amount in rows:
            said = narration, term_id, electronic, debtor_type
            if said not in told:
                text = f"{html2plaintext(narration)}\n{notes.get(term_id, '')}\n{electronic}"
                told[said] = lacks_mentions(debtor_type, text)
            if told[said]:
                known, total = found.get(debtor_id, ([], 0))
                found[debtor_id] = ([*known, *move_ids], total + amount)
        return found

    def action_mend(self):
        """Open what is to be mended."""
        self.ensure_one()
        self.check_access("read")
        if self.kind == "no_iban":
            # sudo: the root, for who works in a branch alone
            return (
                self.company_id.sudo().partner_id.with_env(self.env)._get_records_action(name=self.env._("Our company"))
            )
        if self.kind in TERMS.values():
            return self.move_id._get_records_action()
        if self.kind in ("no_email", "bounced", "no_address"):
            return self.debtor_id.action_correct_contact()
        if self.kind == "duplicate":
            return self._open_twins()
        if self.kind == "missing_mentions":
            found = self._without_mentions(self.company_id, self.debtor_id)
            invoices = self.env["account.move"].browse(found.get(self.debtor_id.id, ([], 0))[0])
            return {**invoices._get_records_action(name=self.display_name), "domain": [("id", "in", invoices.ids)]}
        if self.kind == "type_unconfirmed":
            return self.debtor_id._get_records_action()
        return self.debtor_id.partner_id._get_records_action()

    def _open_twins(self):
        twins = self.search([("kind", "=", "duplicate"), ("detail", "=", self.detail)]).debtor_id.partner_id
        if not twins:
            raise UserError(self.env._("Nothing is left to compare: open the list again."))
        return {
            **twins._get_records_action(name=self.env._("Probably the same company: %s", self.detail)),
            "views": [(False, "list"), (False, "form")],
            "domain": [("id", "in", twins.ids)],
        }
