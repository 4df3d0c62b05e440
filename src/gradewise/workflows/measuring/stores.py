"""Feature stores for experiments: kept once, and read only for the essays and features that they hold."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from gradewise.errors import InputError
from gradewise.essays.records import Essay
from gradewise.essays.split_plan import texts_digest
from gradewise.essays.suggestions import quotable
from gradewise.features.given import given_columns, given_values
from gradewise.features.schema import FeatureMatrix, FeatureSchema, FeatureSpec
from gradewise.telemetry import Listener, Notice, stage
from gradewise.workflows.datasets.prepare import Dataset
from gradewise.workflows.measuring.measure import (
    absent_groups,
    dataset_schema,
    measure_auxiliary,
    measure_essays,
)
from gradewise.workflows.measuring.store_files import (
    Manifest,
    StoredRows,
    find_store,
    read_manifest,
    read_values,
    write_store,
)
from gradewise.workflows.services import Services

TEXT_DIGITS = 16
"""Hex digits of a text's digest: enough to tell that it changed."""


@dataclass(frozen=True, slots=True)
class Measured:
    """Features of everything that an experiment reads."""

    essays: FeatureMatrix
    """Of the plan's own essays."""
    auxiliary: tuple[FeatureMatrix, ...]
    """Of each auxiliary set."""


def measured_data(
    dataset: Dataset, services: Services, listener: Listener, *, store: Path | None = None
) -> Measured:
    """Read features from the store that the plan names, or measure, and keep them if a place is given.

    Where there is a store, no text is checked or embedded. A store that is already at `store`, made before
    the run was killed, is read rather than made again.

    Args:
        dataset: essays and plan.
        services: checker, cache, versions.
        listener: hears stage ``features``, and what cannot be had.
        store: where a new store is kept; ``None`` keeps none.

    Raises:
        InputError: the store does not fit, or an essay cannot be measured.
    """
    if dataset.plan.features.store is not None:
        return read_measured(dataset.plan.features.store, dataset, services, listener)
    if store is not None and store.exists():
        return read_measured(store, dataset, services, listener)
    measured = Measured(
        measure_essays(dataset, services, listener),
        tuple(measure_auxiliary(each, dataset, services, listener) for each in dataset.auxiliary),
    )
    if store is not None:
        keep_measured(store, measured, dataset, services)
    return measured


def keep_measured(store: Path, measured: Measured, dataset: Dataset, services: Services) -> Path:
    """Write a store with everything that shaped it.

    Raises:
        InputError: there is something at this place already.
    """
    schema, embedder = measured.essays.schema, dataset.plan.features.embedder
    manifest = Manifest(
        origin=dataset.origin,
        language=schema.language,
        specs=schema.specs,
        tools=schema.versions,
        absent=schema.absent,
        rows=tuple(
            StoredRows(name, tuple(essay.id for essay in essays), tuple(text_sha256(each) for each in essays))
            for name, essays in _parts(dataset)
        ),
        texts_sha256=texts_digest(dataset.essays),
        embedder=None
        if embedder is None
        else embedder.model_dump(mode="json") | {"model": str(embedder.model.resolve())},
        created_at=services.clock().isoformat(timespec="seconds"),
        environment=services.versions,
    )
    values = [measured.essays.values, *(each.values for each in measured.auxiliary)]
    return write_store(store, manifest, np.concatenate(values, axis=0))


def read_measured(path: Path, dataset: Dataset, services: Services, listener: Listener) -> Measured:
    """The features that a plan wants of its essays, from a store; any subset of its columns and rows.

    Raises:
        InputError: a file is damaged, the data is other data, a wanted feature is missing or was measured
            otherwise, or an essay is missing or was another text; the message names field and values.
    """
    store = find_store(path)
    manifest = read_manifest(store)
    wanted = dataset_schema(dataset, services)
    _require_same_data(manifest, dataset, store)
    columns = _columns(manifest, wanted, store)
    for lack in absent_groups(wanted):
        listener(Notice(lack))
    with stage(listener, "features", total=len(dataset.essays), unit="essays") as advance:
        chosen = read_values(store, manifest)[:, columns].astype(np.float32)
        essays, *auxiliary = (
            FeatureMatrix(
                chosen[_places(manifest, name, essays, store)], wanted, tuple(essay.id for essay in essays)
            )
            for name, essays in _parts(dataset)
        )
        for matrix, (_, own) in zip((essays, *auxiliary), _parts(dataset), strict=True):
            _require_same_numbers(matrix, own, store)
        advance(len(dataset.essays))
    return Measured(essays, tuple(auxiliary))


def _parts(dataset: Dataset) -> tuple[tuple[str, tuple[Essay, ...]], ...]:
    """Essays by the name of their set, the plan's own first and without a name."""
    return (("", dataset.essays), *((each.name, each.essays) for each in dataset.auxiliary))


def text_sha256(essay: Essay) -> str:
    """Digest of what is measured of an essay: its text and task, exactly: `TEXT_DIGITS` hex digits."""
    measured = f"{essay.text}\0{essay.prompt_text or ''}".encode("utf-8", "surrogatepass")
    return hashlib.sha256(measured).hexdigest()[:TEXT_DIGITS]


def _require_same_data(manifest: Manifest, dataset: Dataset, store: Path) -> None:
    stored, present = manifest.origin, dataset.origin
    fields = {
        "dataset_kind": (stored.kind, present.kind),
        "dataset_sha256": (stored.sha256[:12], present.sha256[:12]),
        "word_count_window.min": (stored.min_words, present.min_words),
        "word_count_window.max": (stored.max_words, present.max_words),
        "dataset_excluded_prompts": (sorted(stored.exclude_prompts), sorted(present.exclude_prompts)),
        "dataset_only_prompts": (sorted(stored.only_prompts), sorted(present.only_prompts)),
        "language": (manifest.language, dataset.plan.language),
    }
    for field, (was, found) in fields.items():
        if was != found:
            raise InputError(_mismatch(field, store, was, found))


def _columns(manifest: Manifest, wanted: FeatureSchema, store: Path) -> list[int]:
    """Positions of the wanted features, each defined and measured as it would be now."""
    position: Mapping[str, int] = {spec.name: column for column, spec in enumerate(manifest.specs)}
    for spec in wanted.specs:
        if spec.name not in position:
            raise InputError(
                f"features: feature store {store} has no {spec.name!r} (group {spec.group}); choose among "
                "what it holds (features.set, groups, keep or drop), or featurize with it"
            )
        for field, was, found in _differences(manifest.specs[position[spec.name]], spec):
            raise InputError(_mismatch(f"{field} of feature {spec.name}", store, was, found))
    for tool, version in wanted.versions.items():
        if manifest.tools.get(tool) != version:
            was = manifest.tools.get(tool, "none")
            raise InputError(_mismatch(f"version of {tool}", store, was, version))
    return [position[name] for name in wanted.names]


def _differences(stored: FeatureSpec, wanted: FeatureSpec) -> list[tuple[str, str, str]]:
    """What shapes a value and differs."""
    fields = ("unit", "definition")
    pairs = [(field, getattr(stored, field), getattr(wanted, field)) for field in fields]
    return [(field, was, found) for field, was, found in pairs if was != found]


def _places(manifest: Manifest, name: str, essays: Sequence[Essay], store: Path) -> list[int]:
    """The row of each essay of a set."""
    start = 0
    for rows in manifest.rows:
        if rows.name == name:
            return [start + row for row in _rows_of(rows, essays, store)]
        start += len(rows.ids)
    raise InputError(f"auxiliary: feature store {store} holds no set {name!r}; featurize with it")


def _rows_of(rows: StoredRows, essays: Sequence[Essay], store: Path) -> list[int]:
    place = {essay_id: row for row, essay_id in enumerate(rows.ids)}
    missing = [essay.id for essay in essays if essay.id not in place]
    if missing:
        raise InputError(
            f"row_ids: feature store {store} lacks {len(missing)} of {len(essays)} essays, the first "
            f"{quotable(missing[0])!r}; featurize these essays"
        )
    for essay in essays:
        was, found = rows.sha256[place[essay.id]], text_sha256(essay)
        if was != found:
            raise InputError(_mismatch(f"text or task of essay {quotable(essay.id)!r}", store, was, found))
    return [place[essay.id] for essay in essays]


def _require_same_numbers(matrix: FeatureMatrix, essays: Sequence[Essay], store: Path) -> None:
    """Pass when essays come with the numbers that they came with when the store was made."""
    names = given_columns(matrix.schema)
    places = [matrix.schema.names.index(name) for name in names]
    stored, present = matrix.values[:, places], given_values(essays, names)
    for row, column in np.argwhere(stored != present)[:1].tolist():
        field = f"{names[column]} of essay {quotable(essays[row].id)!r}"
        raise InputError(_mismatch(field, store, stored[row, column], present[row, column]))


def _mismatch(field: str, store: Path, was: object, found: object) -> str:
    return (
        f"{field}: feature store {store} has {was}, and {found} is wanted; use what the store was made "
        "for, or featurize anew"
    )
