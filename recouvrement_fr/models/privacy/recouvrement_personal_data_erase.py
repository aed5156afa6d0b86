from collections import Counter
from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo import api, models
from odoo.tools import SQL

from ...rules.retention import in_force
from .recouvrement_personal_data_words import GONE

# What core and its neighbours keep of a person beside the partner: model -> (link to the partner, columns emptied).
BESIDE = {
    "payment.transaction": (
        "partner_id",
        ("partner_name", "partner_email", "partner_phone", "partner_address", "partner_zip", "partner_city"),
    ),
    "payment.token": ("partner_id", ("payment_details",)),
    "snailmail.letter": ("partner_id", ("street", "street2", "zip", "city", "info_msg")),
    "account.autopost.bills.wizard": ("partner_id", ()),
}
# What an accounting entry says in words, and when its time is over too: model -> columns.
ACCOUNTING = {
    "account_move": ("narration", "ref", "payment_reference", "invoice_partner_display_name", "invoice_origin"),
    "account_payment": ("memo", "payment_reference"),
    "account_move_line": ("ref", "name"),
    "account_bank_statement_line": ("partner_name", "account_number", "payment_ref", "transaction_details"),
}
RECIPIENTS = ("email_from", "reply_to", "outgoing_email_to", "incoming_email_to", "incoming_email_cc")


class RecouvrementPersonalData(models.AbstractModel):
    """Erasing: one page of persons in a number of statements that does not depend on how many they are."""

    _inherit = "recouvrement.personal.data"

    @api.model
    def _erase(self, family, on):
        """Erase what one company holds of these persons; the partners too where no other company holds them.

        What accounting needs stays, with its identity in `recouvrement.retention.identity`. Commits nothing.

        :return: ({person: {model: how many records were emptied}}, ids of the persons whose partner is anonymised)
        """
        self = self.with_context(lang=family.company.partner_id.sudo().lang)  # what is left says so in that language
        held = self._held(family)
        shared, naming = self._shared(held), self._naming(family.members)
        counts = {person: Counter() for person in family.persons}
        for model, ids in held.items():
            for person in ids.values():
                counts[person][model] += 1
        alone = self._held_by_no_other(family)
        members = [member for member, person in family.members.items() if person in alone]
        self._erase_written(held, members, on)
        self._unname_places(shared, naming)
        for model, ids in held.items():
            if self.env[model]._transient:
                self._forget_dialogs(model, ids)
            elif model.startswith("recouvrement."):
                self._erase_records(model, ids)
        self._stamp(held.get("recouvrement.debtor", ()), on)
        self._erase_hold_words(family)
        self._erase_invoices(held.get("account.move", ()))
        self._erase_partners(members, on)
        self.env.invalidate_all()
        return counts, alone

    # --- what was written ---------------------------------------------------------------------------------------------

    @api.model
    def _erase_written(self, held, members, on):
        """Messages, mails, SMS, activities and files. Files of entries stay with accounting, but for our evidence."""
        places = self._places(held, members)
        messages = self._messages(places)
        ours = [id_ for id_, (model, _res_id) in messages.items() if not model.startswith("account.")]
        of_entries = {model: ids for model, ids in places.items() if model.startswith("account.")}
        others = {model: ids for model, ids in places.items() if model not in of_entries}
        files = self._files(others, ours) | self._received_files(of_entries, members)
        files -= self._accounting_files(files)
        self._erase_messages(list(messages))
        self._erase_activities(places)
        self._erase_files(files, on)

    @api.model
    def _accounting_files(self, ids):
        """Those that hang on an entry: a message of ours may carry the invoice itself."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT id FROM ir_attachment WHERE id = ANY(%s) AND evidence_sha256 IS NULL
                   AND res_model IN ('account.move', 'account.payment', 'account.bank.statement.line')
                   AND NOT EXISTS (SELECT 1 FROM message_attachment_rel rel
                                     JOIN mail_message m ON m.id = rel.message_id
                                    WHERE rel.attachment_id = ir_attachment.id AND m.message_type = 'email')
                """,
                list(ids),
            )
        )
        return {id_ for (id_,) in rows}

    @api.model
    def _received_files(self, of_entries, members):
        """What a person sent in by e-mail on an invoice is no part of it."""
        messages = list(self._messages(of_entries)) if any(of_entries.values()) else []
        rows = self.env.execute_query(
            SQL(
                """
                SELECT rel.attachment_id FROM message_attachment_rel rel JOIN mail_message m ON m.id = rel.message_id
                 WHERE m.id = ANY(%s) AND (m.message_type = 'email' OR m.author_id = ANY(%s))
                """,
                messages,
                list(members),
            )
        )
        return {id_ for (id_,) in rows}

    @api.model
    def _erase_messages(self, ids):
        """Who wrote on what and when stays; what was said, and to which address, goes."""
        emptied = SQL(", ").join(SQL("%s = NULL", SQL.identifier(name)) for name in ("subject", *RECIPIENTS))
        words = self.env._("Personal data erased.")
        body = f"<p>{words}</p>"
        statements = (
            SQL("UPDATE mail_message SET body = %s, %s WHERE id = ANY(%s)", body, emptied, ids),
            SQL(
                """
                UPDATE mail_mail SET body_html = NULL, email_to = NULL, email_cc = NULL, headers = NULL,
                       "references" = NULL, failure_reason = NULL,
                       state = CASE state WHEN 'outgoing' THEN 'cancel' ELSE state END
                 WHERE mail_message_id = ANY(%s)
                """,
                ids,
            ),
            SQL(
                """
                UPDATE mail_notification SET mail_email_address = NULL, sms_number = NULL, failure_reason = NULL
                 WHERE mail_message_id = ANY(%s)
                """,
                ids,
            ),
            SQL("DELETE FROM sms_sms WHERE mail_message_id = ANY(%s)", ids),
            SQL(
                """
                UPDATE mail_tracking_value tracked SET old_value_char = NULL, new_value_char = NULL,
                       old_value_text = NULL, new_value_text = NULL
                  FROM mail_message m
                 WHERE m.id = tracked.mail_message_id AND m.id = ANY(%s)
                   AND (m.model NOT LIKE 'account.%%' OR NOT EXISTS (
                        SELECT 1 FROM ir_model_fields f
                         WHERE f.id = tracked.field_id AND (f.ttype = 'selection' OR f.relation LIKE 'account.%%')))
                """,
                ids,
            ),
        )
        for statement in statements:  # SQL: messages of ours are evidence to everybody else
            self.env.cr.execute(statement)

    @api.model
    def _erase_activities(self, places):
        """Done or not, a task keeps its kind, its day and who did it."""
        hanging = self._hanging("mail_activity", "res_model", places)
        self.env.cr.execute(  # SQL: in one statement, and without a message for each
            SQL(
                """
                UPDATE mail_activity SET summary = NULL, note = NULL, feedback = NULL, res_name = NULL
                 WHERE id IN (SELECT id FROM (%s) hanging)
                """,
                hanging,
            )
        )
        waiting = self._hanging("mail_scheduled_message", "model", places)
        self.env.cr.execute(  # as above
            SQL("DELETE FROM mail_scheduled_message WHERE id IN (SELECT id FROM (%s) hanging)", waiting)
        )

    @api.model
    def _forget_dialogs(self, model, ids):
        """What somebody had begun to type about this person; Odoo would delete it within the day."""
        table = SQL.identifier(self.env[model]._table)
        self.env.cr.execute(SQL("DELETE FROM %s WHERE id = ANY(%s)", table, list(ids)))  # SQL: nobody else's rights

    @api.model
    def _stamp(self, debtor_ids, on):
        """SQL: as for all that is emptied here."""
        self.env.cr.execute(
            SQL("UPDATE recouvrement_debtor SET anonymised_on = %s WHERE id = ANY(%s)", on, list(debtor_ids))
        )

    @api.model
    def _erase_hold_words(self, family):
        """Why a hold was placed may tell of the person; that it was, by whom and when, stays."""
        self.env.cr.execute(  # SQL: as for all that is emptied here
            SQL(
                "UPDATE recouvrement_retention_hold SET reason = %s WHERE company_id = %s AND partner_id = ANY(%s)",
                GONE,
                family.company.id,
                list(family.members),
            )
        )

    @api.model
    def _erase_invoices(self, ids):
        """Of an invoice, what the law does not ask for: the address it came from, and the link that opens it."""
        self.env.cr.execute(  # SQL: a posted entry is not written
            SQL(
                "UPDATE account_move SET invoice_source_email = NULL, access_token = NULL WHERE id = ANY(%s)", list(ids)
            )
        )

    # --- the partner itself -------------------------------------------------------------------------------------------

    @api.model
    def _held_by_no_other(self, family):
        """Ids of the persons of whom no other company of the database holds anything any more."""
        members = list(family.members)
        rows = self.env.execute_query(
            SQL(
                """
                SELECT card.partner_id FROM recouvrement_debtor card
                 WHERE card.partner_id = ANY(%(members)s) AND card.company_id <> ALL(%(tree)s)
                   AND card.anonymised_on IS NULL
                 UNION
                SELECT line.partner_id FROM account_move_line line
                  JOIN res_company company ON company.id = line.company_id
                 WHERE line.partner_id = ANY(%(members)s) AND line.company_id <> ALL(%(tree)s)
                   AND NOT EXISTS (SELECT 1 FROM recouvrement_anonymisation done
                                    WHERE done.partner_id = line.partner_id AND done.state = 'done'
                                      AND done.company_id = split_part(company.parent_path, '/', 1)::int)
                """,
                members=members,
                tree=family.tree,
            )
        )
        elsewhere = {family.members[member] for (member,) in rows}
        return [person for person in family.persons if person not in elsewhere]

    @api.model
    def _erase_partners(self, members, on):
        """Names, addresses, numbers, bank accounts and images go; where the person lived (country) stays, archived."""
        if not members:
            return
        self.env["recouvrement.retention.identity"]._keep(members, self._identity_untils(members, on))
        emails, numbers = self._addresses(members)
        self._erase_records("res.partner", members)
        name = str(self.env._("Anonymised person"))
        statements = [
            SQL(
                """
                UPDATE res_partner SET active = FALSE, name = %(name)s || ' ' || id,
                       complete_name = %(name)s || ' ' || id
                 WHERE id = ANY(%(ids)s)
                """,
                name=name,
                ids=members,
            ),
            SQL(
                """
                UPDATE res_partner_bank SET acc_number = 'ANONYME' || id, sanitized_acc_number = 'ANONYME' || id,
                       acc_holder_name = NULL, active = FALSE WHERE partner_id = ANY(%s)
                """,
                members,
            ),
            SQL("UPDATE res_users SET login = 'anonyme-' || id, signature = NULL WHERE partner_id = ANY(%s)", members),
            SQL("DELETE FROM mail_blacklist WHERE email = ANY(%s)", emails),
            SQL("DELETE FROM phone_blacklist WHERE number = ANY(%s)", numbers),
            SQL("DELETE FROM sms_sms WHERE partner_id = ANY(%s)", members),
            SQL(
                "UPDATE mail_message SET email_from = NULL, reply_to = NULL WHERE author_id = ANY(%s)",
                members,
            ),
            SQL(
                """
                UPDATE mail_notification SET mail_email_address = NULL, sms_number = NULL, failure_reason = NULL
                 WHERE res_partner_id = ANY(%s)
                """,
                members,
            ),
        ]
        for statement in statements:  # SQL: in one go for the page, and without a message that says who it was
            self.env.cr.execute(statement)
        self._erase_beside(members)

    @api.model
    def _erase_beside(self, members):
        for model, (link, columns) in BESIDE.items():
            if model not in self.env:
                continue
            fields = self.env[model]._fields
            emptied = [SQL("%s = NULL", SQL.identifier(name)) for name in columns if name in fields]
            if emptied:
                self.env.cr.execute(  # SQL: as above
                    SQL(
                        "UPDATE %s SET %s WHERE %s = ANY(%s)",
                        SQL.identifier(self.env[model]._table),
                        SQL(", ").join(emptied),
                        SQL.identifier(link),
                        members,
                    )
                )

    @api.model
    def _addresses(self, members):
        rows = self.env.execute_query(  # SQL: whatever the company
            SQL("SELECT email_normalized, phone_sanitized FROM res_partner WHERE id = ANY(%s)", members)
        )
        return [email for email, _number in rows if email], [number for _email, number in rows if number]

    # --- accounting, when its own time is over ------------------------------------------------------------------------

    @api.model
    def _identity_untils(self, members, on):
        """[(root company, partner, last day)] of those whose accounting documents still need to name them."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT split_part(company.parent_path, '/', 1)::int, line.partner_id, max(line.date)
                  FROM account_move_line line JOIN res_company company ON company.id = line.company_id
                 WHERE line.partner_id = ANY(%s) AND line.parent_state = 'posted' GROUP BY 1, 2
                """,
                members,
            )
        )
        companies = self.env["res.company"].browse({company_id for company_id, _partner, _day in rows})
        rules = self.env["recouvrement.retention"]
        period = {company.id: in_force(rules._periods(company), "accounting", on) for company in companies}
        untils = [
            (company_id, partner_id, self._kept_until(company_id, period[company_id], day))
            for company_id, partner_id, day in rows
            if period[company_id]
        ]
        return [(company_id, partner_id, until) for company_id, partner_id, until in untils if until >= on]

    @api.model
    def _kept_until(self, company_id, period, day):
        """The last day that a document is kept: its ten years run from the end of its fiscal year (C. com. L123-22)."""
        if period.event == "fiscal_year_end":
            company = self.env["res.company"].sudo().browse(company_id)  # whoever asks: when its years end
            day = company.compute_fiscalyear_dates(day)["date_to"]
        return day + relativedelta(months=period.months)

    @api.model
    def _erase_accounting(self, company, partner_ids, on):
        """The words and files of entries whose time is over; what an inalterable hash seals stays as it is.

        Amounts, accounts, dates and numbers stay: the books still add up.
        """
        family = self._family(company, self.env["res.partner"].sudo().browse(partner_ids))  # archived, of any company
        moves = list(self._of_members(family, "account_move", SQL("commercial_partner_id")))
        rows = self.env.execute_query(
            SQL("SELECT id FROM account_move WHERE id = ANY(%s) AND inalterable_hash IS NULL", moves)
        )
        open_ = [id_ for (id_,) in rows]
        for table, columns in ACCOUNTING.items():
            emptied = SQL(", ").join(SQL("%s = NULL", SQL.identifier(name)) for name in columns)
            link = SQL("id") if table == "account_move" else SQL("move_id")
            self.env.cr.execute(  # SQL: posted entries are not written, but for this
                SQL("UPDATE %s SET %s WHERE %s = ANY(%s)", SQL.identifier(table), emptied, link, open_)
            )
        places = {"account.move": moves, **self._shared_that_are_over(company, moves)}
        self._erase_files(self._files(places, list(self._messages(places))), on)
        self.env.invalidate_all()

    @api.model
    def _erase_due_accounting(self, company, on):
        """Those of a company whose identity was archived until yesterday; how many."""
        due = self.env["recouvrement.retention.identity"].sudo()  # written and deleted by this job alone
        due = due.search([("company_id", "=", company.id), ("until", "<=", on - timedelta(days=1))], limit=50)
        if due:
            self._erase_accounting(company, due.partner_id.ids, on)
            due.unlink()
        return len(due)
