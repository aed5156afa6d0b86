from odoo import fields, models
from odoo.tools import LazyTranslate

_lt = LazyTranslate(__name__)

OURS = ("creditor", "bailiff", "lawyer", "agency")  # the creditor's side acts, or has somebody act
ACTS = {  # code of a step and who acts -> what to do, as an act
    "mandate creditor": _lt("Sign the mandate"),
    "handed creditor": _lt("Hand the file over to the agency"),
    "letter agency": _lt("Have the agency write its first letter"),
    "report agency": _lt("Ask the agency for its report"),
    "remittance agency": _lt("Have the agency pay the money over"),
    "recalled creditor": _lt("Recall the mandate"),
    "returned agency": _lt("Have the agency return the file"),
    "asked creditor": _lt("File the request"),
    "invited bailiff": _lt("Have the invitation sent to the debtor"),
    "title bailiff": _lt("Have the commissaire de justice issue the title"),
    "commandement bailiff": _lt("Have the commandement de payer served"),
    "record bailiff": _lt("Have the record of no contest drawn up"),
    "served bailiff": _lt("Have it served by a commissaire de justice"),
    "filed creditor": _lt("File the request"),
    "filed bailiff": _lt("Have the summons filed with the greffe"),
    "fee creditor": _lt("Pay the fee of the greffe"),
    "opposition_fee creditor": _lt("Pay the costs of the opposition"),
    "lawyer creditor": _lt("Appoint a lawyer"),
    "enforceable creditor": _lt("Have the order made enforceable"),
    "decision_served bailiff": _lt("Have the decision served"),
    "attempt creditor": _lt("Try to settle"),
    "claim creditor": _lt("Write to the authorising officer"),
    "own_motion creditor": _lt("Ask the prefect or the accountant for payment by own motion"),
    "dispensed creditor": _lt("Note that no order is needed"),
    "executed bailiff": _lt("Have the seizure made"),
    "notice bailiff": _lt("Have the debtor told of the seizure"),
    "proceedings creditor": _lt("Begin proceedings for a title"),
    "third_party bailiff": _lt("Have the third party told of the proceedings"),
    "proceedings_again creditor": _lt("Begin proceedings again"),
    "converted bailiff": _lt("Have the seizure converted with the title"),
    "released creditor": _lt("Release the seizure (mainlevée)"),
    "seized bailiff": _lt("Have the seizure made"),
    "paid bailiff": _lt("Have the bank pay"),
    "paid_after bailiff": _lt("Have the bank pay"),
    "sold bailiff": _lt("Have the goods sold"),
    "shared bailiff": _lt("Have the proceeds paid over"),
    "agreed creditor": _lt("Agree to the release"),
    "act bailiff": _lt("Have the act of mainlevée made"),
    "told bailiff": _lt("Have the third party told that it is over"),
    "signed creditor": _lt("Sign the agreement"),
}


class RecouvrementProceedingStep(models.Model):
    """A step said as an act: what to do, never what was done."""

    _inherit = "recouvrement.proceeding.step"

    act = fields.Char(
        "What to do",
        translate=True,
        help="As an act: File the request. Empty: the words of the add-on for its steps, else its name.",
    )

    def _act_words(self, state="open"):
        """What this step asks for now; one that was missed asks for what can still be done, not for itself."""
        if state == "missed":
            return self.remedy or self.env._("Too late for “%s”: choose what follows", self.name)
        if self.act:
            return self.act
        known = ACTS.get(f"{self.code} {self.actor}")
        if known:
            return self.env._(known)
        if self.actor in OURS:
            return self.env._("To do: %s", self.name)
        return self.env._("Wait: %s", self.name)
