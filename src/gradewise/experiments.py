"""An entry of the experiment log: what somebody who compares runs must know of one."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

SCHEMA_VERSION = 1
"""Raised whenever a field of an entry changes its meaning or goes away."""

HOST = "host"
"""Fact of an entry: the machine whose directories can tell whether the run is alive."""

Fact = str | int | float | bool | None | list[Any] | dict[str, Any]
"""A JSON value."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DatasetUsed:
    """Which essays."""

    files: tuple[str, ...] = ()
    """Paths as the plan names them, relative to where the command was given."""
    sha256: Fact = None
    """Digest of their bytes."""
    kind: str = "csv"
    """Which published dataset, or ``csv``."""
    min_words: int | None = None
    """Shortest essay kept, in words."""
    max_words: int | None = None
    """Longest essay kept, in words."""
    excluded_prompts: tuple[str, ...] = ()
    """Prompts left out."""
    only_prompts: tuple[str, ...] = ()
    """The only prompts kept; all when empty."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SplitsUsed:
    """How the essays were divided."""

    id: Fact = None
    """Of the split plan."""
    scheme: str = ""
    """What must not be shared between parts."""
    path: str | None = None
    """Where the split plan lies."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FeaturesUsed:
    """What was measured and learnt from wording."""

    set: str = "handcrafted"
    """``handcrafted``, ``embeddings`` or ``combined``."""
    fingerprint: Fact = None
    """Of the feature schema."""
    groups: tuple[str, ...] | None = None
    """Feature groups; every available one when ``None``."""
    text_learners: tuple[str, ...] = ()
    """What learnt from wording."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BackendsUsed:
    """What measured."""

    checker: str = ""
    """Finds language errors."""
    embedder: str | None = None
    """The text model, if there was one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExperimentEntry:
    """One run: as it begins, or as it has ended, well or not."""

    timestamp: str
    """When this was said, for an ended run its end: ISO 8601, UTC."""
    run_name: str
    """As the plan or the command names it."""
    experiment: str
    """The plan's name: runs of one experiment lie together."""
    command: str
    """Which use case."""
    command_line: str
    """Exactly what was typed; empty when a program made the run."""
    state: str
    """``running``, ``completed`` or ``failed``."""
    run_id: str = ""
    """Names the run and no other, resumed or not; empty in entries of older versions."""
    started_at: str = ""
    """When it began: ISO 8601, UTC."""
    stage: str = ""
    """The stage that goes on, or in which it failed."""
    correlation_id: str = ""
    """Leads to what was logged."""
    failure_reason: str | None = None
    """Why it failed."""
    elapsed_seconds: float = 0.0
    """Time that it took, earlier attempts included."""
    dataset: DatasetUsed = DatasetUsed()
    """Which essays."""
    splits: SplitsUsed = SplitsUsed()
    """How they were divided."""
    features: FeaturesUsed = FeaturesUsed()
    """What was measured."""
    backends: BackendsUsed = BackendsUsed()
    """What measured."""
    metrics: Mapping[str, float | None] = field(default_factory=dict)
    """Figures by name, the one that counts most first; ``None`` where one is not defined."""
    output: str = ""
    """The run directory."""
    git_sha: str | None = None
    """Of gradewise, when it is a checkout."""
    notes: tuple[str, ...] = ()
    """What else should be remembered, a line each."""
    facts: Mapping[str, Fact] = field(default_factory=dict)
    """Anything else that the use case told."""
    plan: Mapping[str, Any] = field(default_factory=dict)
    """Every key of the plan; not part of the record, since the run directory holds it."""


def entry_to_json(entry: ExperimentEntry) -> dict[str, Any]:
    """The entry without its plan, as JSON values."""
    record = asdict(entry)
    del record["plan"]
    return {"schema_version": SCHEMA_VERSION, **record}


def entry_from_json(record: Mapping[str, Any]) -> ExperimentEntry:
    """Read what `entry_to_json` wrote.

    Raises:
        ValueError: it is not such a record, or of a newer version.
    """
    content = dict(record)
    if content.pop("schema_version", None) != SCHEMA_VERSION:
        raise ValueError("not an entry of this version")
    try:
        return ExperimentEntry(
            **{
                **content,
                "dataset": DatasetUsed(**_with_tuples(content["dataset"])),
                "splits": SplitsUsed(**content["splits"]),
                "features": FeaturesUsed(**_with_tuples(content["features"])),
                "backends": BackendsUsed(**content["backends"]),
                "notes": tuple(content["notes"]),
            }
        )
    except (KeyError, TypeError) as error:
        raise ValueError(f"not an entry of the experiment log: {error}") from error


def headline(metrics: Mapping[str, float | None]) -> str:
    """The figure that counts most, in a few characters; empty when there is none.

    >>> headline({"qwk": 0.6712, "qwk_sd": 0.0141, "mae": 0.5})
    'QWK 0.671 ± 0.014'
    """
    for name, value in metrics.items():
        if value is not None:
            spread = metrics.get(f"{name}_sd")
            figure = f"{value:.3f}".replace("-", "\N{MINUS SIGN}")
            shown = f"{name.replace('_', ' ')} {figure}" + ("" if spread is None else f" ± {spread:.3f}")
            return shown.replace("qwk", "QWK").replace("f1", "F1")
    return ""


def _with_tuples(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: tuple(value) if isinstance(value, list) else value for name, value in values.items()}
