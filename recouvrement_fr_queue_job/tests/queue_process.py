"""The Odoo processes of `test_two_workers`.

``queue_process.py serve DATABASE MAIL_PORT PORT``: a server of two workers and the runner of the job queue, until it is
told to stop. ``queue_process.py DATABASE MAIL_PORT STEP...``: what the scheduled actions do, by those steps
(see `real_process.py` of the add-on); `jobs` says what became of each job.
"""

import json
import os
import sys
from datetime import datetime
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from unittest.mock import patch
from zoneinfo import ZoneInfo

import odoo.init  # noqa: F401 - patches and shortcuts, before anything else of Odoo
from odoo.service import server
from odoo.tools import config

REAL = Path(__file__).resolve().parents[2] / "recouvrement_fr" / "tests" / "night" / "real_process.py"
MODELS = "odoo.addons.recouvrement_fr.models"


def loaded(name, path):
    spec = spec_from_file_location(name, path)
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


real = loaded("real_process", REAL)


def serve(database, mail_port, port):
    os.environ.update(ODOO_QUEUE_JOB_CHANNELS="root:2", ODOO_QUEUE_JOB_PORT=port, ODOO_QUEUE_JOB_HOST="127.0.0.1")
    workers = ["--workers", "2", "--http-port", port, "--max-cron-threads", "0", "--load", "base,web,queue_job"]
    config.parse_config(["-c", os.environ["ODOO_RC"], "-d", database, "--log-level", "critical", *workers])
    config["smtp_server"], config["smtp_port"] = "127.0.0.1", int(mail_port)
    from odoo.addons.queue_job import jobrunner  # it extends the server, before one is made
    from odoo.addons.queue_job.jobrunner import runner
    from odoo.addons.recouvrement_fr.tools import clock

    noon = datetime.combine(real.TODAY, datetime.min.time(), ZoneInfo("Europe/Paris")).replace(hour=12)
    for patched in (
        patch.object(clock, "today", lambda _env: real.TODAY),
        patch.object(clock, "now", lambda: noon),
        patch(f"{MODELS}.sending.recouvrement_dispatch_leaving.BATCH", real.BATCH),
        patch("odoo.addons.base.models.ir_mail_server.SMTP_TIMEOUT", 3),
        patch.object(jobrunner, "START_DELAY", 0.1),
        patch.object(runner, "SELECT_TIMEOUT", 1),
        patch.object(server.PreforkServer, "long_polling_spawn", lambda _self: None),
    ):
        patched.start()
    server.start(preload=[database], stop=False)


def jobs(env):
    env.cr.rollback()
    found = env["queue.job"].search([], order="id")
    print(json.dumps([[job.method_name, job.channel, job.state, job.worker_pid, job.retry] for job in found]))


if __name__ == "__main__":
    if sys.argv[1] == "serve":
        serve(*sys.argv[2:])
    else:
        real.STEPS["jobs"] = jobs
        real.main()
