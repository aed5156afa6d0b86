import logging

from odoo import models
from odoo.exceptions import UserError

from odoo.addons.recouvrement_fr.models.sending.recouvrement_carrier import PostalStatus
from odoo.addons.recouvrement_fr.rules.regime import regime_of
from odoo.addons.recouvrement_fr.tools import clock

from ..tools.ar24_client import Ar24Error, Ar24Silent, Client

_logger = logging.getLogger(__name__)
REPRESENTATIVE = "Le représentant légal"  # a company is written to in the person of its legal representative


class RecouvrementCarrierAr24(models.AbstractModel):
    """Electronic registered letters at AR24; those on paper stay with a person."""

    _name = "recouvrement.carrier.ar24"
    _inherit = "recouvrement.carrier"
    _description = "Carrier: AR24"

    # --- depositing ---------------------------------------------------------------------------------------------------

    def _deposit(self, dispatches):
        """One deposit each, never twice: what was deposited before in a transaction that failed keeps its number.

        :raises UserError: AR24 refused one, or may have it: what was deposited before it is remembered
        """
        letters = dispatches.filtered(lambda letter: letter.channel == "lre")
        if not letters:
            return {}
        client = self._client()
        return {letter.id: self._deposit_one(client, letter) for letter in letters}

    def _deposit_one(self, client, letter):
        if altered := letter.attachment_id._altered():
            raise UserError(altered._altered_words(altered))
        deposit_id, number, webhook = self._announced(letter)
        if number:
            return number
        asked = self._asked(letter)
        try:
            file_id = client.upload(letter.attachment_id.name or "lettre.pdf", letter.attachment_id.raw)
            number = client.send(asked, file_id, webhook)
        except Ar24Error as error:
            self._write_apart(deposit_id, {"state": "refused", "refusal": str(error)})
            raise UserError(self._refusal(letter, error)) from error
        except Ar24Silent as error:
            raise UserError(self._doubt(letter)) from error
        self._write_apart(deposit_id, {"state": "accepted", "number": number})
        return number

    def _announced(self, letter):
        """(id of its deposit, number when it was deposited before, address to be called at), committed.

        :raises UserError: it was asked before, and nobody knows what became of it
        """
        with self.env["recouvrement.ar24.deposit"]._apart() as deposits:
            known = deposits.search([("dispatch_id", "=", letter.id), ("state", "!=", "refused")])
            if known.state == "asked":
                raise UserError(self._doubt(letter))
            if not known:
                known = deposits.create({"dispatch_id": letter.id, "company_id": letter.company_id.id})
            return known.id, known.number, known._webhook()

    def _write_apart(self, deposit_id, values):
        with self.env["recouvrement.ar24.deposit"]._apart() as deposits:
            deposits.browse(deposit_id).write(values)

    def _asked(self, letter):
        """What AR24 is told of a letter and of its addressee."""
        addressee, debtor = letter.addressee_id, letter.reminder_id.debtor_id
        company = addressee if addressee.is_company else addressee.commercial_partner_id
        first, _space, last = (addressee.name or "").partition(" ")
        if addressee.is_company:
            first, last = REPRESENTATIVE, addressee.name
        return {
            "to_email": letter.address,
            "to_firstname": first,
            "to_lastname": last or first,
            "to_company": company.name if company.is_company else "",
            "dest_statut": "particulier" if regime_of(debtor.debtor_type).needs_consent else "professionnel",
            "content": letter.reminder_id.subject or "",
            "ref_dossier": self._reference(letter),
        }

    def _reference(self, letter):
        """By which a letter is known again: a number typed by mistake is that of another."""
        return f"{letter.reminder_id.name}-{letter.id}"

    def _refusal(self, letter, error):
        words = self.env._("AR24 did not take %(letter)s: %(why)s.", letter=letter.display_name, why=error)
        if "otp" in error.slug or "auth" in error.slug:
            words += " " + self.env._("Identify yourself: Collection > AR24: identify.")
        return words

    def _doubt(self, letter):
        return self.env._(
            "%s may have left: AR24 was asked, and its answer is not known. Look there; then post it with the number "
            "it has, or have a manager say that it is not there, in Post and platforms > Deposits at AR24.",
            letter.display_name,
        )

    def _client(self):
        """AR24 as this company enters it.

        :raises UserError: it is not set up
        """
        company = self.env.company.root_id.sudo()  # secrets, for their own use and never shown
        needed = (company.recouvrement_ar24_token, company.recouvrement_ar24_key, company.recouvrement_ar24_user)
        if not all(needed):
            raise UserError(self.env._("AR24 is not set up: an administrator enters its token, key and account."))
        token, key, user = needed
        return Client(company.recouvrement_ar24_url, token, key, user, clock.now)

    # --- following ----------------------------------------------------------------------------------------------------

    def _statuses(self, dispatches):
        """What happened to these letters and is not known with its proof yet.

        One that AR24 says nothing of is passed over until the next day; when it says nothing of any, that is told.
        """
        ours = self.env["recouvrement.ar24.deposit"].sudo()  # a collector follows letters, and reads no deposit here
        asked = ours.search([("dispatch_id", "in", dispatches.ids)]).dispatch_id
        letters = dispatches.filtered(lambda letter: letter in asked and letter.tracking_number)
        if not letters:
            return []
        client, statuses, failures = self._client(), [], []
        for letter in letters:
            try:
                statuses += self._news(client, letter)
            except Ar24Error as error:
                _logger.info("AR24 says nothing of letter %s: %s", letter.id, error)
                failures.append(error)
        if len(failures) == len(letters):
            raise UserError(self.env._("AR24 says nothing of the letters: %s", failures[0]))
        return statuses

    def _news(self, client, letter):
        reference, steps = client.letter(letter.tracking_number)
        if reference != self._reference(letter):
            raise Ar24Error(f"letter {letter.tracking_number} is {reference}, not {self._reference(letter)}")
        proved = {(event.state, event.date) for event in letter.event_ids if event.proof_id}
        seen = {(event.state, event.date) for event in letter.event_ids}
        news = []
        for step in steps:
            proof = b""
            if step.proof_url and (step.state, step.on) not in proved:
                try:
                    proof = client.proof(step.proof_url)
                except Ar24Error as error:  # asked again the next day
                    _logger.info("No proof of letter %s yet: %s", letter.id, error)
            if proof or (step.state, step.on) not in seen:
                name = f"AR24 {letter.tracking_number} {step.state}.pdf"
                news.append(PostalStatus(letter.tracking_number, step.state, step.on, proof, name, ""))
        return news
