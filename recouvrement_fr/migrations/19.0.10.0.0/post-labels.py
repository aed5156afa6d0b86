"""Labels that the code renamed take their new French, as in 19.0.4.0.0, whose script does it. May run again."""

from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path


def migrate(cr, version):
    path = Path(__file__).parents[1] / "19.0.4.0.0" / "post-labels.py"
    spec = spec_from_file_location("labels_before", path)
    script = module_from_spec(spec)
    spec.loader.exec_module(script)
    script.migrate(cr, version)
