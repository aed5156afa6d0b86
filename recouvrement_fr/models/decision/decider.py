"""Decide for a page of debtors: read the ledger, net the credits, ask the rule. Writes nothing.

Used by the night that plans, by the simulation that only shows, and by dispatch that looks again before sending.
"""

from collections import defaultdict
from typing import NamedTuple

from ...ledger import histories, open_items
from ...rules.escalation import NEVER_REMINDED, Decision, Hold, Instalment, decide
from ...rules.interest import Movement
from ...rules.netting import NetItem, net
from ...rules.on_account import by_line
from ...rules.payment_terms import public_due
from ...rules.prescription import DAYS_AT_LEAST, limitation_date, limited_as, starting_day
from ...rules.quiet import quiet_until
from ...rules.regime import regime_of
from ...tools.formats import exact
from .recouvrement_pledge import PLEDGING, shares

NOTHING = Decision("wait", "nothing_open")
# Models read for each page where there is anything of them, besides what holds invoices.
ASKED = ("recouvrement.limitation.event", *PLEDGING)
SHOWN_FIRST = {"remind": 0, "person": 1, "wait": 2}


class Debt(NamedTuple):
    """One instalment: what is left after credits, what the ledger says, what the rule was told."""

    net: NetItem
    item: open_items.OpenItem
    instalment: Instalment
    amount: float  # net, in its currency
    company_amount: float  # the same in company currency
    credited: float  # deducted for credits, in its currency
    disputed: float = 0.0  # left out because the debtor contests it, in its currency
    disputed_company: float = 0.0  # the same in company currency
    credits: tuple = ()  # what `credited` is made of: (key of the credit, Movement in its currency)

    @property
    def bearing_nothing(self):
        """The Movements that the accrual takes off: each credit from its own day, and what is contested."""
        taken = tuple(movement for _credit, movement in self.credits)
        contested = exact(self.disputed)
        return (*taken, Movement(self.instalment.due, contested, "credit")) if contested else taken


class Case(NamedTuple):
    """What was decided for one debtor, with the figures that explain it."""

    facts: object  # recouvrement_debtor.Facts
    partner_id: int
    fingerprint: str | None
    decisions: list  # of (policy id, addressee id, Decision); empty when nothing is open
    totals: dict
    debts: dict  # key -> Debt
    credits: list  # open items that are credits

    @property
    def main(self):
        """The decision shown: a reminder to send first, then what a person must do, then the rest."""
        return min(self.decisions, key=lambda found: SHOWN_FIRST[found[2].outcome], default=(None, None, NOTHING))

    @property
    def amount(self):
        """What the decision shown is about, in company currency: what is overdue, or what is announced before it is."""
        decision = self.main[2]
        if decision.outcome == "remind" and decision.level.kind == "pre_due":
            return round(sum(self.debts[key].company_amount for key in decision.carried), 6)
        return self.totals["overdue_amount"]


class Decider:
    """Decides for the debtors of a root company on a day; what does not change from page to page is read once."""

    def __init__(self, env, company, on, any_day=False):
        """:param any_day: decide even where a policy sends nothing that day: for who asks what comes next"""
        self.env = env
        self.company = company
        self.on = on
        self.counted = self.due = 0  # debtors decided, and to remind, that their run has not written down yet
        self.scope = open_items.scope(company)
        policies = env["recouvrement.policy"]._usable(company)
        self.by_address = {policy.id for policy in policies if policy.group_by == "address"}
        self.place = company.recouvrement_holidays or None
        self.quiet = env["recouvrement.debtor"]._quiet_periods(company)
        self.maximums = env["recouvrement.payment.sector"]._maximums()
        self.matching = [(policy.debtor_type, policy.id) for policy in policies if not policy.by_hand]
        self.usable, self.default = set(policies.ids), company.recouvrement_policy_id.id
        self.cutoff = company.recouvrement_cutoff_date
        self.kinds = env["recouvrement.claim.kind"]._kinds(company)
        self.limitations = {}
        self.decimals = {}
        self.rate_missing = env["recouvrement.rate"]._rate_table().missing_on(on)
        self.company_decimals = company.currency_id.decimal_places
        self.unit = 10**self.company_decimals
        sending = [policy for policy in policies if any_day or policy._sends_on(on, company)]
        self.rules = {policy.id: policy._rule(company) for policy in sending}

    def cases(self, rows, items=None):
        """Decide for a page of debtors.

        :param rows: [(card id or None, commercial partner id, fingerprint or None)]
        :param items: their open items by partner, where they are known (unhashed)
        """
        partner_ids = [row[1] for row in rows]
        if items is None:
            items = open_items.read(self.env, self.scope, partner_ids, not all(row[2] for row in rows))
        moves = {item.move_id for members in items.values() for item in members}
        cards, holding = self.env["recouvrement.debtor"], self.env["recouvrement.holding"]
        self.histories = histories.histories(self.env, moves, self.place)
        self.there = cards._present((*holding._names(), *ASKED))
        kinds = holding._kinds(self.there)
        self.holds = holding._all_holds(self.company, moves, self.on, kinds)
        self.events = self._asked("recouvrement.limitation.event", lambda model: model._noted(items.values()))
        self.disputed = holding._all_parts(self.company, moves, kinds)
        self.held_items = holding._all_held_items(self.company, moves, self.on, kinds)
        self.broken = holding._all_hastened(self.company, moves, kinds)
        self.contacts = cards._addressees(partner_ids)
        facts = cards._facts(self.company, partner_ids)
        self.profiled = cards._profiled(self.company, partner_ids)
        self.meant = self._meant(items)
        self.obstacles, self.waived = {}, {}
        cases = [self._case(row, items.get(row[1], ()), facts[row[1]]) for row in rows]
        self._look_at_notices(cases)
        if not (self.obstacles or self.waived):
            return cases
        return [
            self._case(row, items.get(row[1], ()), facts[row[1]]) if self._is_notice(case) else case
            for row, case in zip(rows, cases, strict=True)
        ]

    def _asked(self, name, reads):
        """What `reads` finds in a model, by debt; nothing where there is none."""
        return reads(self.env[name]) if name in self.there else {}

    def _meant(self, items):
        """{journal item: what its debtor, or who told of it, meant it for}, of the debtors who have a credit."""
        credited = [partner_id for partner_id, members in items.items() if any(item.amount < 0 for item in members)]
        if not credited or not self.there.intersection(PLEDGING):
            return {}
        return by_line(share for mine in shares(self.env, self.company, credited, self.on).values() for share in mine)

    @staticmethod
    def _is_notice(case):
        """Whether a formal notice is due to this debtor, or would be but for what bars it."""
        return any(
            found.level and found.level.kind == "formal_notice" and found.reason in ("due", "notice_gate")
            for _policy, _addressee, found in case.decisions
        )

    def _look_at_notices(self, cases):
        """Read what bars a formal notice, together, of the debtors of this page who are due one."""
        moves = {
            debt.item.move_id
            for case in cases
            if self._is_notice(case)
            for debt in case.debts.values()
            if debt.instalment.hold is None and debt.instalment.due < self.on
        }
        if not moves:
            return
        moves = self.env["account.move"].browse(sorted(moves))
        self.waived = self.env["recouvrement.notice.override"]._waived(moves)
        found = moves._notice_obstacles(self.on, self.waived)
        reminder = {"reminded"}  # by instalment, and so for the rule to say
        self.obstacles = {
            move_id: tuple(code for code in codes if code not in reminder)
            for move_id, codes in found.items()
            if set(codes) - reminder
        }

    def _case(self, row, items, facts):
        """Net one debtor's account and ask the rule, once per policy and addressee."""
        by_key = {item.key: item for item in items}
        deducted = [item for item in items if item.amount < 0]
        debts, groups = self._debts(items, by_key, facts, bool(deducted)), defaultdict(list)
        general = self._policy_of(facts)
        for debt in debts.values():
            policy_id = debt.item.policy_id if debt.item.policy_id in self.usable else general
            groups[policy_id, debt.item.contact_id if policy_id in self.by_address else None].append(debt.instalment)
        decisions = []
        for (policy_id, contact), instalments in groups.items():
            decision = self._decide(policy_id, instalments, facts)
            addressee = self._addressee(contact, decision, by_key, facts)
            if decision.outcome == "remind" and facts.partner_id not in self.contacts.owners:  # archived
                decision = Decision("person", "archived", decision.level, next_date=self.on + open_items.DAY)
            decisions.append((policy_id, addressee, decision))
        fingerprint = row[2] or (str(sum(int(item.hash) for item in items)) if items else None)
        return Case(facts, row[1], fingerprint, decisions, self._totals(debts, items, deducted), debts, deducted)

    def _debts(self, items, by_key, facts, has_credit):
        """{key: Debt} of a debtor: each of its instalments, with what is left of it once credits are deducted.

        What all of them share is asked once, and what nearly none has is not asked: a night reads every one of them.
        """
        holds = {}  # of a debtor with credits, known before they are deducted
        owed = net(self._net_items(items, facts, holds))[0] if has_credit else self._whole(items)
        # What is contested is taken from the first instalments of its invoice.
        parts = {item.move_id: self.disputed[item.move_id] for item in items if item.move_id in self.disputed}
        from_receipt = regime_of(facts.debtor_type).from_receipt
        debts = {}
        for whole in owed:
            found, contested, item = whole, None, by_key[whole.key]
            unit = 10 ** self._decimals(item.currency_id)
            if item.move_id in parts:
                found, contested = self._undisputed(whole, item.move_id, parts, unit)
            history = self.histories.get(found.key, NEVER_REMINDED)
            hold = holds[found.key] if found.key in holds else self._hold(item, facts, history)
            if contested and (not hold or hold.reason == "before_cutoff"):  # contested, it was treated
                hold = contested
            if self.waived and "reminded" in self.waived.get(item.move_id, ()):
                history = history._replace(reminded=True)  # a manager lets the notice leave without
            instalment = Instalment(
                found.key,
                self._late_after(item, facts) if from_receipt else item.due,
                found.company_amount,
                hold,
                history,
                item.discount_on,
                bool(self.broken) and self._is_hastened(item.move_id, history),
                self.obstacles.get(item.move_id, ()),
                found.amount < round(item.amount_total * unit),
            )
            debts[found.key] = Debt(
                found,
                item,
                instalment,
                found.amount / unit,
                found.company_amount / self.unit,
                found.credited / unit,
                (whole.amount - found.amount) / unit,
                (whole.company_amount - found.company_amount) / self.unit,
                tuple((key, self._movement(by_key[key], item, amount / unit)) for key, amount in whole.credits),
            )
        return debts

    def _whole(self, items):
        """The debts of a debtor without any credit, as the netting rule leaves them."""
        found = (open_items.whole(item, self._decimals(item.currency_id), self.company_decimals) for item in items)
        return [whole for whole in found if whole.amount]

    def _net_items(self, items, facts, holds):
        """The open items of a debtor with credits as the netting rule reads them: each on its side of an insolvency
        judgment, with what is held of it.

        :param holds: filled with {key: Hold or None} of the debts
        """
        contested = dict(self.disputed)
        for item in items:
            held, hold, is_late = 0.0, None, False
            if item.amount > 0:
                hold = holds[item.key] = self._hold(item, facts, self.histories.get(item.key, NEVER_REMINDED))
                is_late = self._late_after(item, facts) < self.on
                if hold:
                    held = item.amount
                else:
                    held = min(contested.get(item.move_id, 0.0), item.amount)
                    contested[item.move_id] = contested.get(item.move_id, 0.0) - held
            side = int(self._is_prior(item))
            more = {"late": is_late, "hold": hold and hold.reason, "meant": self.meant.get(item.entry_line_id, ())}
            decimals = self._decimals(item.currency_id)
            yield open_items.net_item(item, decimals, self.company_decimals, side, held, **more)

    @staticmethod
    def _movement(credit, debt, amount):
        """What a credit gives to a debt: what the credit note of that very invoice takes away was never owed; any other
        credit pays it, from its day."""
        reverses = credit.move_type == "out_refund" and credit.reverses == debt.move_id
        kind = "credit" if reverses else "payment"
        return Movement(credit.came_in_on, exact(amount), kind)

    def _is_prior(self, item):
        """Whether an item was born before an opening judgment in progress: a debt or a credit."""
        hold = self.held_items.get(item.entry_line_id) or self.holds.get(item.move_id)
        return bool(hold and hold.reason == "insolvent")

    def _undisputed(self, whole, move_id, parts, unit):
        """What is left of an instalment without the part that is contested, and its hold when all of it is."""
        part = min(round(parts.get(move_id, 0) * unit), whole.amount)
        if part <= 0:
            return whole, None
        parts[move_id] -= part / unit
        if part == whole.amount:
            return whole, Hold("disputed")
        left = whole.amount - part
        return whole._replace(amount=left, company_amount=round(whole.company_amount * left / whole.amount)), None

    def _decimals(self, currency_id):
        if currency_id not in self.decimals:
            self.decimals[currency_id] = self.env["res.currency"].browse(currency_id).decimal_places
        return self.decimals[currency_id]

    def _late_after(self, item, facts):
        """The day after which an instalment is late: for a public buyer never before the delay the law gives him.

        From the day he received the invoice, when it was noted, else from its own date (CCP L2192-10, R2192-10).
        """
        if not regime_of(facts.debtor_type).from_receipt:
            return item.due
        law = self.maximums.on(item.invoiced_on)
        return public_due(item.due, item.received_on or item.invoiced_on, facts.public_buyer, law)

    def _hold(self, item, facts, history):
        """Why this instalment is left alone, the first reason that applies; else None."""
        if self._is_prescribed(item, facts):
            return Hold("prescribed")
        held = item.move_id in self.holds or item.entry_line_id in self.held_items  # a person has treated it
        if self.cutoff and item.due < self.cutoff and not history.last_sequence and not held:
            return Hold("before_cutoff")
        if item.paid_unreconciled:
            return Hold("payment_pending", self.on)
        if item.move_id in self.holds:
            return self.holds[item.move_id]
        if item.entry_line_id in self.held_items:
            return self.held_items[item.entry_line_id]
        return Hold("no_followup") if item.no_followup else None

    def _is_hastened(self, move_id, history):
        """Whether a promise was broken since the last level, by a policy that then sends the next one at once."""
        broken_on = self.broken.get(move_id)
        return bool(broken_on) and (history.sent_on is None or history.sent_on < broken_on)

    def _is_prescribed(self, item, facts):
        """Whether the limitation of its kind of claim has passed, what certainly interrupted it taken into account."""
        rule, safe = self._limitation(item, limited_as(facts.debtor_type, facts.public_buyer))
        start = starting_day(rule, item.due, item.delivered_on, item.term_agreed)
        if start >= safe:  # nearly all: nothing more to compute
            return False
        events = self.events.get(item.debt, ())
        return limitation_date(rule, start, events, figures=self.kinds.figures).on < self.on

    def _limitation(self, item, debtor_type):
        """(rule of limitation, a start from which nothing is time-barred yet) of an item; the same for nearly all."""
        key = item.own_kind_id, item.account_id, item.journal_id, debtor_type
        if key not in self.limitations:
            rule = self.kinds.rule(self.kinds.of(*key), debtor_type)
            self.limitations[key] = rule, self.on - DAYS_AT_LEAST * rule.years * open_items.DAY
        return self.limitations[key]

    def _policy_id(self, item, facts):
        """Invoice, debtor, how it pays, first policy that fits the type, company default; None when nothing fits."""
        return item.policy_id if item.policy_id in self.usable else self._policy_of(facts)

    def _policy_of(self, facts):
        """The same of a debtor, whose invoice has none of its own."""
        profiled = self.profiled.get(facts.partner_id)
        for wanted in (facts.policy_id, profiled and profiled.policy_id):
            if wanted in self.usable:
                return wanted
        for debtor_type, policy_id in self.matching:
            if not debtor_type or debtor_type == facts.policy_type:
                return policy_id
        return self.default if self.default in self.usable else None

    def _decide(self, policy_id, instalments, facts):
        if policy_id is None:
            return Decision("wait", "no_policy")
        if policy_id not in self.rules:
            return Decision("wait", "not_sending_day", next_date=self.on + open_items.DAY)
        rule, profiled = self.rules[policy_id], self.profiled.get(facts.partner_id)
        if profiled and not profiled.is_announced_to:
            rule = rule._replace(levels=tuple(level for level in rule.levels if not level.only_announces))
        decision = decide(rule, instalments, self.on, facts.last_contact, facts.hold(self.on))
        if self.rate_missing and decision.outcome == "remind" and decision.level.kind == "formal_notice":
            # A notice states the interest to the day: never with a rate that is extrapolated.
            return Decision("person", "rate_missing", decision.level, next_date=self.on + open_items.DAY)
        return self._keep_quiet(decision)

    def _keep_quiet(self, decision):
        """The same decision, unless the company writes to nobody these days."""
        until = decision.outcome == "remind" and quiet_until(self.quiet, self.on, decision.level.kind)
        if until:
            return Decision("wait", "quiet_period", decision.level, next_date=until + open_items.DAY)
        return decision

    def _addressee(self, contact, decision, by_key, facts):
        """The named dunning contact, the invoice's contact, the invoice address, the debtor himself."""
        if facts.contact_id:
            return facts.contact_id
        if not contact and decision.carried:
            contact = by_key[decision.carried[0]].contact_id
        if self.contacts.owners.get(contact) == facts.partner_id != contact:
            return contact
        return self.contacts.invoice.get(facts.partner_id, facts.partner_id)

    def _totals(self, debts, items, deducted):
        """The figures of the debtor's card, in company currency."""
        overdue = [debt for debt in debts.values() if debt.net.amount > 0 and debt.instalment.due < self.on]
        return {
            "overdue_amount": round(
                sum(debt.net.company_amount for debt in overdue) / self.unit
                + sum(debt.disputed_company for debt in overdue),
                6,
            ),
            "open_amount": round(sum(item.company_amount for item in items), 6),
            "credit_amount": round(-sum(item.company_amount for item in deducted), 6),
            "overdue_count": len(overdue),
            "oldest_due_date": min((debt.item.due for debt in overdue), default=None),
        }
