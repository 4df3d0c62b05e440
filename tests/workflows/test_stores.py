"""Feature stores: kept whole, served strictly, and without measuring anything again."""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from gradewise.adapters.memory_cache import MemoryCache
from gradewise.errors import InputError, LeakError
from gradewise.essays.scales import find_scale
from gradewise.features import catalogue
from gradewise.models.text.fitting import LearntWording, learn_wording
from gradewise.telemetry import silent
from gradewise.workflows.datasets.prepare import Dataset, prepare_dataset
from gradewise.workflows.measuring.store_files import (
    Manifest,
    StoredRows,
    read_manifest,
    read_values,
    write_store,
)
from gradewise.workflows.plans.reading import read_plan
from gradewise.workflows.research.featurize import FeaturizedRun, featurize
from gradewise.workflows.services import Services
from gradewise.workflows.training import views
from gradewise.workflows.training.experiment import Experiment, gather
from trials import Row, as_if_killed, changed, essay_rows, read_json, small_plan, write_csv

N = 80
GROUPS = ["length", "surface", "errors"]


@dataclass(frozen=True)
class Kept:
    """A store, and services that have forgotten what was measured for it."""

    run: FeaturizedRun
    """Made by `featurize`."""
    services: Services
    """With an empty cache."""


def planned(rows: list[Row] | None = None, *, features: object = None, **sections: object) -> Any:
    """The small plan with three groups of features and nothing learnt from wording."""
    asked = {"groups": GROUPS, "text_learners": [], **(features or {})}  # type: ignore[dict-item]
    return read_plan(small_plan(Path(), rows or essay_rows(N), features=asked, **sections))


def dataset_of(services: Services, rows: list[Row] | None = None, **asked: Any) -> Dataset:
    """Essays of that plan."""
    return prepare_dataset(planned(rows, **asked), services, silent)


@pytest.fixture
def kept(services: Services) -> Kept:
    """A store of three groups."""
    return Kept(featurize(planned(), services), replace(services, cache=MemoryCache()))


def gathered(kept: Kept, rows: list[Row] | None = None, *, features: Any = None, **asked: Any) -> Experiment:
    """An experiment that reads the store."""
    named = {"store": str(kept.run.directory.resolve()), **(features or {})}
    return gather(dataset_of(kept.services, rows, features=named, **asked), kept.services, silent)


def test_a_store_holds_everything_that_shaped_it(kept: Kept) -> None:
    """Tools, filters, rows, definitions and digests, in plain sight."""
    manifest = read_json(kept.run.store / "manifest.json")
    assert {"extractor", "checker", "wordfreq"} <= set(manifest["tools"])
    assert ("0", "local", "en", None) == tuple(
        manifest[key] for key in ("gradewise", "backend", "language", "embedder")
    )
    assert sorted(row["id"] for row in essay_rows(N)) == sorted(manifest["row_ids"])
    assert {"ovix_points"} >= set(manifest["absent"])
    assert {"name", "unit", "group", "definition"} <= set(manifest["features"][0])
    values = np.load(kept.run.store / "features.npy", allow_pickle=False)
    assert ((N, len(manifest["features"])), np.float32) == (values.shape, values.dtype)


def test_an_experiment_from_a_store_is_the_same_experiment(kept: Kept, services: Services) -> None:
    """Same columns, same values, same fingerprint as when everything is measured."""
    measured = gather(dataset_of(services), services, silent)
    read = gathered(kept)
    np.testing.assert_array_equal(measured.train_matrix.values, read.train_matrix.values)
    np.testing.assert_array_equal(measured.test_matrix.values, read.test_matrix.values)
    assert measured.train_matrix.schema == read.train_matrix.schema
    assert measured.train_matrix.schema.fingerprint == read.train_matrix.schema.fingerprint


def test_with_a_store_no_text_is_checked(kept: Kept, read: list[int]) -> None:
    """Not even one, although nothing is cached any more."""
    del read[:]
    gathered(kept)
    assert [] == read


def test_a_store_serves_any_of_its_columns_and_any_split(kept: Kept, services: Services) -> None:
    """Fewer groups, single features left out, no checker, another scheme."""
    for features in (
        {"groups": ["length"]},
        {"drop": ["words"]},
        {"groups": ["surface", "errors"], "drop": ["errors_per_100_words"]},
        {"checker": "none", "groups": ["length", "surface"]},
    ):
        wanted = gather(dataset_of(services, features=features), services, silent).train_matrix
        found = gathered(kept, features=features).train_matrix
        assert wanted.schema.fingerprint == found.schema.fingerprint
        np.testing.assert_array_equal(wanted.values, found.values)
    by_prompt = gathered(kept, split={"scheme": "prompt_holdout", "seed": 5})
    assert "prompt_holdout" == by_prompt.dataset.split.scheme


def test_a_store_is_made_once_and_then_read(services: Services, read: list[int]) -> None:
    """A run that goes on finds the store that it had made before it was killed."""
    dataset, place = dataset_of(services), Path("run/feature_store")
    first = gather(dataset, services, silent, store=place)
    forgetful = replace(services, cache=MemoryCache())
    before = (place / "manifest.json").read_bytes()
    del read[:]
    second = gather(dataset, forgetful, silent, store=place)
    assert ([], before) == (read, (place / "manifest.json").read_bytes())
    np.testing.assert_array_equal(first.train_matrix.values, second.train_matrix.values)


def test_what_a_store_was_made_of_is_followed(services: Services) -> None:
    """A plan that names no window takes that of its store."""
    run = featurize(planned(data={"filters": {"min_words": 150}}), services)
    dataset = dataset_of(services, features={"store": str(run.store.resolve())})
    assert 150 == dataset.origin.min_words


def test_other_data_is_refused_by_name(kept: Kept) -> None:
    """File, window, prompts, language: the field and both values are named."""
    rows = essay_rows(N)
    letters = {"data": {"filters": {"exclude_prompts": ["Homework"]}}}
    swedish = {"language": "sv", "features": {"groups": ["length"]}}
    short = {"data": {"filters": {"min_words": 50}}}
    for edited, asked, said in (
        (rows, short, "word_count_window.min: 50 is asked for, .* has None"),
        (rows, letters, "dataset_excluded_prompts: 'Homework' is asked for"),
        (rows, swedish, "language: .* has en, and sv is wanted"),
        (changed(rows, 3, text=rows[3]["text"] + "!"), {}, "dataset_sha256: .* has [0-9a-f]{12}"),
    ):
        with pytest.raises(InputError, match=f"^{said}"):
            gathered(kept, edited, **asked)


def test_features_that_are_not_there_or_differ_are_refused_by_name(
    kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A group that was not measured, another definition, another tool."""
    with pytest.raises(InputError, match="^features: feature store .* has no 'ari_grade'|^features: "):
        gathered(kept, features={"groups": ["length", "readability"]})
    monkeypatch.setattr(catalogue, "EXTRACTOR_VERSION", "99")
    with pytest.raises(InputError, match="^version of extractor: feature store .* has 1, and 99 is wanted"):
        gathered(kept)


def rewritten(
    store: Path, change: Callable[[Manifest], Manifest], values: NDArray[np.float32] | None = None
) -> Path:
    """A copy of a store that says something else, its digests in order."""
    manifest = read_manifest(store)
    return write_store(
        Path("other_store"), change(manifest), read_values(store, manifest) if values is None else values
    )


def _renamed(manifest: Manifest) -> Manifest:
    first = replace(manifest.rows[0], ids=("stranger", *manifest.rows[0].ids[1:]))
    return replace(manifest, rows=(first,))


def _other_text(manifest: Manifest) -> Manifest:
    first = replace(manifest.rows[0], sha256=("0" * 16, *manifest.rows[0].sha256[1:]))
    return replace(manifest, rows=(first,))


def _redefined(manifest: Manifest) -> Manifest:
    specs = (replace(manifest.specs[0], unit="pages"), *manifest.specs[1:])
    return replace(manifest, specs=specs)


def _other_checker(manifest: Manifest) -> Manifest:
    return replace(manifest, tools={**manifest.tools, "checker": "another"})


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (_renamed, f"^row_ids: feature store .* lacks 1 of {N} essays, the first 'essay-00001'"),
        (_other_text, "^text or task of essay 'essay-00001': feature store .* has 0000000000000000, and"),
        (_redefined, "^unit of feature words: feature store .* has pages, and words is wanted"),
        (_other_checker, "^version of checker: feature store .* has another, and"),
        (lambda manifest: replace(manifest, origin=replace(manifest.origin, kind="asap")), "asap|ASAP"),
    ],
    ids=["rows", "texts", "definition", "tool", "kind"],
)
def test_a_store_that_does_not_fit_is_refused_by_name(
    kept: Kept, change: Callable[[Manifest], Manifest], said: str
) -> None:
    """Nothing is measured anew instead."""
    other = replace(kept, run=replace(kept.run, directory=rewritten(kept.run.store, change)))
    with pytest.raises(InputError, match=said):
        gathered(other)


def test_a_checker_that_no_wanted_feature_needs_may_differ(kept: Kept) -> None:
    """Lengths do not depend on it."""
    other = replace(kept, run=replace(kept.run, directory=rewritten(kept.run.store, _other_checker)))
    assert gathered(other, features={"groups": ["length"]}).train


@pytest.mark.parametrize("name", ["features.npy", "manifest.json"])
def test_a_changed_file_is_refused(kept: Kept, name: str) -> None:
    """One changed byte, and a file that is gone."""
    path = kept.run.store / name
    content = path.read_bytes()
    path.write_bytes(content[:-2] + bytes([content[-2] ^ 1]) + content[-1:])
    with pytest.raises(InputError, match=f"^sha256 of .*{name}: the file has .*, the store states"):
        gathered(kept)
    path.write_bytes(content)
    (kept.run.store / "store.sha256").unlink()
    with pytest.raises(InputError, match="is not whole"):
        gathered(kept)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("manifest.json", b"{}", "is no manifest"),
        ("manifest.json", b'{"format": 7}', "^format: feature store .* has 7, this gradewise reads 1"),
        ("features.npy", b"no array", "holds no array"),
    ],
    ids=["empty", "newer", "no array"],
)
def test_what_is_no_store_is_refused(kept: Kept, name: str, content: bytes, said: str) -> None:
    """Although its digests are in order."""
    import hashlib  # noqa: PLC0415

    (kept.run.store / name).write_bytes(content)
    names = ("features.npy", "manifest.json")
    digests = [hashlib.sha256((kept.run.store / each).read_bytes()).hexdigest() for each in names]
    lines = "".join(f"{digest}  {each}\n" for digest, each in zip(digests, names, strict=True))
    (kept.run.store / "store.sha256").write_text(lines)
    with pytest.raises(InputError, match=said):
        gathered(kept)


def test_an_array_of_another_shape_is_refused(kept: Kept) -> None:
    """Rows and columns must be those of the manifest."""
    store = rewritten(kept.run.store, lambda manifest: manifest, np.zeros((3, 2), dtype=np.float32))
    with pytest.raises(InputError, match=r"holds float32 of shape \(3, 2\), and the manifest says"):
        gathered(replace(kept, run=replace(kept.run, directory=store)))


def test_a_store_is_never_overwritten(kept: Kept) -> None:
    """A directory or a file at its place is left alone, and nothing half-written is left behind."""
    manifest = read_manifest(kept.run.store)
    values = read_values(kept.run.store, manifest)
    before = (kept.run.store / "manifest.json").read_bytes()
    Path("file").write_text("mine")
    for place in (kept.run.store, Path("file")):
        with pytest.raises(InputError, match="exists, and feature stores are never overwritten"):
            write_store(place, manifest, values)
    assert (before, "mine") == ((kept.run.store / "manifest.json").read_bytes(), Path("file").read_text())
    assert [] == [path for path in kept.run.store.parent.iterdir() if path.name.startswith(".")]


def test_a_store_that_cannot_be_written_leaves_nothing(kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    """A full disk is said, and the half-written store is taken away."""
    manifest = read_manifest(kept.run.store)
    values = read_values(kept.run.store, manifest)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("gradewise.workflows.measuring.store_files.write_whole", full)
    with pytest.raises(OSError, match="No space left"):
        write_store(Path("there/store"), manifest, values)
    assert [] == list(Path("there").iterdir())


def test_a_place_without_a_store_is_refused(services: Services) -> None:
    """The message says how to make one."""
    with pytest.raises(InputError, match="nowhere holds no feature store .* gradewise featurize"):
        dataset_of(services, features={"store": "nowhere"})


def test_auxiliary_essays_are_kept_and_read_too(services: Services, read: list[int]) -> None:
    """A store that was made without them is refused."""
    rows = [
        {"text": row["text"], "mark": str(number % 5)} for number, row in enumerate(essay_rows(240)[150:])
    ]
    write_csv(Path("other.csv"), rows)
    data = {"auxiliary": [{"name": "other", "file": "other.csv", "targets": ["mark"]}]}
    features = {"groups": ["length"]}
    dataset = dataset_of(services, data=data, features=features)
    first = gather(dataset, services, silent, store=Path("run/feature_store"))
    del read[:]
    forgetful = replace(services, cache=MemoryCache())
    stored = {**features, "store": str(Path("run").resolve())}
    second = gather(dataset_of(forgetful, data=data, features=stored), forgetful, silent)
    assert [] == read
    np.testing.assert_array_equal(first.train_matrix.values, second.train_matrix.values)
    gather(dataset_of(services, features=features), services, silent, store=Path("bare"))
    bare = {**features, "store": str(Path("bare").resolve())}
    with pytest.raises(InputError, match="^auxiliary: feature store .* holds no set 'other'"):
        gather(dataset_of(services, data=data, features=bare), services, silent)


def test_a_text_model_is_remembered_with_how_it_was_used(kept: Kept) -> None:
    """A plan that wants its columns and names no model is given that of the store."""
    settings = {"model": "/models/m", "max_tokens": 128, "overlap": 16, "components": None}
    store = rewritten(kept.run.store, lambda manifest: replace(manifest, embedder=settings))
    features = {"store": str(store.resolve()), "set": "combined"}
    embedder = dataset_of(kept.services, features=features).plan.features.embedder
    assert embedder is not None
    assert (Path("/models/m"), 128) == (embedder.model, embedder.max_tokens)
    assert (
        dataset_of(kept.services, features=features | {"set": "handcrafted"}).plan.features.embedder is None
    )


def test_a_store_without_a_text_model_has_none_to_give(kept: Kept) -> None:
    """The message names what is asked for and the store."""
    features = {"store": str(kept.run.store.resolve()), "set": "embeddings"}
    with pytest.raises(InputError, match="^features.set: 'embeddings' .* holds nothing that a text model"):
        dataset_of(kept.services, features=features)


def test_a_grade_that_hides_in_a_measured_column_is_caught(kept: Kept) -> None:
    """Through a store whose values were edited, the way such a column could come in."""
    scale = find_scale("swedish8")
    grades = {row["id"]: scale.code(row["grade"]) for row in essay_rows(N)}
    manifest = read_manifest(kept.run.store)
    values = read_values(kept.run.store, manifest).copy()
    values[:, 1] = [grades[each] for each in manifest.rows[0].ids]
    store = rewritten(kept.run.store, lambda same: same, values)
    with pytest.raises(LeakError, match="^label_in_feature: column 'log_words' alone"):
        gathered(replace(kept, run=replace(kept.run, directory=store)))


def test_wording_that_is_learnt_from_everything_is_caught(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Folds that are shown what was learnt from all essays, those that they hold out included."""

    def from_everything(*arguments: Any, **options: Any) -> LearntWording:
        learnt = learn_wording(*arguments, **options)
        return replace(learnt, by_fold=(learnt.columns,) * len(learnt.by_fold))

    monkeypatch.setattr(views, "learn_wording", from_everything)
    dataset = dataset_of(services, features={"text_learners": ["words"]})
    with pytest.raises(LeakError, match="^held_out_rows_shape_training: a text learner changes with"):
        gather(dataset, services, silent)


def test_featurizing_is_reported(kept: Kept) -> None:
    """How many, how fast, what is missing, and each feature's range."""
    assert (N, True) == (kept.run.n_essays, kept.run.essays_per_second > 0)
    text = kept.run.html.with_suffix(".md").read_text(encoding="utf-8")
    assert f"of {N} essays in" in text
    record = read_json(kept.run.html.with_suffix(".json"))["sections"]["features"]
    assert record["words"]["min"] <= record["words"]["mean"] <= record["words"]["max"]
    assert set(kept.run.schema.names) == set(record)


def test_featurizing_goes_on_where_it_was_stopped(kept: Kept, read: list[int]) -> None:
    """A run whose store is whole measures nothing again, and its report is written."""
    before = (kept.run.store / "manifest.json").read_bytes()
    kept.run.html.unlink()
    del read[:]
    again = featurize(planned(), kept.services, resume=as_if_killed(kept.run.directory))
    assert (kept.run.directory, [], True) == (again.directory, read, again.html.is_file())
    assert before == (kept.run.store / "manifest.json").read_bytes()


def test_what_could_not_be_had_is_reported(services: Services) -> None:
    """A group without its tool, and a feature that says nothing of these essays."""
    run = featurize(planned(features={"checker": "none"}), services)
    text = run.html.with_suffix(".md").read_text(encoding="utf-8")
    assert "Not measured: errors (no language checker" in text
    assert "What could not be had" in text
    assert json.loads(run.html.with_suffix(".json").read_text())["sections"]["absent"]


def test_rows_say_which_set_they_are_of() -> None:
    """The plan's own essays have no name."""
    assert "" == StoredRows("", (), ()).name
