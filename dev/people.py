"""What the people of the demonstration do besides the nights: calls, promises, a dispute, a plan, proceedings, a case.

Everything goes through the methods that the buttons call, with the rights of whoever presses them.
"""

from datetime import timedelta
from decimal import Decimal

FREE = ("due", "delay", "recent_contact", "below_minimum", "sending", "capped", "quiet_period")  # nothing holds them


class People:
    """The collector, the manager and the legal officer, who take the late debtors one after the other."""

    def __init__(self, env, users):
        self.env, self.collector, self.manager, self.lawyer = env, users["claire"], users["marc"], users["sophie"]

    def take_promises(self, on):
        """Calls that end in promises, early enough for the ledger to tell which were kept."""
        for days, debtor in zip((5, 6, 9), self._late(limit=3), strict=False):
            overdue = debtor._overdue_moves()
            terms = {"amount": sum(overdue.mapped("amount_residual")), "on": on + timedelta(days=days)}
            if overdue and len(overdue.currency_id) == 1:
                self._call(debtor, on, "promise", terms, "La comptable promet le virement.")

    def open_files(self, on):
        """What a collector and a manager have in hand when the demonstration opens."""
        debtors = iter(self._late(limit=12))
        for act in (self.promise, self.contest, self.plan, self.go_bankrupt, self.leave_a_message, self.secure):
            debtor = next((found for found in debtors if found._overdue_moves()), None)
            if debtor:
                act(debtor, on)
        self.litigate(on)
        self.give_up(on)

    # --- what each of them does ---------------------------------------------------------------------------------------

    def promise(self, debtor, on):
        invoice = debtor._overdue_moves()[:1]
        terms = {"moves": invoice, "amount": invoice.amount_residual, "on": on + timedelta(days=8)}
        self._call(debtor, on, "promise", terms, "Règlement annoncé après la paie.")

    def contest(self, debtor, on):
        invoice = debtor._overdue_moves()[:1]
        reason = self.env.ref("recouvrement_fr.dispute_reason_delivery")
        self._as_collector("recouvrement.dispute")._open(
            debtor.with_user(self.collector),
            invoice,
            reason,
            amount=round(invoice.amount_residual * 0.3, 2),
            description="Deux vantaux manquaient à la livraison, le bon est annoté.",
            resolver_id=self.manager.id,
            deadline=on + timedelta(days=10),
        )

    def plan(self, debtor, on):
        """Proposed, printed, signed, and uploaded."""
        from odoo.addons.recouvrement_fr.rules.instalments import due_dates, equal_instalments

        moves = debtor._overdue_moves().filtered(lambda move: move.currency_id == debtor.currency_id)
        if not moves:
            return
        total = Decimal(str(round(sum(moves.mapped("amount_residual")), 2)))
        schedule = equal_instalments(total, due_dates(on + timedelta(days=10), 3))
        plan = self._as_collector("recouvrement.plan")._make(debtor.with_user(self.collector), moves, schedule)
        plan.action_propose()
        plan.action_protocol()
        protocol = self.env["recouvrement.document"].search([("res_model", "=", plan._name), ("res_id", "=", plan.id)])
        protocol[:1].with_user(self.collector).action_freeze()
        plan._accept(on, "Le gérant", signed_file=("Protocole signé.pdf", protocol[:1].attachment_id.raw))

    def go_bankrupt(self, debtor, on):
        mandataire = self.env["res.partner"].create(
            {
                "name": "SELARL Vernier & Associés, mandataires judiciaires",
                "street": "14 quai Arloing",
                "zip": "69009",
                "city": "Lyon",
                "country_id": self.env.ref("base.fr").id,
            }
        )
        self.env["recouvrement.insolvency"].with_user(self.manager).create(
            {
                "debtor_id": debtor.id,
                "kind": "redressement",
                "judgment_on": on - timedelta(days=20),
                "bodacc_on": on - timedelta(days=9),
                "court": "Tribunal des activités économiques de Lyon",
                "mandataire_id": mandataire.id,
            }
        )

    def leave_a_message(self, debtor, on):
        self._call(debtor, on, "voicemail", {}, "Message laissé au standard.")

    def secure(self, debtor, on):
        insurer = self.env["res.partner"].create({"name": "Atlas Assurance-crédit", "is_company": True})
        self.env["recouvrement.guarantee"].with_user(self.manager).create(
            {
                "name": "Police 2026-0417",
                "kind": "insurance",
                "debtor_id": debtor.id,
                "guarantor_id": insurer.id,
                "amount": 15000,
                "percent": 90,
                "starts_on": on - timedelta(days=300),
                "expires_on": on + timedelta(days=65),
                "declaration_days": 120,
            }
        )

    def litigate(self, on):
        """The largest debt whose formal notice ran out goes to court: the legal officer asks, the manager approves."""
        debtor = self.env["recouvrement.debtor"].search(
            [("reason", "=", "case_proposal")], order="overdue_amount desc", limit=1
        )
        if not debtor:
            return
        case = self.env["recouvrement.case"].with_user(self.lawyer)
        case = case._open(debtor.with_user(self.lawyer), debtor._overdue_moves())
        case._start(self.env.ref("recouvrement_fr.recouvrement_proceeding_injonction").with_user(self.lawyer), on=on)
        case = case.with_user(self.manager)
        case._decide(case.run_ids[:1], True, "Créance certaine, débiteur solvable.", on=on)

    def give_up(self, on):
        """A small old balance is proposed as a loss; the manager has still to look at it."""
        late = self.env["recouvrement.debtor"].search([("overdue_amount", ">", 0)], order="overdue_amount", limit=1)
        invoice = late._overdue_moves()[:1]
        if invoice:
            self._as_collector("recouvrement.write.off")._propose(
                invoice.company_id,
                {(invoice, late.partner_id): None},
                "uneconomic",
                debtor=late.with_user(self.collector),
            )

    # --- helpers ------------------------------------------------------------------------------------------------------

    def _late(self, limit):
        domain = [("overdue_amount", ">", 0), ("reason", "in", FREE)]
        return self.env["recouvrement.debtor"].search(domain, order="overdue_amount desc", limit=limit)

    def _call(self, debtor, on, outcome, terms, note):
        from odoo.addons.recouvrement_fr.models.contacts.recouvrement_contact_outcome import Terms

        self._as_collector("recouvrement.contact")._log(
            debtor.with_user(self.collector), "call", outcome, on=on, terms=Terms(**terms), note=note, duration=4
        )

    def _as_collector(self, model):
        return self.env[model].with_user(self.collector)
