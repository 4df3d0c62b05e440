"""A model that is to be judged or compared: its bundle, and what is known of where it comes from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from gradewise.errors import BundleError, RegistryError, UnavailableError
from gradewise.models.bundles.bundle import bundle_from_files, load_bundle
from gradewise.models.bundles.verified import Bundle
from gradewise.protocols.registry import ArtifactStore
from gradewise.registry.records import ModelRecord
from gradewise.workflows.training.learnt_texts import known_texts, read_learnt_from

PLAN = "plan.yaml"
"""What every run directory holds."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class OpenedModel:
    """A verified model, ready to grade."""

    bundle: Bundle
    """The model."""
    learnt_from: frozenset[str] | None
    """Digests of the texts that it has learnt from, see `learnt_texts`; ``None`` when they are not known."""
    run: Path | None
    """The directory of the run that made it; ``None`` when that is gone or not known."""

    @property
    def label(self) -> str:
        """How to call it."""
        return f"{self.bundle.metadata.name} {self.bundle.metadata.version}"


def open_directory(directory: Path) -> OpenedModel:
    """Open the bundle in a directory, and find the run that made it when it still lies there.

    Raises:
        BundleError: it is no bundle, or is damaged.
    """
    bundle = load_bundle(directory)
    run = _found(directory.resolve().parent.parent)
    return OpenedModel(bundle=bundle, learnt_from=None if run is None else read_learnt_from(run), run=run)


def open_registered(model: ModelRecord, stores: Sequence[ArtifactStore]) -> OpenedModel:
    """Open a registered model from the first store that has it whole.

    Raises:
        RegistryError: it has no bundle any more.
        BundleError: every store lacks it or holds it damaged; the last one's words.
        UnavailableError: no store answers; the last one's words.
    """
    if model.content_id is None or model.pruned_at is not None:
        raise RegistryError(f"{model.label} has no bundle any more; choose another model")
    bundle = bundle_from_files(fetch_whole(model.content_id, stores))
    run = model.metadata.get("run")
    found = _found(Path(str(run["directory"]))) if isinstance(run, Mapping) and "directory" in run else None
    learnt = known_texts(model.metadata.get("learnt_from"))
    if learnt is None and found is not None:
        learnt = read_learnt_from(found)
    return OpenedModel(bundle=bundle, learnt_from=learnt, run=found)


def fetch_whole(content_id: str, stores: Sequence[ArtifactStore]) -> dict[str, bytes]:
    """The files of a bundle from the first store that has them whole.

    Raises:
        BundleError: every store lacks it or holds it damaged; the last one's words.
        UnavailableError: no store answers; the last one's words.
    """
    *others, last = stores
    for store in others:
        try:
            return store.get(content_id)
        except (BundleError, UnavailableError):
            continue
    return last.get(content_id)


def _found(run: Path) -> Path | None:
    return run if (run / PLAN).is_file() else None
