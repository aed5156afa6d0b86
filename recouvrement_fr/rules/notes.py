"""Sentences that explain an answer."""

from typing import Any


class Note(str):
    """A sentence that explains a décompte, with a stable ``code`` and the values it was made of, for translation."""

    __slots__ = ("code", "params", "template")

    code: str
    template: str
    params: dict[str, Any]

    def __new__(cls, code: str, template: str, **params):
        note = super().__new__(cls, template.format(**params))
        note.code, note.template, note.params = code, template, params
        return note

    def __reduce__(self):
        return _note, (self.code, self.template, self.params)


def _note(code: str, template: str, params: dict[str, Any]) -> Note:
    return Note(code, template, **params)
