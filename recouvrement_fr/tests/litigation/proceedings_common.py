from .case_common import CaseCommon


class ProceedingsCommon(CaseCommon):
    """A case whose limitation is read."""

    def limitation(self, kind):
        return self.env["recouvrement.limitation.event"].search(
            [("debtor_id", "=", self.card().id), ("kind", "=", kind), ("void", "=", False)]
        )
