from . import door
from . import door_pay
