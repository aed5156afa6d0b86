"""What the rules refuse, in the words of whoever is told."""

from decimal import Decimal

from odoo.tools import format_date, formatLang


def said(env, error):
    """The sentence of a rules.errors.RuleError in the user's language, its dates and amounts written as there."""
    return env._(type(error).template).format(**{name: _written(env, value) for name, value in error.params.items()})


def _written(env, value):
    if hasattr(value, "year"):
        return format_date(env, value)
    if isinstance(value, Decimal) and value.is_finite():
        return formatLang(env, float(value), digits=max(0, -value.as_tuple().exponent))
    return value
