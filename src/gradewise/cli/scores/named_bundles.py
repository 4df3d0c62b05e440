"""Models that answered: those that are named on the command line, then those in the stores."""

from collections.abc import Callable, Sequence
from pathlib import Path

from gradewise.bootstrap import stores_from
from gradewise.cli.choosing import find_bundle
from gradewise.models.bundles.bundle import load_bundle
from gradewise.models.bundles.verified import Bundle
from gradewise.settings import read_settings
from gradewise.workflows.scoring.replay import recorded_bundle


def bundle_finder(named: Sequence[Path]) -> Callable[[str], Bundle]:
    """Finds models by content id; raises `BundleError` or `UnavailableError` where one is nowhere."""
    given = {each.digest: each for each in (load_bundle(find_bundle(path)) for path in named)}
    stores = stores_from(read_settings())
    return lambda digest: given.get(digest) or recorded_bundle(stores, digest)
