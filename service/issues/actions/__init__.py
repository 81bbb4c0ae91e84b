"""The verbs of the lifecycle, one file per kind of actor; ``perform`` is the only way in."""

from service.issues.actions.perform import perform

__all__ = ["perform"]
