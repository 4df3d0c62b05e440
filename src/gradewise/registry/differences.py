"""What differs between two registered models: data, plan, features, versions, figures."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args

from gradewise.evaluation.intervals import Interval
from gradewise.registry.known_figures import figures_of
from gradewise.registry.records import ModelRecord

Area = Literal["data", "plan", "versions", "other"]
"""What a fact is about."""
AREAS: tuple[Area, ...] = get_args(Area)
"""Every area, in reading order."""

_AREA_OF: Mapping[str, Area] = {
    "data": "data",
    "data_sha256": "data",
    "licence": "data",
    "n": "data",
    "label_counts": "data",
    "scale": "data",
    "split_plan": "data",
    "auxiliaries": "data",
    "learnt_from": "data",
    "task": "plan",
    "framework": "plan",
    "engines": "plan",
    "decision": "plan",
    "calibration": "plan",
    "text_learners": "plan",
    "traits": "plan",
    "feature_fingerprint": "plan",
    "versions": "versions",
    "git_sha": "versions",
    "format": "versions",
}


# These differ of any two bundles, and say nothing of the models.
_ALWAYS = frozenset({"copies", "size_bytes", "run"})


@dataclass(frozen=True, slots=True)
class FactDifference:
    """A fact that is not the same of both models."""

    area: Area
    """What it is about."""
    key: str
    """Which: keys joined by dots."""
    first: Any
    """The first model's, as a JSON value; ``None`` where it has none."""
    second: Any
    """The second model's."""


@dataclass(frozen=True, slots=True)
class FigureDifference:
    """A figure of both models, or of one."""

    metric: str
    """Which."""
    first: Interval | None
    """The first model's; ``None`` where it has none."""
    second: Interval | None
    """The second model's."""

    @property
    def change(self) -> float | None:
        """The second less the first; ``None`` unless both are known."""
        return (
            None if self.first is None or self.second is None else self.second.estimate - self.first.estimate
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelDifferences:
    """Two models side by side."""

    first: ModelRecord
    """One."""
    second: ModelRecord
    """The other."""
    facts: tuple[FactDifference, ...]
    """What is not the same, by area."""
    figures: tuple[FigureDifference, ...]
    """Every figure that either has, alike or not."""
    features_gone: tuple[str, ...]
    """What the first reads and the second does not."""
    features_new: tuple[str, ...]
    """What the second reads and the first does not."""

    @property
    def same_bundle(self) -> bool:
        """Whether the two are one bundle, byte for byte."""
        return self.first.content_id is not None and self.first.content_id == self.second.content_id

    @property
    def same_essays(self) -> bool:
        """Whether their figures are known to be about the same essays: data and split plan are the same."""
        return judged_on(self.first) == judged_on(self.second) is not None


def judged_on(model: ModelRecord) -> tuple[str, str] | None:
    """Digest of the data and split plan behind a model's figures; ``None`` where either is not known."""
    data, split = model.metadata.get("data"), model.metadata.get("split_plan")
    digest = data.get("sha256") if isinstance(data, Mapping) else model.metadata.get("data_sha256")
    return (str(digest), str(split)) if digest and split else None


def differences(first: ModelRecord, second: ModelRecord) -> ModelDifferences:
    """Hold two models side by side."""
    before, after = figures_of(first.metrics), figures_of(second.metrics)
    return ModelDifferences(
        first=first,
        second=second,
        facts=tuple(sorted(_facts(first, second), key=lambda fact: (AREAS.index(fact.area), fact.key))),
        figures=tuple(
            FigureDifference(name, before.get(name), after.get(name))
            for name in figures_of({**second.metrics, **first.metrics})
        ),
        features_gone=_only(first, second),
        features_new=_only(second, first),
    )


def flat_facts(facts: Mapping[str, Any], *, under: str = "") -> dict[str, Any]:
    """Nested facts by keys joined by dots; lists are kept whole.

    >>> flat_facts({"data": {"n": 3, "files": ["a"]}, "seed": 1})
    {'data.n': 3, 'data.files': ['a'], 'seed': 1}
    """
    flat: dict[str, Any] = {}
    for key, value in facts.items():
        if isinstance(value, Mapping) and value:
            flat |= flat_facts(value, under=f"{under}{key}.")
        else:
            flat[f"{under}{key}"] = value
    return flat


def _facts(first: ModelRecord, second: ModelRecord) -> Iterator[FactDifference]:
    yield from _differing("plan", first.hyperparameters, second.hyperparameters)
    for key in sorted({*first.metadata, *second.metadata} - _ALWAYS):
        parts = ({key: model.metadata[key]} if key in model.metadata else {} for model in (first, second))
        yield from _differing(_AREA_OF.get(key, "other"), *parts)


def _differing(area: Area, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[FactDifference]:
    old, new = flat_facts(before), flat_facts(after)
    for key in sorted({*old, *new}):
        if old.get(key) != new.get(key):
            yield FactDifference(area, key, old.get(key), new.get(key))


def _only(model: ModelRecord, other: ModelRecord) -> tuple[str, ...]:
    known = frozenset(other.feature_names)
    return tuple(name for name in model.feature_names if name not in known)
