from datetime import date, timedelta

from ..clock import today
from ..common import RecouvrementCommon

DAY = timedelta(days=1)
OPENED = date(2026, 9, 7)  # a Monday: orders rendered from then on follow the decree of 2026
DUE = date(2026, 6, 30)


class CaseCommon(RecouvrementCommon):
    """A trader in Paris who owes 10,000 EUR, and who opens, acts and approves."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for period in cls.env["recouvrement.rate"].search([]):
            period.verified = True
        cls.collector, cls.officer, cls.manager = (
            cls._somebody(f"case_{group}", group) for group in ("user", "legal", "manager")
        )

    def before_all(self):
        super().before_all()
        self.debt = self.invoice(DUE, 10000)
        self.night(OPENED)
        self.card().is_commercant = True

    def opened(self, moves=None, on=OPENED, user=None, **values):
        with self.at(on):
            return (
                self.env["recouvrement.case"]
                .with_user(user or self.officer)
                ._open(self.card().with_user(user or self.officer), moves or self.debt, **values)
            )

    def proceeding(self, code):
        return self.env.ref(f"recouvrement_fr.recouvrement_proceeding_{code}")

    def start(self, case, code, on=OPENED, approve=True):
        """A run of that procedure, approved by the manager where it has to be."""
        with self.at(on):
            run = case._start(self.proceeding(code), on=today())
            if run.state == "to_approve" and approve:
                case.with_user(self.manager)._decide(run.with_user(self.manager), True, "Fine", on=today())
        return run

    def record(self, run, step, on, **values):
        """Record a step on its day, as the legal officer does."""
        found = run.proceeding_id.step_ids.filtered(lambda found: found.code == step)
        self.assertTrue(found, step)
        with self.at(on):
            return run.case_id._record(run, found, on, **values)

    def walk(self, run, *steps):
        """Record (step, day) or (step, day, values)."""
        for step, on, *values in steps:
            self.record(run, step, on, **(values[0] if values else {}))

    def line(self, run, step, on=None):
        """Where a step stands, on a day."""
        if on:
            self.follow(on)
        self.env.invalidate_all()
        return run.step_ids.filtered(lambda line: line.step_id.code == step)

    def follow(self, on):
        """The follow-up of that day, as the scheduler does it."""
        with self.at(on):
            self.env["recouvrement.deadline"].sudo()._follow_up(on)
            self.env["recouvrement.case"].sudo()._follow_up(on)
        self.env.invalidate_all()
