"""Labels that the code renamed take their new French, as in 19.0.4.0.0, whose script does it; and « Approuvé », said of
an invoice by a platform, agrees with it where nobody changed it. May run again.
"""

from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

from odoo import SUPERUSER_ID, api


def migrate(cr, version):
    path = Path(__file__).parents[1] / "19.0.4.0.0" / "post-labels.py"
    spec = spec_from_file_location("labels_before", path)
    script = module_from_spec(spec)
    spec.loader.exec_module(script)
    script.migrate(cr, version)
    env = api.Environment(cr, SUPERUSER_ID, {})
    approved = env.ref("recouvrement_fr.einvoice_status_205", raise_if_not_found=False)
    for code, _name in env["res.lang"].get_installed() if approved else ():
        status = approved.with_context(lang=code)
        if code.startswith("fr") and status.name == "Approuvé":
            status.name = "Approuvée"
