"""What the experiment log says of a run: from its plan, its records, and what its use case told."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from gradewise.experiments import BackendsUsed, DatasetUsed, ExperimentEntry, Fact, FeaturesUsed, SplitsUsed
from gradewise.redaction import redacted, redacted_value
from gradewise.workflows.plans.plan import Plan
from gradewise.workflows.runs.directory import RunDirectory
from gradewise.workflows.runs.identity import RunIdentity
from gradewise.workflows.runs.recorder import Recorder

TOLD = ("metrics", "data", "split", "features", "notes", "splits_path", "checker", "embedder")
"""Facts with a place of their own in an entry."""


def make_entry(
    plan: Plan, run: RunDirectory, identity: RunIdentity, recorder: Recorder, facts: Mapping[str, Any]
) -> ExperimentEntry:
    """The entry of a run as it is now; without secrets that a plan or a message may hold."""
    return ExperimentEntry(
        timestamp=recorder.now(),
        run_name=identity.run_name,
        experiment=identity.experiment,
        command=identity.command,
        command_line=identity.command_line,
        state=recorder.state,
        run_id=identity.run_id,
        started_at=recorder.started_at,
        stage="" if recorder.state == "completed" else recorder.stage,
        correlation_id=recorder.correlation_id,
        failure_reason=recorder.failure.failure_reason if recorder.failure else None,
        elapsed_seconds=recorder.elapsed_seconds,
        dataset=_dataset(plan, facts),
        splits=_splits(plan, run, facts),
        features=_features(plan, facts),
        backends=_backends(plan, facts),
        metrics={name: _finite(value) for name, value in facts.get("metrics", {}).items()},
        output=str(run.path),
        git_sha=identity.versions.get("git"),
        notes=tuple(map(redacted, _lines(facts.get("notes", ())))),
        facts=redacted_value({name: _plain(value) for name, value in facts.items() if name not in TOLD}),
        plan=redacted_value(plan.model_dump(mode="json")),
    )


def _dataset(plan: Plan, facts: Mapping[str, Any]) -> DatasetUsed:
    data = plan.data
    files = (data.train, *((data.test,) if data.test else ()), *(each.file for each in data.auxiliary))
    return DatasetUsed(
        files=tuple(str(file) for file in files),
        sha256=facts.get("data"),
        kind=data.kind,
        min_words=data.filters.min_words,
        max_words=data.filters.max_words,
        excluded_prompts=data.filters.exclude_prompts or (),
        only_prompts=data.filters.only_prompts,
    )


def _splits(plan: Plan, run: RunDirectory, facts: Mapping[str, Any]) -> SplitsUsed:
    """What was followed, or what was drawn and kept."""
    own = run.artifacts / "splits.json"
    known = (facts.get("splits_path"), plan.split.reuse, own if own.is_file() else None)
    path = next((str(path) for path in known if path is not None), None)
    return SplitsUsed(id=facts.get("split"), scheme=plan.split.scheme, path=path)


def _features(plan: Plan, facts: Mapping[str, Any]) -> FeaturesUsed:
    asked = plan.features
    return FeaturesUsed(
        set=asked.set,
        fingerprint=facts.get("features"),
        groups=asked.groups,
        text_learners=asked.text_learners,
    )


def _backends(plan: Plan, facts: Mapping[str, Any]) -> BackendsUsed:
    embedder = plan.features.embedder
    used = facts.get("embedder") or (embedder.model.name if embedder else None)
    return BackendsUsed(checker=str(facts.get("checker", plan.features.checker)), embedder=used)


def _lines(notes: str | Sequence[str]) -> tuple[str, ...]:
    return (notes,) if isinstance(notes, str) else tuple(notes)


def _finite(value: float | None) -> float | None:
    return None if value is None or not math.isfinite(value) else float(value)


def _plain(value: Any) -> Fact:
    """A JSON value; what is none becomes text."""
    if isinstance(value, Mapping):
        return {str(key): _plain(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(each) for each in value]
    if isinstance(value, float):
        return _finite(value)
    return value if value is None or isinstance(value, (str, int)) else str(value)
