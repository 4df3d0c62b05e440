"""Why a model is not served: a code out of a few, which metrics may count, and words."""

from typing import Literal

from gradewise.errors import (
    BundleError,
    DamagedBundleError,
    GradewiseError,
    ParityError,
    RegistryError,
    UnavailableError,
    UnsafeBundleError,
)
from gradewise.registry.manifests import ManifestError

RefusalReason = Literal[
    "missing", "changed", "digest", "unsigned", "signature", "revoked", "replayed", "format", "unsafe",
    "task", "crashed", "timeout", "memory", "parity", "tools", "unavailable", "internal",
]  # fmt: skip
"""Nothing is there; it changed while it was read; files are not what their digests say; no manifest where
one is needed; none that a trusted key has signed so; its key was revoked; it is older than what was obeyed; a
bundle of another format, or that does not fit together; links, pickles, bombs, external data, custom
operators; classes where grades are served, or grades where classes are; the trial crashed; it took too long;
it took too much memory; grades came out otherwise than when the model was made; this installation measures
otherwise; what keeps bundles does not answer; a fault of gradewise."""
PASSING: frozenset[RefusalReason] = frozenset({"missing", "changed", "unavailable"})
"""Reasons that may be gone at the next look, though what is wanted is still the same."""
SLOW: frozenset[RefusalReason] = frozenset({"timeout", "memory"})
"""Reasons that may be gone on a quieter machine: see `gradewise.workflows.scoring.second_tries`."""


class RefusedError(BundleError):
    """A model that is not served."""

    def __init__(self, reason: RefusalReason, message: str) -> None:
        """Say why, as a code and in words."""
        super().__init__(message)
        self.reason: RefusalReason = reason


def refused(error: Exception, *, otherwise: RefusalReason = "format") -> RefusedError:
    """What an error means to who wanted to serve a model; foreign words are left out, as they may quote.

    Args:
        error: what came of reading, trying or building it.
        otherwise: what errors of gradewise mean that say no more.
    """
    match error:
        case RefusedError():
            return error
        case GradewiseError():
            return RefusedError(_reason(error, otherwise), str(error))
        case FileNotFoundError() | NotADirectoryError():
            is_file = isinstance(error, NotADirectoryError)
            said = "is no bundle; name its directory" if is_file else "is not there; deploy it again"
            return RefusedError("missing", f"{error.filename} {said}")
        case OSError():
            return RefusedError("unavailable", f"{error.filename or 'a file'}: {error.strerror}")
        case MemoryError():
            return RefusedError("memory", "there is not enough memory for another model; add some")
        case _:
            return RefusedError("internal", f"{type(error).__name__}; the log has more")


def _reason(error: GradewiseError, otherwise: RefusalReason) -> RefusalReason:
    match error:
        case ManifestError():
            return error.fault
        case DamagedBundleError():
            return "digest"
        case UnsafeBundleError() | RegistryError():
            return "unsafe"
        case ParityError():
            return "parity"
        case UnavailableError():
            return "unavailable"
        case _:
            return otherwise
