"""What happened to the company in fifteen months, as dated events: pure, without Odoo, the same for the same seed.

`tell(today)` gives the events in order of time, up to and including `today`; `player` executes them.
"""

import calendar
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from ledger.company import PRODUCTS, TERMS
from ledger.customers import BAD, CUSTOMERS, GOOD, LATE, WORST

MONTHS = 15


@dataclass(frozen=True)
class Event:
    """Something that happens on a day.

    ==============  ==================================================================================
    kind            data
    ==============  ==================================================================================
    opening         lines: (customer, due date, amount, label) taken over from the former tool
    invoice         lines: (product, quantity, unit price); term; currency
    credit_note     invoice; share of it; allocated: set off against it at once
    payment         invoices: keys ("opening/3" is the fourth line taken over); share of what they still owe;
                    method; discount: taken when allowed
    on_account      amount, method: money received without saying for what
    returned        payment: the key of a direct debit the bank takes back
    ==============  ==================================================================================
    """

    on: date
    kind: str
    key: str
    customer: str = ""
    data: Mapping = field(default_factory=dict, compare=False)


ORDER = ("opening", "invoice", "credit_note", "payment", "on_account", "returned")


@dataclass(frozen=True)
class Profile:
    """How a customer pays: days after the due date (from, to), and the chances of what else may happen."""

    days: tuple[int, int]
    never: float = 0.0  # the invoice is not paid at all
    partly: float = 0.0  # a part is paid first
    rest: tuple[int, int] | None = None  # then the rest, that many days after the due date; None: never
    reacts: float = 0.0  # pays within days of a usual reminder date (REMINDER_DAYS)


# Reminders and notices work: all but the worst pay before a case would be opened.
PROFILES = {
    GOOD: Profile(days=(-9, 0), reacts=0.03),
    LATE: Profile(days=(-4, 12), partly=0.05, rest=(16, 36), reacts=0.4),
    BAD: Profile(days=(1, 38), never=0.015, partly=0.1, rest=(24, 44), reacts=0.4),
    WORST: Profile(days=(70, 160), never=0.4, partly=0.12),
}
REMINDER_DAYS = (4, 4, 4, 11, 11, 21, 33)

INVOICING_DAYS = (4,)  # Friday: invoices and credit notes of the week leave together
BANKING_DAYS = (1,)  # Tuesday: what the bank received is entered


def next_day(on: date, weekdays: tuple[int, ...]) -> date:
    """That day, or the first of those weekdays after it."""
    return next(day for day in (on + timedelta(days=n) for n in range(7)) if day.weekday() in weekdays)


def months_before(on: date, months: int) -> date:
    """The first of the month that many months earlier."""
    index = on.year * 12 + on.month - 1 - months
    return date(index // 12, index % 12 + 1, 1)


def due_dates(term: str, on: date) -> list[date]:
    """When the instalments of an invoice of that day fall due."""
    dates = []
    for _share, kind, days in TERMS[term][1]:
        due = on + timedelta(days=days)
        if kind == "days_end_of_month_on_the":
            due = due.replace(day=calendar.monthrange(due.year, due.month)[1])
        dates.append(due)
    return dates


def tell(today: date, seed: int = 1) -> list[Event]:
    """The events of the fifteen months before `today`, in order."""
    start = months_before(today, MONTHS)
    events = _opening(start, Random(f"{seed} opening"))
    for customer in CUSTOMERS:
        events += _relation(customer, start, today, Random(f"{seed} {customer.key}"))
    events += _incidents(events, today, Random(f"{seed} incidents"))
    events = [event for event in events if event.on <= today]
    return sorted(events, key=lambda event: (event.on, ORDER.index(event.kind), event.key))


def _opening(start, rng):
    """Debts of the former tool, most of them old; nearly all are paid in the following months."""
    companies = [customer for customer in CUSTOMERS if customer.kind == "company"]
    chosen = rng.sample([customer for customer in companies if customer.profile in (LATE, BAD, WORST)], 14)
    lines = []
    for number, customer in enumerate(chosen, 1):
        due = start - timedelta(days=rng.randrange(5, 150))
        lines.append((customer.key, due, round(rng.uniform(240, 5200), 2), f"Reprise facture A{due:%y}-{number:04}"))
    payments = []
    for number in rng.sample(range(len(lines)), 12):
        day = next_day(start + timedelta(days=rng.randrange(10, 75)), BANKING_DAYS)
        data = {"invoices": (f"opening/{number}",), "share": 1.0, "method": "chèque", "discount": False}
        payments.append(Event(day, "payment", f"pay:opening/{number}", lines[number][0], data))
    return [Event(start, "opening", "opening", data={"lines": tuple(lines)}), *payments]


def _relation(customer, start, today, rng):
    """A customer's invoices and what it did about each of them."""
    span = (today - start).days
    events = []
    for number in range(customer.invoices):
        day = start + timedelta(days=1 + int((number + rng.random()) * (span - 2) / customer.invoices))
        on = next_day(day, INVOICING_DAYS)
        if on > today:
            continue
        key = f"{customer.key}/{number + 1:02}"
        data = {"lines": _invoice_lines(customer, rng), "term": customer.term, "currency": customer.currency}
        events.append(Event(on, "invoice", key, customer.key, data))
        events += _settlement(customer, key, on, rng)
    if customer.profile == GOOD:
        events = _group_payments(events, rng)
    return events


def _invoice_lines(customer, rng):
    if customer.kind in ("person", "copropriete"):
        products = [(rng.choice(("renovation", "escalier", "isolation")), 1)]
    elif rng.random() < 0.06 and customer.country == "FR":
        products = [("entretien", rng.choice((1, 2, 4)))]
    else:
        choice = rng.sample(("table", "bibliotheque", "comptoir", "chaise", "cloison"), rng.choice((1, 1, 2)))
        products = [(name, rng.randrange(4, 40) if name == "chaise" else rng.choice((1, 1, 1, 2))) for name in choice]
    return tuple((name, quantity, _price(name, rng)) for name, quantity in products)


def _price(product, rng):
    return round(PRODUCTS[product][2] * rng.uniform(0.75, 1.35), 2)


def _settlement(customer, invoice, on, rng):
    """Payments and credit notes of one invoice; what falls after today is dropped by the caller."""
    profile = PROFILES[customer.profile]
    dues = due_dates(customer.term, on)
    method = rng.choice(("virement", "virement", "virement", "chèque", "prélèvement"))

    def payment(day, share=1.0, suffix="", discount=False):
        data = {"invoices": (invoice,), "share": share, "method": method, "discount": discount}
        return Event(next_day(day, BANKING_DAYS), "payment", f"pay:{invoice}{suffix}", customer.key, data)

    chance = rng.random()
    if chance < 0.035:
        share = rng.choice((0.1, 0.25, 1.0))
        data = {"invoice": invoice, "share": share, "allocated": True}
        day = next_day(on + timedelta(days=rng.randrange(4, 25)), INVOICING_DAYS)
        noted = Event(day, "credit_note", f"credit:{invoice}", customer.key, data)
        return [noted] if share == 1.0 else [noted, payment(dues[-1] + timedelta(days=rng.randint(*profile.days)))]
    if rng.random() < profile.never:
        return []
    if rng.random() < profile.partly:
        part = payment(dues[-1] + timedelta(days=rng.randint(3, 22)), share=rng.choice((0.3, 0.5, 0.6)))
        rest = [payment(dues[-1] + timedelta(days=rng.randint(*profile.rest)), suffix=":rest")] if profile.rest else []
        return [part, *rest]
    if TERMS[customer.term][2] and rng.random() < 0.6:
        return [payment(on + timedelta(days=rng.randrange(4, 9)), discount=True)]
    if len(dues) > 1:
        late = [max(0, rng.randint(*profile.days)) for _ in dues]
        shares = [TERMS[customer.term][1][0][0] / 100, 1.0]
        return [payment(due + timedelta(days=days), share, f":{number}")
                for number, (due, days, share) in enumerate(zip(dues, late, shares, strict=True), 1)]  # fmt: skip
    if rng.random() < profile.reacts:
        return [payment(dues[-1] + timedelta(days=rng.choice(REMINDER_DAYS) + rng.randint(1, 5)))]
    return [payment(max(on, dues[-1] + timedelta(days=rng.randint(*profile.days))))]


def _group_payments(events, rng):
    """Now and then a good customer pays two invoices with one transfer, on the later day."""
    grouped, waiting = [], None
    for event in events:
        simple = event.kind == "payment" and event.data["share"] == 1.0 and not event.data["discount"]
        if not simple:
            grouped.append(event)
        elif waiting and abs((event.on - waiting.on).days) <= 20 and rng.random() < 0.5:
            data = dict(event.data) | {"invoices": waiting.data["invoices"] + event.data["invoices"]}
            grouped.append(Event(max(event.on, waiting.on), "payment", event.key, event.customer, data))
            waiting = None
        else:
            grouped += [waiting] if waiting else []
            waiting = event
    return grouped + ([waiting] if waiting else [])


def _incidents(events, today, rng):
    """What goes wrong, or is left unsettled, near the end: returned debit, loose credits, payments on account."""
    recent = [event for event in events if event.kind == "invoice" and 35 < (today - event.on).days < 260]
    by_customer = {event.customer: event for event in recent}
    profiles = {customer.key: customer.profile for customer in CUSTOMERS}
    tardy = sorted(key for key in by_customer if profiles[key] in (LATE, BAD, WORST))
    incidents = []
    for key in rng.sample(tardy, 7):
        invoice = by_customer[key]
        data = {"invoice": invoice.key, "share": rng.choice((0.08, 0.2, 0.35)), "allocated": False}
        on = next_day(invoice.on + timedelta(days=rng.randrange(15, 34)), INVOICING_DAYS)
        incidents.append(Event(on, "credit_note", f"loose:{invoice.key}", key, data))
    for key in rng.sample(tardy, 8):
        on = next_day(today - timedelta(days=rng.randrange(8, 120)), BANKING_DAYS)
        data = {"amount": round(rng.uniform(80, 2400), 2), "method": rng.choice(("virement", "chèque"))}
        incidents.append(Event(on, "on_account", f"acompte:{key}", key, data))
    return incidents + _returned(events, today) + _unreachable(today, rng)


def _unreachable(today, rng):
    """An unpaid invoice of each customer nobody can write to."""
    customers = [customer for customer in CUSTOMERS if not customer.city and not customer.has_email]
    return [
        Event(
            next_day(today - timedelta(days=50), INVOICING_DAYS),
            "invoice",
            f"{customer.key}/last",
            customer.key,
            {"lines": _invoice_lines(customer, rng), "term": "30_days", "currency": customer.currency},
        )
        for customer in customers
    ]


def _returned(events, today):
    """The last direct debit old enough to have been rejected, five days later."""
    debits = [
        event
        for event in events
        if event.kind == "payment"
        and event.data["method"] == "prélèvement"
        and event.data["share"] == 1.0
        and not event.data["discount"]
        and len(event.data["invoices"]) == 1
        and event.customer != "hudson-interiors-inc"
        and 15 < (today - event.on).days < 75
    ]
    if not debits:
        return []
    debit = max(debits, key=lambda event: (event.on, event.key))
    on = next_day(debit.on + timedelta(days=5), BANKING_DAYS)
    return [Event(on, "returned", f"returned:{debit.key}", debit.customer, {"payment": debit.key})]
