from collections import defaultdict
from datetime import timedelta

from markupsafe import Markup

from odoo import api, fields, models
from odoo.tools import SQL, format_date

from ...ledger import law_facts, open_items
from ...rules.prescription import EXPIRED, THRESHOLDS, alert_threshold
from ...tools import bulk
from .recouvrement_claim_kind import DELIVERED_BEFORE, LONG_PERFORMED

STALE_DAYS = 30  # what was time-barred long before is in the agenda already: no alert
FEW = 10  # invoices named in an activity


class RecouvrementLimitationAlert(models.Model):
    """How far people were warned that an invoice is about to be time-barred: each threshold once."""

    _name = "recouvrement.limitation.alert"
    _description = "Limitation Alert"
    _inherit = "recouvrement.followed"
    _follow_turn = 12
    _log_access = False  # bookkeeping of the follow-up

    move_id = fields.Many2one("account.move", required=True, ondelete="cascade")
    entry_line_id = fields.Integer(
        required=True, default=0, help="The journal item, for an entry that is not an invoice."
    )
    threshold = fields.Integer(required=True)  # days left when people were told; 0: it had passed

    _once = models.UniqueIndex("(move_id, entry_line_id)", "This invoice is already followed.")

    @api.model
    def _restart(self, move_ids, item_ids=()):
        """Something moved the limitation of these invoices, or items of opening entries: their thresholds are told
        again."""
        self.env.cr.execute(
            SQL(
                "DELETE FROM recouvrement_limitation_alert WHERE move_id = %s OR entry_line_id = %s",
                bulk.any_of(move_ids),
                bulk.any_of(item_ids),
            )
        )
        self.invalidate_model(flush=False)

    @api.model
    def _follow_up(self, on):
        """Warn, 90, 30 and 7 days before and once it has passed, of the open invoices about to be time-barred."""
        for company in self.env["res.company"].search([("recouvrement_active", "=", True)]).root_id:
            told, silent = defaultdict(list), []
            for about, debtor_id, last_day, known in self._near(company, on):
                threshold = alert_threshold(last_day, on)
                if threshold is None or (known is not None and known <= threshold):
                    continue
                if threshold == EXPIRED and known is None and last_day < on - timedelta(days=STALE_DAYS):
                    silent.append((about, threshold))
                elif debtor_id:
                    told[debtor_id].append((about, threshold, last_day))
            self._remember([*silent, *((row[0], row[1]) for rows in told.values() for row in rows)])
            self._warn(company, told)

    @api.model
    def _near(self, company, on):
        """[((move, item of an entry or 0), debtor, last day, threshold known)] of open invoices within 90 days of their
        end, events applied.

        One statement through the dates old enough for the shortest limitation, and one for the events: what
        interrupts only ever lengthens it, so nothing nearer is missed.
        """
        table = self.env["recouvrement.claim.kind"]._kinds(company)
        horizon = on + timedelta(days=max(THRESHOLDS))
        candidates = self._candidates(company, table.started_before(horizon))
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT found.move_id, found.entry_line_id, found.debtor_id, MIN(found.last_day), MIN(found.threshold)
                  FROM (
                       SELECT l.move_id, %(entry_line)s AS entry_line_id, d.id AS debtor_id, %(last_day)s AS last_day,
                              a.threshold
                         FROM (%(candidates)s) candidate
                         JOIN account_move_line l ON l.id = candidate.id
                         JOIN account_move m ON m.id = l.move_id
                         JOIN res_partner p ON p.id = l.partner_id
                    LEFT JOIN recouvrement_debtor d
                           ON d.partner_id = p.commercial_partner_id AND d.company_id = %(company)s
                    LEFT JOIN recouvrement_limitation_alert a
                           ON a.move_id = l.move_id AND a.entry_line_id = %(entry_line)s
                        WHERE %(scope)s AND l.amount_residual_currency > 0 AND (a.threshold IS NULL OR a.threshold > 0)
                       ) found
                 WHERE found.last_day <= %(horizon)s
              GROUP BY 1, 2, 3
                """,
                entry_line=SQL("CASE WHEN m.move_type = 'entry' THEN l.id ELSE 0 END"),
                last_day=table.last_day_sql(*law_facts.claimed("l", "m", "d")),
                candidates=candidates,
                company=company.id,
                scope=open_items.scope(company),
                horizon=horizon,
            )
        )
        return self._interrupted([((move_id, item_id), *row) for move_id, item_id, *row in rows], table)

    @staticmethod
    def _candidates(company, started):
        """The items that may be near the end of their limitation: by the indexes of due dates, of kinds that a person
        chose, of what was invoiced long after."""
        return SQL(
            """
            SELECT id FROM account_move_line WHERE date_maturity <= %(oldest)s AND reconciled IS NOT TRUE
             UNION
            SELECT id FROM account_move_line WHERE date_maturity IS NULL AND date <= %(oldest)s
               AND reconciled IS NOT TRUE AND account_id = ANY(%(accounts)s)
             UNION
            SELECT i.id FROM account_move c JOIN account_move_line i ON i.move_id = c.id
             WHERE c.recouvrement_claim_choice_id IS NOT NULL
             UNION
            SELECT i.id
              FROM (SELECT id FROM account_move
                     WHERE %(long_performed)s AND COALESCE(delivery_date, invoice_date, date) <= %(started)s) c
              JOIN account_move_line i ON i.move_id = c.id
            """,
            oldest=started + DELIVERED_BEFORE,
            long_performed=SQL(LONG_PERFORMED),
            started=started,
            accounts=company._recouvrement_accounts(),
        )

    def _interrupted(self, rows, table):
        """The same rows, the certain events of their invoices, or of their items of opening entries, applied."""
        events = self.env["recouvrement.limitation.event"]._of_debts([row[0] for row in rows])
        facts = law_facts.read(self.env, [move_id for move_id, item_id in events if not item_id])
        found, cards = [], self.env["recouvrement.debtor"]
        for (move_id, item_id), debtor_id, last_day, known in rows:
            if (move_id, item_id) in events:
                card, item = cards.browse(debtor_id), self.env["account.move.line"].browse(item_id)
                fact = item._law_facts(card) if item else facts[move_id]
                last_day = table.limitation(fact, events[move_id, item_id]).on
            found.append(((move_id, item_id), debtor_id, last_day, known))
        return found

    def _remember(self, rows):
        """Keep the threshold told for each invoice, in one statement."""
        if rows:
            told = [(*about, threshold) for about, threshold in dict(rows).items()]
            self.env.cr.execute(
                SQL(
                    "INSERT INTO recouvrement_limitation_alert (move_id, entry_line_id, threshold)"
                    " SELECT * FROM unnest(%s::int[], %s::int[], %s::int[])"
                    " ON CONFLICT (move_id, entry_line_id) DO UPDATE SET threshold = EXCLUDED.threshold",
                    *(list(column) for column in zip(*told, strict=True)),
                )
            )
            self.invalidate_model(flush=False)

    def _warn(self, company, told):
        """One activity per debtor and threshold, made together, that names the invoices."""
        managers = company._recouvrement_managers()
        debtors = self.env["recouvrement.debtor"].browse(told)
        numbers = self._numbers([about for rows in told.values() for about, *_row in rows])
        values = []
        for debtor in debtors:
            by_threshold = defaultdict(list)
            for about, threshold, last_day in told[debtor.id]:
                by_threshold[threshold].append((last_day, numbers[about]))
            for threshold, rows in by_threshold.items():
                person = debtor._person_in_charge()
                people = person | managers if threshold <= min(THRESHOLDS) else person
                values += [self._activity(debtor, user, threshold, sorted(rows)) for user in people]
        self.env["mail.activity"].create(values)

    def _numbers(self, found):
        """{(move, item of an opening entry or 0): how people know it}."""
        moves = self.env["account.move"].browse(move_id for move_id, _item in found)
        items = self.env["account.move.line"].browse(item_id for _move, item_id in found if item_id)
        names = {move.id: move.display_name for move in moves}
        of_items = {item.id: item._number_of_entry() for item in items}
        return {(move_id, item_id): of_items.get(item_id, names[move_id]) for move_id, item_id in found}

    def _activity(self, debtor, user, threshold, rows):
        env = self.with_context(lang=user.lang).env
        if threshold == EXPIRED:
            summary = env._("TIME-BARRED: %s invoice(s)", len(rows))
        else:
            summary = env._("%(count)s invoice(s) time-barred within %(days)s days", count=len(rows), days=threshold)
        shown = [
            Markup("<li>%s</li>") % env._("%(invoice)s: last day %(day)s", invoice=name, day=format_date(env, day))
            for day, name in rows[:FEW]
        ]
        if len(rows) > FEW:
            shown.append(Markup("<li>%s</li>") % env._("and %s more", len(rows) - FEW))
        return {
            "activity_type_id": self.env.ref("mail.mail_activity_data_warning").id,
            "res_model_id": self.env["ir.model"]._get_id("recouvrement.debtor"),
            "res_id": debtor.id,
            "user_id": user.id,
            "summary": summary,
            "note": Markup("<ul>%s</ul>") % Markup("").join(shown),
            "date_deadline": rows[0][0],
        }
