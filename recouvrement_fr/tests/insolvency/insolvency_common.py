from datetime import timedelta

from ..common import MONDAY, RecouvrementCommon

DUE = MONDAY - timedelta(days=20)
DAY = timedelta(days=1)


class InsolvencyCommon(RecouvrementCommon):
    """A debt of before the judgment, reminded that night."""

    def before_all(self):
        super().before_all()
        self.debt = self.invoice(DUE, 1000)
        self.night(MONDAY)

    def opened(self, kind="redressement", judgment_on=MONDAY, **values):
        with self.at(MONDAY):
            return self.env["recouvrement.insolvency"].create(
                {"debtor_id": self.card().id, "kind": kind, "judgment_on": judgment_on, **values}
            )

    def follow(self, model, on):
        with self.at(on):
            self.env[model].sudo()._follow_up(on)  # the scheduler's rights
