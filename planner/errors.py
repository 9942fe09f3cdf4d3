"""Every error that a user can cause or meet, each with its exit code.

A message is one line that says what, where and the next step; the command line prints it to
stderr and exits with `exit_code`. Anything else that is raised is a fault of this program.
"""


class PlannerError(Exception):
    """Something could not be done: what, where, and the next step, in one line."""

    exit_code = 1


class UnknownNameError(PlannerError):
    """A model, region, instance or option that no source knows; names close matches."""


class NoDataError(PlannerError):
    """Nothing is known of the date or the provider that was asked for."""


class BadFileError(PlannerError):
    """A snapshot, price table or settings file is malformed; names file and line."""


class NewerFileError(BadFileError):
    """A file is of a newer planner: it is neither read nor written over."""


class UsageError(PlannerError):
    """An option's value is malformed or options contradict one another."""

    exit_code = 2


class MissingExtraError(PlannerError):
    """A command needs an optional dependency; names the extra that brings it."""


class NothingFitsError(PlannerError):
    """Nothing is left after what the call demanded."""

    exit_code = 4
