"""What the registry writes down of a model: what its bundle says of itself, and what is known of its run."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gradewise.errors import RunError
from gradewise.evaluation.interval_json import interval_to_json
from gradewise.models.bundles.files import to_json
from gradewise.models.bundles.metadata import BundleMetadata
from gradewise.models.bundles.verified import Bundle
from gradewise.registry.records import NewModel
from gradewise.workflows.runs.state import ENTRY, STATUS

LEARNT_FROM = "artifacts/learnt_from.json"
"""In a run directory: digests of the texts that the model has learnt from."""

_ELSEWHERE = frozenset({"name", "version", "metrics", "hyperparameters"})
"""What of a bundle's metadata has a column of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunFacts:
    """What is known of the run that made a bundle."""

    directory: Path
    """The run directory."""
    id: str
    """Names the run; empty where it does not say."""
    learnt_from: Any
    """Digests of the texts that it learnt from, as it wrote them; ``None`` where it did not."""


def find_run(bundle: Path) -> Path | None:
    """The run directory that a bundle lies in, as training leaves it: ``<run>/artifacts/<bundle>``."""
    directory = bundle.absolute().parent.parent
    within = bundle.absolute().parent.name == "artifacts" and (directory / STATUS).is_file()
    return directory if within else None


def read_run_facts(directory: Path | None) -> RunFacts | None:
    """What a run directory says of its run.

    Raises:
        RunError: a directory is named that holds no run.
    """
    if directory is None:
        return None
    if not (directory / STATUS).is_file():
        raise RunError(f"{directory} holds no run ({STATUS}); name a run directory")
    entry = _read_json(directory / ENTRY)
    return RunFacts(
        directory=directory.absolute(),
        id=str(entry.get("run_id", "")) if isinstance(entry, Mapping) else "",
        learnt_from=_read_json(directory / LEARNT_FROM),
    )


def describe_model(
    bundle: Bundle, files: Mapping[str, bytes], *, places: Sequence[str], run: RunFacts | None, model_id: str
) -> NewModel:
    """What is written down of a bundle.

    Figures are those that the bundle may show: data whose terms allow none leave none in it.

    Args:
        bundle: verified.
        files: of the bundle, by name.
        places: where its copies lie, the local one first.
        run: what made it, where that is known.
        model_id: its id, should it be new.
    """
    metadata = bundle.metadata
    known = {
        **_facts(metadata),
        "copies": list(places),
        "size_bytes": sum(len(content) for content in files.values()),
    }
    if run is not None:
        known["run"] = {"directory": str(run.directory), "id": run.id}
        if run.learnt_from is not None:
            known["learnt_from"] = run.learnt_from
    return NewModel(
        id=model_id,
        model_name=metadata.name,
        version=metadata.version,
        content_id=bundle.digest,
        model_path=places[0],
        metrics={name: interval_to_json(interval) for name, interval in metadata.metrics.items()},
        hyperparameters=dict(metadata.hyperparameters),
        feature_names=tuple(bundle.schema.names),
        metadata=known,
    )


def _facts(metadata: BundleMetadata) -> dict[str, Any]:
    """Everything that a bundle says of itself and that has no column of its own."""
    told: dict[str, Any] = json.loads(to_json(metadata))
    return {key: value for key, value in told.items() if key not in _ELSEWHERE}


def _read_json(path: Path) -> Any:
    """A JSON value; ``None`` when there is none that can be read."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
