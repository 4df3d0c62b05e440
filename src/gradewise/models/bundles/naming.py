"""Which bundle a path means."""

from pathlib import Path

from gradewise.errors import BundleError
from gradewise.models.bundles.archives import is_archive

METADATA = "model_metadata.json"
"""What every bundle has."""
IN_RUN = Path("artifacts") / "bundle"
"""Where the bundle of a run is."""
DEPLOYED = "production"
"""Where the bundle in production is, in the directory of a model's name."""


def named_bundle(named: Path) -> Path:
    """The bundle that a path means: a bundle, its archive, a run, or the directory of a model's name.

    Raises:
        BundleError: there is none.
    """
    for candidate in (named, named / IN_RUN, named / DEPLOYED):
        if (candidate / METADATA).is_file():
            return candidate
    if is_archive(named) and named.is_file():
        return named
    raise BundleError(
        f"{named} holds no model ({METADATA}); name a bundle or run directory, or train one first"
    )
