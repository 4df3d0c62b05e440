"""Which model is meant."""

from pathlib import Path

from gradewise.errors import BundleError
from gradewise.models.bundles.naming import IN_RUN, METADATA, named_bundle


def find_bundle(named: Path | None, *, output: Path = Path("output")) -> Path:
    """The bundle that a path means, or the newest under ``output`` when none is named.

    A path means a bundle, its archive, a run, or where models of a name are deployed: the one in production.

    Raises:
        BundleError: there is none.
    """
    if named is None:
        return _newest(output)
    return named_bundle(named)


def _newest(output: Path) -> Path:
    found = [path.parent for path in output.glob(f"*/*/{IN_RUN}/{METADATA}")]
    if not found:
        raise BundleError(
            f"no model under {output}/; train one (gradewise train essays.csv) or name one with --model"
        )
    return max(found, key=lambda bundle: bundle.stat().st_mtime)
