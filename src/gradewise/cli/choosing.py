"""Which model is meant."""

from pathlib import Path

from gradewise.errors import BundleError

METADATA = "model_metadata.json"
IN_RUN = Path("artifacts") / "bundle"


def find_bundle(named: Path | None, *, output: Path = Path("output")) -> Path:
    """The bundle that a path means, or the newest under ``output`` when none is named.

    Raises:
        BundleError: there is none.
    """
    if named is None:
        return _newest(output)
    for candidate in (named, named / IN_RUN):
        if (candidate / METADATA).is_file():
            return candidate
    raise BundleError(
        f"{named} holds no model ({METADATA}); name a bundle or run directory, or train one first"
    )


def _newest(output: Path) -> Path:
    found = [path.parent for path in output.glob(f"*/*/{IN_RUN}/{METADATA}")]
    if not found:
        raise BundleError(
            f"no model under {output}/; train one (gradewise train essays.csv) or name one with --model"
        )
    return max(found, key=lambda bundle: bundle.stat().st_mtime)
