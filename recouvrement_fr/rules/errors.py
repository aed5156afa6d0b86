"""Errors of the rules: each has a name, and a message that says what to do."""


def _lt(template: str) -> str:
    """The template as it is: the mark by which the export of the terms to translate finds it."""
    return template


class RuleError(ValueError):
    """Base of every error of the rules.

    ``params`` holds the values of the message by name and ``template`` the sentence before they are filled in, so that
    a caller may translate it.
    """

    template = _lt("The rules cannot work with this input.")

    def __init__(self, **params):
        self.params = params
        super().__init__(self.template.format(**params))

    @property
    def code(self) -> str:
        """The stable name of the error, for programs."""
        return type(self).__name__

    def __reduce__(self):
        return _rebuild, (type(self), self.params)


def _rebuild(cls, params):
    """Unpickle an error, whose constructor takes its values by name only."""
    return cls(**params)


class RateOverlap(RuleError):
    template = _lt("The rates of {first} and {second} overlap: keep one record per half-year.")


class RateGap(RuleError):
    template = _lt(
        "No rate between {after} and {before}: enter the half-years in between, or remove what stands " "apart."
    )


class RateMissing(RuleError):
    template = _lt(
        "No rate for {half_year} ({day} falls in it): enter the ECB refinancing rate in force on {first_day} and the "
        "two legal interest rates ordered for {half_year}. The last known rate is never carried over."
    )


class RatePeriodInvalid(RuleError):
    template = _lt(
        "The rates from {date_from} to {date_to} are not those of whole half-years: start on 1 January or 1 July and "
        "end on 30 June or 31 December."
    )


class NegativeRate(RuleError):
    template = _lt("The rate {rate} is negative: enter a percentage per year of zero or more.")


class NegativeAmount(RuleError):
    template = _lt("The amount {amount} is negative: enter it as a positive number (a refund is not a payment).")


class UnknownRegime(RuleError):
    template = _lt("Unknown interest regime {regime!r}: use one of {known}.")


class UnknownDayCount(RuleError):
    template = _lt("Unknown day count {day_count!r}: use one of {known}.")


class UnknownMovement(RuleError):
    template = _lt("Unknown kind of movement {kind!r}: use one of {known}.")


class UnknownImputation(RuleError):
    template = _lt("Unknown imputation {imputation!r}: use one of {known}.")


class ContractRateMissing(RuleError):
    template = _lt("The contractual regime needs the rate of the contract: enter it, or use the professional regime.")


class DueBeforeInvoice(RuleError):
    template = _lt("Due on {due}, before the invoice of {invoice_date}: correct one of the two dates.")


class PaymentBeforeInvoice(RuleError):
    template = _lt(
        "A payment on {on} precedes the invoice of {invoice_date}: correct the date; for a payment on account, use the "
        "date on which it was set against the invoice."
    )


class FreezeReversed(RuleError):
    template = _lt("The suspension from {date_from} ends before it begins, on {date_to}: correct one of the two dates.")


class UnknownDebtorType(RuleError):
    template = _lt("Unknown type of debtor {kind!r}: use one of {known}.")


class UnknownCurrency(RuleError):
    template = _lt("No words for the currency {currency!r}: use one of {known}.")


class UnknownLanguage(RuleError):
    template = _lt("No words in the language {lang!r}: use one of {known}.")


class UnknownSubdivision(RuleError):
    template = _lt(
        "No public holidays for {subdivision!r}: use a department (57, 974...), a postal code, one of {known}, "
        "or nothing."
    )


class UnknownDelay(RuleError):
    template = _lt("Unknown procedural delay {code!r}: use one of {known}.")


class DelayNotInForce(RuleError):
    template = _lt("The delay {code!r} does not exist on {day}: check the date of the order or of the event.")


class UnknownSector(RuleError):
    template = _lt("Unknown sector {sector!r}: use one of {known}.")


class UnknownClause(RuleError):
    template = _lt("Unknown payment clause {clause!r}: use one of {known}.")


class UnknownClaimKind(RuleError):
    template = _lt("Unknown kind of claim {kind!r}: use one of {known}.")


class UnknownEvent(RuleError):
    template = _lt("Unknown event {kind!r}: use one of {known}.")


class EventReversed(RuleError):
    template = _lt("The event of {on} ends before it begins, on {until}: correct one of the two dates.")


class UnknownDebt(RuleError):
    template = _lt(
        "The payment names the debt {key!r}, which is not among those given: add it, or correct the " "indication."
    )


class InvalidContractPeriod(RuleError):
    template = _lt(
        "A contractual limitation of {years} years: parties may agree on {least} to {most} years (C.civ 2254)."
    )


class ContractPeriodForbidden(RuleError):
    template = _lt(
        "No contract changes the limitation of a claim of the kind {kind!r} (C.civ 2254): parties may agree on one for "
        "{known} alone."
    )


class FieldMissing(RuleError):
    template = _lt("The field {field!r} is missing: {ask} needs {needed}.")


class FieldUnknown(RuleError):
    template = _lt("Unknown field {field!r}: {ask} reads {known}.")


class FieldInvalid(RuleError):
    template = _lt("The field {field!r} holds {value!r}: write {expected}.")


class FieldUnused(RuleError):
    template = _lt("The regime {regime!r} does not use the field {field!r}: leave it out, or use one of {known}.")


class DatesContradict(RuleError):
    template = _lt("{field!r} is dated {on}, before {other!r} of {day}: correct one of the two dates.")


class UnknownAsk(RuleError):
    template = _lt("Unknown question {ask!r}: ask one of {known}.")


class DebtTwice(RuleError):
    template = _lt("Two debts have the key {key!r}: give each its own.")


class CaseUnanswerable(RuleError):
    template = _lt("This case cannot be computed ({reason}): check its amounts and its dates.")


class DocumentInvalid(RuleError):
    template = _lt("This is not a document of cases ({reason}): write a JSON list of cases, or an object with 'cases'.")


class ScheduleImpossible(RuleError):
    template = _lt("{count} instalments of {total} cannot be made: each has to be of {least} at least. Ask for fewer.")


class SharesInvalid(RuleError):
    template = _lt("The shares add up to {total} %: make them add up to 100, none of them zero or less.")


class ScheduleDiffers(RuleError):
    template = _lt("The instalments add up to {given}, the plan is of {total}: correct an amount, by {difference}.")


class ScheduleUnordered(RuleError):
    template = _lt("The instalment of {after} comes before that of {before}: give the dates in order, each once.")


class UnknownFrequency(RuleError):
    template = _lt("Unknown frequency {frequency!r}: use one of {known}.")


class StepUnordered(RuleError):
    template = _lt(
        "The step {step!r} is dated {on}, before the step {before!r} of {day}: correct one of the two " "dates."
    )


class UnknownFigure(RuleError):
    template = _lt("Unknown figure of the law {code!r}: use one of {known}.")


class FigureMissing(RuleError):
    template = _lt(
        "The figure of the law {code!r} has no value before its first day: enter one without a first day, which holds "
        "until the next. Nothing stands for a figure that is missing."
    )


class FigureTwice(RuleError):
    template = _lt("The figure of the law {code!r} has two values from {day}: keep one, or give the later its own day.")


class FigureNegative(RuleError):
    template = _lt("The figure of the law {code!r} is {value}: enter a number of zero or more.")


class UnknownProceedings(RuleError):
    template = _lt("Unknown insolvency proceedings {kind!r}: use one of {known}.")
