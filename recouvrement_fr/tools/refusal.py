"""A file that is not taken in, and why, in a sentence that whoever gave it reads in his own language; no record."""


class Refused(ValueError):
    """What was given cannot be taken. ``sentence``: marked for translation; ``values``: what it names."""

    def __init__(self, sentence, **values):
        super().__init__(sentence, values)
        self.sentence, self.values = sentence, values

    def said(self, env):
        """The sentence in the language of that environment."""
        return env._(self.sentence) % self.values
