"""Odoo's own tests of what we extend, with the add-on installed and without: ``make odoo-tests`` (half an hour).

Those of `account_payment` and `l10n_fr_account`, and of `account` those of payments, reconciliation, invoices,
partners, branches and sending: a hundred of its files take hours, and most are about taxes, which we do not touch
(``FILES="..."`` takes others). A test that fails with the add-on and not without is ours: the command then ends with an
error.
"""

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path
from xml.etree import ElementTree

import env as house
from machine import PREFIX, ROOT, odoo_src

OF_ACCOUNT = (
    *("account_bank_statement", "account_journal_dashboard", "account_lock_exception", "account_merge_wizard"),
    *("account_move_attachment", "account_move_duplicate", "account_move_entry", "account_move_out_refund"),
    *("account_move_payments_widget", "account_move_reconcile", "account_move_send", "account_partner"),
    *("account_payment", "account_payment_duplicate", "account_payment_items", "account_payment_register"),
    *("audit_trail", "company_branch", "digest", "duplicate_res_partner_bank", "early_payment_discount"),
    *("mail_tracking_value", "payment_term", "portal_invoice", "res_partner_merge", "transfer_wizard"),
)
FILES = (
    *(f"account/tests/test_{name}.py" for name in OF_ACCOUNT),
    "account_payment/tests/test_account_payment.py",
    "account_payment/tests/test_payment_flows.py",
    "account_payment/tests/test_payment_provider.py",
    "l10n_fr_account/tests/test_fec_export.py",
)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--files", nargs="*", default=FILES, help="under Odoo's add-ons")
    options = parser.parse_args()
    found = {}
    for kind, source in (("without", house.build_base()), ("with", house.build_template())):
        database = f"{PREFIX}_odoo_{kind}"
        try:
            house.clone(source, database)
            found[kind] = played(database, options.files)
        finally:
            house.drop(database)
        passed, failed = (sum(one == state for one in found[kind].values()) for state in ("passed", "failed"))
        print(f"{kind} the add-on: {passed} passed, {failed} failed", flush=True)
    ours = [name for name, state in found["with"].items() if state != found["without"].get(name)]
    lost = found["without"].keys() - found["with"].keys()
    for name in (*ours, *sorted(lost)):
        print(f"{name}: {found['without'].get(name)} without, {found['with'].get(name)} with", flush=True)
    return 1 if ours or lost or not found["with"] else 0


def played(database, files):
    """{test: passed, skipped or failed}."""
    folder = next(one for one in (odoo_src() / "odoo" / "addons", odoo_src() / "addons") if (one / "account").is_dir())
    with tempfile.TemporaryDirectory() as name:
        report = Path(name) / "report.xml"
        command = ["pytest", "-q", "--tb=line", "-c", ROOT / "pyproject.toml", f"--odoo-database={database}"]
        command += [f"--junitxml={report}", *(folder / file for file in files)]
        subprocess.run([str(part) for part in command], env=house.environment(), cwd=ROOT, check=False)
        tests = ElementTree.parse(report).iter("testcase")
        return {f"{test.get('classname')}.{test.get('name')}": state(test) for test in tests}


def state(test):
    kinds = {child.tag for child in test}
    return "failed" if kinds & {"failure", "error"} else "skipped" if "skipped" in kinds else "passed"


if __name__ == "__main__":
    sys.exit(main())
