"""Everything that gradewise refuses, by family.

A message is one line: what is wrong, where, and what to do about it.
"""


class GradewiseError(Exception):
    """Base of every error that gradewise raises on purpose."""


class InputError(GradewiseError):
    """Data that cannot be used: a missing column, an unknown label, an empty text, a wrong scale."""


class NotFoundError(InputError):
    """Something that was asked for by its id, and is not there."""


class LeakError(InputError):
    """What is judged has taught: a figure made so would be too good."""

    def __init__(self, check: str, detail: str) -> None:
        """Name the check that found it, then say what was found and what to do."""
        super().__init__(f"{check}: {detail}")
        self.check = check
        self.detail = detail


class PlanError(GradewiseError):
    """A plan that cannot be followed: an unknown key, a value out of range, a contradiction."""


class SplitError(GradewiseError):
    """A split plan that cannot be made, or does not belong to the data at hand."""


class TrainingError(GradewiseError):
    """A model that could not be trained or exported faithfully."""


class BundleError(GradewiseError):
    """A model bundle that is damaged, of another format, or does not fit the request."""


class DamagedBundleError(BundleError):
    """A bundle whose files are not what its signature says."""


class UnsafeBundleError(BundleError):
    """What no bundle holds: links, pickles, bombs, a model that needs more than itself."""


class ParityError(BundleError):
    """A model that grades otherwise than when it was made."""


class GateError(GradewiseError):
    """A model that has not passed the gates that it must pass."""


class RunError(GradewiseError):
    """A run that is not found, cannot be resumed, or cannot be written down."""


class RegistryError(GradewiseError):
    """A registered model that is not found, may not be changed so, or is not what was registered."""


class UnavailableError(GradewiseError):
    """A database, a store or a server that does not answer, or is full; nothing is half-done."""


class BusyError(UnavailableError):
    """More is asked at once than can be answered in time; nothing was begun."""

    def __init__(self, message: str, *, retry_after_s: float) -> None:
        """Say what is too much, and after how many seconds to ask again."""
        super().__init__(message)
        self.retry_after_s = retry_after_s


class DeadlineError(UnavailableError):
    """An answer that would have come too late, and was given up."""


class MissingDependencyError(GradewiseError):
    """An optional dependency that is needed and not installed; the message names the extra."""
