import email.policy
import hashlib
import re
from collections.abc import Callable
from datetime import date
from email.message import EmailMessage
from email.utils import format_datetime
from typing import NamedTuple

import pytz

from odoo import models

from ...tools.formats import Formats
from .recouvrement_case_piece import LANG, RANK

REFERENCE = 40  # characters, of a customer's reference that a title takes
LEFT = ("handed_over", "delivered", "bounced", "uncertain")  # a dispatch whose bytes left, or may have
# What the name of a file attached by hand says of it; the first that matches.
NAMED = (
    ("delivery", r"\bBL\b|livraison|livr|deliver|cmr|\bPOD\b|émarg|emarg|réception|reception|\bPV\b"),
    ("order", r"\bBC\b|commande|devis|order|quote|\bSO?\d{3,}|proposition"),
    ("terms", r"CGV|CGS|condition|contrat|contract|terms|mandat"),
)
GUARANTEES = {  # as a court reads them
    "reserve_of_title": "Clause de réserve de propriété",
    "surety": "Acte de cautionnement",
    "aval": "Aval",
    "insurance": "Police d’assurance-crédit",
    "bank": "Garantie bancaire",
    "pledge": "Nantissement",
}
OF_DOCUMENT = {  # the template of a frozen document -> the kind of the piece it makes
    "document_protocol": "plan",
    "document_acknowledgement": "plan",
    "document_plan_notice": "notice",
    "document_statement": "statement",
    "document_surety_information": "guarantee",
    "document_guarantor_call": "guarantee",
    "document_insurer": "guarantee",
}


class Found(NamedTuple):
    """Something of Odoo that may be a piece. ``checksum`` changes when its bytes do; ``order`` sorts it in its kind."""

    key: str
    kind: str
    title: str
    date: date | None
    name: str
    mimetype: str
    checksum: str
    read: Callable[[], bytes]
    order: tuple = ()


class RecouvrementCase(models.Model):
    """What Odoo knows that can be a piece of a case, found in a constant number of statements.

    Extend `_found_elsewhere` to gather from another module.
    """

    _inherit = "recouvrement.case"

    def _pieces_found(self):
        """The Found pieces of a case, in the order a judge reads them. Superuser: a file holds what its officer asks
        for, from sales and stock as well."""
        self.ensure_one()
        sent = self._found_dispatches()
        found = [
            *self._found_invoices(),
            *self._found_elsewhere(),
            *sent,
            *self._found_promises(),
            *self._found_plans(),
            *self._found_guarantees(),
            *self._found_documents(),
        ]
        told = {one.checksum for one in found}
        found += [one for one in self._found_messages() if one.checksum not in told]
        found.sort(key=lambda one: (RANK[one.kind], one.date or date.min, one.order, one.key))
        return list({(one.kind, one.checksum): one for one in reversed(found)}.values())[::-1]  # each once

    # --- from files ---------------------------------------------------------------------------------------------------

    def _of_file(self, file, kind, title, on, order=(), key=None):
        """``key``: what it is in Odoo, when its file may be made again under another id."""
        return Found(
            key or f"ir.attachment,{file.id}",
            kind,
            title,
            on,
            file.name or title,
            file.mimetype or "application/octet-stream",
            file.checksum or "",
            lambda: file.raw or b"",
            order,
        )

    def _files(self, records):
        """Files attached to records by people, field files left out."""
        return self.env["ir.attachment"].search(
            [
                ("res_model", "=", records._name),
                ("res_id", "in", records.ids),
                ("res_field", "=", False),
                ("type", "=", "binary"),
                ("file_size", ">", 0),
            ],
            order="id",
        )

    def _found_invoices(self):
        """The stored PDF of each invoice, and what people attached to it: orders, delivery notes signed, terms."""
        moves = self.move_ids.sorted(lambda move: (move.invoice_date or move.date, move.id))
        moves.fetch(["name", "ref", "invoice_date", "date", "commercial_partner_id"])
        stored = self.env["ir.attachment"].search(
            [
                ("res_model", "=", "account.move"),
                ("res_id", "in", moves.ids),
                ("res_field", "=", "invoice_pdf_report_file"),
            ]
        )
        by_move = {file.res_id: file for file in stored}
        found = [
            self._of_file(
                file,
                "invoice",
                self._invoice_title(move),
                move.invoice_date or move.date,
                (move.id, 0),
                f"account.move,{move.id}",
            )
            for move in moves
            if (file := by_move.get(move.id))
        ]
        names = {move.id: move for move in moves}
        for file in self._files(moves):
            move, kind = names[file.res_id], self._kind_of(file.name)
            if file.checksum == by_move.get(move.id, file.browse()).checksum or file.mimetype.endswith("/xml"):
                continue
            on = move.invoice_date or move.date
            titles = {"delivery": "Bon de livraison", "order": "Bon de commande", "terms": "Contrat ou conditions"}
            title = f"{titles.get(kind, 'Document joint')} – facture {move.name} ({_stem(file.name)})"
            found.append(self._of_file(file, kind or "invoice", title, on, (move.id, 1)))
        return found

    def _invoice_title(self, move):
        return f"Facture {move.name}" + (f" (réf. {move.ref})" if move.ref and len(move.ref) < REFERENCE else "")

    def _kind_of(self, name):
        for kind, pattern in NAMED:
            if re.search(pattern, name or "", re.IGNORECASE):
                return kind
        return None

    def _found_elsewhere(self):
        """The Found pieces that other modules hold of these invoices, as orders and deliveries: a hook.

        Called as superuser: a file holds what its officer asks for.
        """
        return []

    def _found_dispatches(self):
        """Reminders and formal notices exactly as they left, each with the proofs of its posting and delivery."""
        dispatches = self.env["recouvrement.dispatch"].search(
            [
                ("reminder_id.line_ids.move_id", "in", self.move_ids.ids),
                ("state", "in", LEFT),
                ("attachment_id", "!=", False),
            ],
            order="handed_over_on, id",
        )
        channels = {"email": "par courriel", "letter": "par lettre simple", "registered": "par lettre recommandée"}
        channels |= {"lre": "par lettre recommandée électronique", "sms": "par SMS", "postal": "par courrier"}
        found = []
        for dispatch in dispatches:
            reminder = dispatch.reminder_id
            notice = reminder.level_id.kind == "formal_notice"
            on = reminder.sent_date or (dispatch.handed_over_on and dispatch.handed_over_on.date()) or reminder.date
            what = f"{'Mise en demeure' if notice else 'Relance'} {reminder.name}"
            title = f"{what}, {channels.get(dispatch.channel, dispatch.channel)}"
            kind = "notice" if notice else "reminder"
            key = f"{dispatch._name},{dispatch.id}"
            found.append(self._of_file(dispatch.attachment_id, kind, title, on, (dispatch.id, 0), key))
            for event in dispatch.event_ids.filtered("proof_id"):
                proofs = {
                    "posted": "Preuve de dépôt",
                    "presented": "Avis de présentation",
                    "delivered": "Avis de réception signé",
                    "refused": "Pli refusé",
                    "unclaimed": "Pli avisé et non réclamé",
                    "returned": "Retour à l’expéditeur",
                }
                proof = f"{proofs.get(event.state, 'Suivi postal')} – {what}"
                found.append(self._of_file(event.proof_id, kind, proof, event.date, (dispatch.id, event.id)))
        return found

    def _found_plans(self):
        """The copies of instalment plans that the debtor signed."""
        plans = self.env["recouvrement.plan"].search(
            [("move_ids", "in", self.move_ids.ids), ("signed_attachment_id", "!=", False)]
        )
        return [
            self._of_file(
                plan.signed_attachment_id,
                "plan",
                f"Échéancier {plan.name}, exemplaire signé",
                plan.accepted_on,
                (plan.id,),
                f"{plan._name},{plan.id}",
            )
            for plan in plans
        ]

    def _found_guarantees(self):
        """The deeds and policies of the guarantees that cover the case."""
        guarantees = self.env["recouvrement.guarantee"]._of(self.debtor_id, self.move_ids)
        return [
            self._of_file(
                file,
                "guarantee",
                f"{GUARANTEES[one.kind]} {one.name} ({_stem(file.name)})",
                one.starts_on or None,
                (one.id,),
            )
            for one in guarantees
            for file in one.attachment_ids
        ]

    def _found_documents(self):
        """The frozen documents of the case, of its plans and of its guarantees; a cancelled one is no piece, nor are
        those that ask for something: a request does not enclose itself."""
        about = [("recouvrement.case", self.ids)]
        plans = self.env["recouvrement.plan"].search([("move_ids", "in", self.move_ids.ids)])
        guarantees = self.env["recouvrement.guarantee"]._of(self.debtor_id, self.move_ids)
        about += [(plans._name, plans.ids), (guarantees._name, guarantees.ids)]
        found = []
        for model, ids in about:
            documents = self.env["recouvrement.document"].search(
                [("res_model", "=", model), ("res_id", "in", ids), ("state", "=", "frozen")], order="id"
            )
            replaced = documents.supersedes_id
            for document in documents - replaced:
                kind = OF_DOCUMENT.get(document.template.rpartition(".")[2])
                if kind:
                    title = f"{document.title} n° {document.name}"
                    found.append(self._of_file(document.attachment_id, kind, title, document.date, (document.id,)))
        return found

    # --- from what was said -------------------------------------------------------------------------------------------

    def _found_promises(self):
        """The promises of the debtor, each transcribed with who noted it and when."""
        if "recouvrement.promise" not in self.env:
            return []
        promises = self.env["recouvrement.promise"].search([("move_ids", "in", self.move_ids.ids)], order="id")
        formats = Formats(LANG)
        origins = {"call": "au téléphone", "email": "par courriel", "letter": "par courrier", "visit": "en visite"}
        origins |= {"portal": "sur l’espace client", "reply": "en réponse à une relance"}
        found = []
        for promise in promises:
            said = origins.get(promise.origin, "")
            lines = [
                f"Promesse de règlement {promise.name}",
                "",
                f"Faite le {formats.long(promise.made_on)} {said}".rstrip(),
                f"Débiteur\u00a0: {promise.partner_id.name}",
                f"Montant promis\u00a0: {formats.money(promise.amount, promise.currency_id)}",
                f"Pour le\u00a0: {formats.long(promise.date)}",
                f"Factures\u00a0: {', '.join(promise.move_ids.sorted('name').mapped('name'))}",
                f"Notée par\u00a0: {promise.author_id.name or ''}",
                *((f"Propos notés\u00a0: {promise.note}",) if promise.note else ()),
            ]
            title = f"Promesse de règlement {promise.name}"
            found.append(self._of_text(f"{promise._name},{promise.id}", "promise", title, promise.made_on, lines))
        return found

    def _of_text(self, key, kind, title, on, lines):
        content = "\n".join(lines).encode()
        return self._of_bytes(key, kind, title, on, content, "txt", "text/plain")

    def _of_bytes(self, key, kind, title, on, content, extension, mimetype):
        checksum = hashlib.sha1(content, usedforsecurity=False).hexdigest()  # as attachments have
        return Found(key, kind, title, on, f"{_stem(title)}.{extension}", mimetype, checksum, lambda: content)

    def _found_messages(self):
        """What was written with the debtor in Odoo, and what was enclosed; internal notes never are."""
        family = (
            self.env["res.partner"].with_context(active_test=False).search([("id", "child_of", self.partner_id.ids)])
        )
        about = [("account.move", self.move_ids.ids), ("recouvrement.debtor", self.debtor_id.ids)]
        about += [("recouvrement.case", self.ids), ("res.partner", family.ids)]
        messages = self.env["mail.message"]
        for model, ids in about:
            messages |= messages.search(
                [
                    ("model", "=", model),
                    ("res_id", "in", ids),
                    ("message_type", "in", ("email", "email_outgoing", "comment")),
                    ("is_internal", "=", False),
                    "|",
                    ("subtype_id", "=", False),
                    ("subtype_id.internal", "=", False),
                    "|",
                    ("author_id", "in", family.ids),
                    ("partner_ids", "in", family.ids),
                ]
            )
        dispatched = self.env["recouvrement.dispatch"].search([("debtor_id", "=", self.debtor_id.id)])
        sent = set(dispatched.mapped("message_id"))
        found = []
        for message in messages.filtered(lambda one: one.message_id not in sent).sorted(lambda one: (one.date, one.id)):
            received = message.author_id in family
            title = f"{'Courriel reçu de' if received else 'Courriel adressé à'} " + (
                (message.author_id if received else (message.partner_ids & family)[:1]).name or "l’intéressé"
            )
            if message.subject:
                title += f" : {message.subject}"
            on = pytz.utc.localize(message.date).astimezone(pytz.timezone("Europe/Paris")).date()
            key = f"mail.message,{message.id}"
            content = _written(message)
            found.append(self._of_bytes(key, "correspondence", title, on, content, "eml", "message/rfc822"))
            found += [
                self._of_file(file, "correspondence", f"Pièce jointe\u00a0: {file.name}", on, (message.id,))
                for file in message.attachment_ids
            ]
        return found


def _stem(name):
    return (name or "").rpartition(".")[0] or name or ""


def _written(message):
    """A message of Odoo as an e-mail file: the same message always makes the same bytes."""
    made = EmailMessage(policy=email.policy.SMTP)
    made["From"] = _header(message.email_from or message.author_id.email_formatted)
    people = [_header(partner.email_formatted or partner.name) for partner in message.partner_ids]
    if people:
        made["To"] = ", ".join(filter(None, people))
    made["Subject"] = _header(message.subject)
    made["Date"] = format_datetime(pytz.utc.localize(message.date))
    if message.message_id:
        made["X-Message-Id"] = _header(message.message_id)
    made.set_content(str(message.body or ""), subtype="html", cte="base64")
    return bytes(made)


def _header(text):
    """A header on one line."""
    return " ".join((text or "").split())
