"""What each figure of the dashboard means, in the words its reader sees beside it."""

from odoo.tools import LazyTranslate

_lt = LazyTranslate(__name__)

MEANINGS = {
    "receivables": _lt(
        "What customers owe, taxes included, credit notes and payments on account taken off: the balance of the "
        "receivable accounts."
    ),
    "overdue": _lt("Debts past their due date, credits left apart. A debt due today is not late yet."),
    "dso": _lt(
        "Days of turnover that are still owed: receivables × days of the period / turnover of the period, taxes "
        "included. The month under way counts for its days. What was written off or moved to doubtful receivables in "
        "the period still counts: it was not paid."
    ),
    "count_back": _lt(
        "The receivables are set against the turnover of the latest months, one after the other, until nothing is "
        "left: each month used up counts for its days, the last one for its share. Seasons do not distort it. What was "
        "written off in the period still counts."
    ),
    "best_possible": _lt(
        "What the DSO would be if nobody were late: the same, on what is not due yet. Credits that nobody has used "
        "come off what is late first."
    ),
    "effectiveness": _lt(
        "Of what could be collected in the period, what was: (opening + billed − closing) / (opening + billed − "
        "closing not due). What was written off or moved to another account was not collected; what a debt to the "
        "same party paid (set-off) was. 100 %: nothing is overdue."
    ),
    "over_90": _lt("The part of what is owed, credits left apart, that is more than 90 days late."),
    "days_late": _lt(
        "Days from the due date to the payment of what was received in the period, weighted by amount. Paying early "
        "counts for zero: it makes up for nothing that was paid late."
    ),
    "ageing": _lt(
        "Debts by days past their due date, credits left apart; the aged balance of a past day is in Reporting."
    ),
    "largest": _lt(
        "What is past its due date, credits deducted as on the debtor’s card; the balance is all that is open, credits "
        "deducted."
    ),
    "dso_trend": _lt("The three DSO at the end of each month, as the tiles define them, and today."),
    "owed_trend": _lt("Debts at the end of each month, credits left apart: what was reconciled later was still open."),
    "share_trend": _lt(
        "Of what was owed at the end of each month, what was past its due date, and by more than 90 days."
    ),
    "forecast": _lt(
        "What has come in by the end of each week, that day included: added up from today. Each debt comes in as late "
        "as its debtor usually pays: as late as three quarters of its payments (low), half (middle) or a quarter "
        "(high). What is already late takes at least twice as many days again (low), as many (middle) or half as many "
        "(high), and never less than a week; what is more than 90 days late is in the high figure alone. What is "
        "promised, and the instalments of plans, stand for as much of their invoices, in the low figure for the share "
        "usually kept; what is contested, in a case or otherwise held is left out. What a debtor has on account pays "
        "its oldest debts first. A week opens what is expected in it."
    ),
    "to_do": _lt(
        "Debtors by what is to be done first about each, as in the list “To do today”, and what is past its day."
    ),
    "promises": _lt(
        "A promise is judged by the money that came in, not by what was said; partly kept counts as broken."
    ),
    "disputes": _lt("What debtors contest and nobody has answered yet; days open are an average."),
    "plans": _lt("Plans proposed and under way, and those that defaulted in the period."),
    "cases": _lt("Cases that are not closed, by stage; confidential ones are counted for who may read them."),
    "deadlines": _lt("The next days that the law sets, of limitation, procedures and insolvencies."),
    "quality": _lt(
        "Of who owes something: what will keep a reminder from arriving or from holding, as the last night, or whoever "
        "opened the list “Data to mend” last, found it. A debtor may be counted in several lines."
    ),
    "early_payment": _lt(
        "Discounts for paying early, taxes included: what they took off, by how many days the money came before its "
        "due date, weighted by amount, and what that costs a year: discount / received × 365 / days."
    ),
    "activity": _lt(
        "Late debtors and what they owe net of credits, as the last night found them; contacts noted and promises "
        "obtained in the period. Automatic: what debtors said on their own page, or somebody who has left noted."
    ),
    "funnel": _lt(
        "Of the reminders sent in the period: what came in, cash and credit notes, between a reminder and the next one "
        "of the same debt, and the average number of days it took."
    ),
}
