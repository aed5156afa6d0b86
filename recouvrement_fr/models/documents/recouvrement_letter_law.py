from odoo import api, models

from ...rules import notices
from ...rules.regime import CIVIL, COMMERCIAL, PUBLIC


class RecouvrementLetter(models.AbstractModel):
    """What the law says in a letter: its order, its paragraphs with their articles."""

    _inherit = "recouvrement.letter"

    @api.model
    def _interest_label(self, regime):
        """The name of late interest, which changes with the law that sets it."""
        return {
            COMMERCIAL: self.env._("Late-payment penalties"),
            PUBLIC: self.env._("Default interest"),
            CIVIL: self.env._("Legal interest"),
        }[regime]

    @api.model
    def _law(self, payload, formats):
        """``order`` (the formal notice's), ``legal`` (paragraphs with their articles) and ``information`` (the same,
        in short, for an e-mail)."""
        is_notice = notices.gives_notice(payload["kind"], payload["tone"])
        legal = self._penalties(payload)
        order = ""
        if is_notice:
            figures = {"amount": payload["amount"], "days": payload["term_days"]}
            # The words say what the term is counted from: whoever leaves a registered letter at the post is served too.
            order = (
                self.env._(
                    "By this letter we give you formal notice to pay us the sum of %(amount)s within %(days)s days of "
                    "its first presentation.",
                    **figures,
                )
                if payload["counted_from"] == notices.PRESENTATION
                else self.env._(
                    "By this letter we give you formal notice to pay us the sum of %(amount)s within %(days)s days of "
                    "receiving it.",
                    **figures,
                )
            )
            legal += self._notice(payload)
        return {"order": order, "legal": legal, "is_notice": is_notice}

    @api.model
    def _penalties(self, payload):
        """What is said of late-payment interest and of the fixed indemnity, by kind of debtor."""
        blocks = payload["blocks"]
        interest, indemnity, daily = (
            [block[name] for block in blocks if block[name]] for name in ("interest", "indemnity", "daily")
        )
        words = notices.penalty_words(
            payload["accessories"], payload["regime"], bool(interest), bool(indemnity), bool(daily)
        )
        if not words:
            return []
        because, then = words
        unit = next((block["indemnity_unit"] for block in blocks if block["indemnity_unit"]), "")
        rate = next((block["rate"] for block in blocks if block["rate"]), "")
        basis = (
            self._interest_basis(payload, unit, rate) if because == "interest" else self._indemnity_basis(payload, unit)
        )
        return [f"{basis} {self._penalties_then(then, interest, indemnity, daily)}"]

    @api.model
    def _penalties_then(self, then, interest, indemnity, daily):
        """What becomes of these penalties."""
        if then == "reserved":
            due = [self.env._("%(interest)s of late interest", interest=amount) for amount in interest]
            due += [self.env._("%(amount)s of fixed indemnity", amount=amount) for amount in indemnity]
            return self.env._(
                "To date they amount to %s. They are not part of the sum asked for above; we reserve the right to "
                "claim them.",
                self._and(due),
            )
        if then == "running":
            return self.env._(
                "These sums are included in the total above. Interest goes on running until full payment, by %s "
                "a day to date.",
                self._and(daily),
            )
        return self.env._("These sums are included in the total above.")

    @api.model
    def _interest_basis(self, payload, unit, rate):
        """Why interest is due, and the indemnity with it."""
        if payload["regime"] == PUBLIC:
            basis = self.env._(
                "The time to pay set by article L2192-10 of the Public Procurement Code has passed. Default interest "
                "runs by operation of law, without any other formality (article R2192-31 of the same code)"
            )
            basis += self.env._(", at the yearly rate of %s to date", rate) if rate else ""
            basis += (
                self.env._(", and each late invoice gives rise to a fixed indemnity of %s (article D2192-35).", unit)
                if unit
                else "."
            )
        else:
            basis = self.env._(
                "Under article L441-10 of the Commercial Code, late-payment interest is due by operation of law from "
                "the day after the due date, without any reminder being needed"
            )
            basis += self.env._(", at the yearly rate of %s to date", rate) if rate else ""
            basis += (
                self.env._(
                    ", and each late invoice gives rise to a fixed indemnity of %s for recovery costs (article "
                    "D441-5 of the same code).",
                    unit,
                )
                if unit
                else "."
            )
        return basis

    @api.model
    def _indemnity_basis(self, payload, unit):
        """Why the indemnity is due, where no interest is asked: a rate is missing, for example."""
        if payload["regime"] == PUBLIC:
            return self.env._(
                "Each late invoice gives rise to a fixed indemnity of %s (article D2192-35 of the Public Procurement "
                "Code).",
                unit,
            )
        return self.env._(
            "Each late invoice gives rise to a fixed indemnity of %s for recovery costs (article D441-5 of the "
            "Commercial Code).",
            unit,
        )

    @api.model
    def _notice(self, payload):
        """The effects of a formal notice, and what follows it if nothing is paid. Never a threat that the law does
        not allow, nor the look of a court's act."""
        if payload["regime"] == COMMERCIAL:
            effect = self.env._(
                "This letter is a formal notice within the meaning of articles 1344 and 1344-1 of the Civil Code. The "
                "legal interest of article 1231-6 of that code is due where the commercial late-payment interest is "
                "not; the two are not added together."
            )
            follow = self.env._(
                "Failing full payment within this time, we shall take any useful proceedings without further notice: "
                "order for payment (articles 1405 and following of the Code of Civil Procedure), interim payment or "
                "action on the merits and, if circumstances threaten the recovery of our claim, protective "
                "attachment (article L511-1 of the Code of Civil Enforcement Procedures)."
            )
        elif payload["regime"] == PUBLIC:
            effect = self.env._(
                "This letter is a formal notice and a written claim for payment. It is addressed to the authorising "
                "officer; please forward it to the public accountant concerned."
            )
            follow = self.env._(
                "Failing full payment within this time, we shall bring the matter before the competent administrative "
                "court, if need be for an interim payment, and ask the competent authority for payment of its own "
                "motion, with the default interest due by law."
            )
        else:
            effect = self.env._(
                "This letter is a formal notice within the meaning of articles 1344 and 1344-1 of the Civil Code: from "
                "now on the sum due bears interest at the legal rate (article 1231-6 of the same code)."
            )
            follow = self.env._(
                "Failing payment within this time, we may bring the matter before the competent court, in particular "
                "by asking for an order for payment (articles 1405 and following of the Code of Civil Procedure)."
            )
        paragraphs_ = [effect, follow]
        if payload["regime"] == CIVIL:
            paragraphs_.append(
                self.env._(
                    "If you have difficulty in paying, tell us before then: we can look together for a schedule that "
                    "suits your situation."
                )
            )
        paragraphs_.append(
            self.env._("If you contest all or part of this sum, please tell us why, in writing, within the same time.")
        )
        return paragraphs_
