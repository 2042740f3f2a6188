"""What keeps a part from opening on this database or on these folders: known to every command
without loading what finds it out.
"""


class Unfit(Exception):
    """One sentence that says what does not fit together and what to do."""


class MayNotOpen(Unfit):
    """A sentence without its full stop: what the operator has to do before this may open."""
