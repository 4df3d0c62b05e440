"""Numbers that come with essays: trained on, shipped, asked for when grading, never mistaken for others."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gradewise.adapters.essay_files import open_essay_file
from gradewise.adapters.memory_cache import MemoryCache
from gradewise.errors import InputError, LeakError, PlanError
from gradewise.essays.records import Essay
from gradewise.essays.scales import find_scale
from gradewise.features.constructs import GIVEN_CONSTRUCT
from gradewise.features.given import given_columns
from gradewise.models.bundles.bundle import load_bundle
from gradewise.models.bundles.verified import Bundle
from gradewise.reporting.report import LOCKED_TEST
from gradewise.telemetry import silent
from gradewise.testing.fakes import FakeEmbedder
from gradewise.workflows.datasets.given import with_columns_of, with_found_columns
from gradewise.workflows.datasets.prepare import Dataset, prepare_dataset
from gradewise.workflows.evaluate import evaluate_bundle
from gradewise.workflows.explain import explain_essay
from gradewise.workflows.measuring.measure import dataset_schema, measure_essays
from gradewise.workflows.measuring.stores import read_measured
from gradewise.workflows.plans.plan import Plan
from gradewise.workflows.plans.reading import make_plan, plan_yaml, read_plan
from gradewise.workflows.research.ablation import arms_of
from gradewise.workflows.research.drop_column import drop_column
from gradewise.workflows.research.featurize import featurize
from gradewise.workflows.research.prepare_dataset import prepare_files
from gradewise.workflows.robustness import probe_bundle
from gradewise.workflows.score import Scorer, score_many
from gradewise.workflows.services import Services
from gradewise.workflows.train import TrainedRun, train
from gradewise.workflows.training.experiment import gather
from gradewise.workflows.trial_essays import essays_of_file
from trials import Row, essay_rows, small_plan, write_csv

NOW = datetime(2026, 1, 2, tzinfo=UTC)
N = 90
COLUMNS = ("given_cj_score", "given_cj_count")
SWEDISH = find_scale("swedish8").grades
QUICK: dict[str, Any] = {
    "features": {"given": "all", "groups": ["length"], "text_learners": []},
    "model": {"booster": {"rounds": 12}},
    "split": {"folds": 2},
}


def numbered(n: int = N) -> list[Row]:
    """Essays that come with a score near their grade, and a number that has nothing to do with it."""
    drawn = np.random.default_rng(0).normal(0, 1.2, n)
    return [
        {
            **row,
            "given_cj_score": f"{SWEDISH.index(row['grade']) + noise:.3f}",
            "given_cj_count": str(5 + number % 4),
        }
        for number, (row, noise) in enumerate(zip(essay_rows(n), drawn, strict=True))
    ]


def planned(rows: list[Row] | None = None, directory: Path = Path(), **features: Any) -> Plan:
    """The quick plan, with other features."""
    changes = {**QUICK, "features": {**QUICK["features"], **features}}
    return read_plan(small_plan(directory, rows or numbered(), output=str(directory / "output"), **changes))


def plain_services() -> Services:
    """Real files, no checker, nothing cached."""
    return Services(
        open_source=open_essay_file,
        find_checker=lambda _name, _language: None,
        cache=MemoryCache(),
        workers=1,
        clock=lambda: NOW,
        versions={"gradewise": "0"},
        open_embedder=lambda plan: FakeEmbedder(name=plan.model.name),
    )


def dataset_of(services: Services, rows: list[Row] | None = None, **features: Any) -> Dataset:
    """Essays of that plan."""
    return prepare_dataset(planned(rows, **features), services, silent)


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> TrainedRun:
    """A model of length and two numbers that came with the essays."""
    return train(planned(directory=tmp_path_factory.mktemp("given")), plain_services())


@pytest.fixture(scope="module")
def bundle(run: TrainedRun) -> Bundle:
    """It, loaded."""
    return load_bundle(run.bundle)


@pytest.fixture(scope="module")
def essays(run: TrainedRun) -> list[Essay]:
    """Ten essays with their numbers."""
    return [
        replace(
            run.example,
            id=row["id"],
            text=row["text"],
            given={name: float(row[name]) for name in COLUMNS},
        )
        for row in numbered()[:10]
    ]


def test_a_bundle_reads_what_came_with_the_essays(run: TrainedRun, bundle: Bundle) -> None:
    """Behind what is measured, in range and profile, on the model card; the saved plan names the columns."""
    assert COLUMNS == bundle.measured.names[-2:] == given_columns(bundle.schema)
    assert set(COLUMNS) <= set(bundle.profile.quantiles) & set(bundle.reference.ranges.names)
    card = (run.bundle / "model_card.md").read_text(encoding="utf-8")
    assert "must be given with each essay: given_cj_score, given_cj_count." in card
    assert COLUMNS == read_plan(run.directory / "plan.yaml").features.given
    shares = {each.construct: each.share for each in run.report.importance}
    assert shares[GIVEN_CONSTRUCT] > 0.3


def test_what_was_evaluated_is_what_ships(run: TrainedRun, bundle: Bundle) -> None:
    """Scores of the locked test come out again, many at once."""
    graded = next(each.graded for each in run.report.evaluations if each.name == LOCKED_TEST)
    rows = {row["id"]: row for row in numbered()}
    essays = [
        replace(
            run.example, id=each, text=rows[each]["text"], given={n: float(rows[each][n]) for n in COLUMNS}
        )
        for each in graded.essay_ids
    ]
    found = [each.score for each in score_many(bundle, essays, plain_services())]
    np.testing.assert_array_equal(graded.scores, found)


def test_grades_do_not_depend_on_order_or_company(bundle: Bundle, essays: list[Essay]) -> None:
    """An essay alone, in a batch, and in the batch turned round gets one score; its numbers move it."""
    scorer = Scorer(bundle, None)
    alone = [scorer.score(essay).score for essay in essays]
    assert alone == [each.score for each in score_many(bundle, essays, plain_services())]
    assert alone[::-1] == [each.score for each in score_many(bundle, essays[::-1], plain_services())]
    better = replace(essays[0], given={**essays[0].given, "given_cj_score": 7.0})
    worse = replace(essays[0], given={**essays[0].given, "given_cj_score": 0.0})
    assert scorer.score(better).score > scorer.score(worse).score


def test_one_text_with_other_numbers_is_another_essay(bundle: Bundle, essays: list[Essay]) -> None:
    """What was cached of a text holds none of its numbers."""
    services = plain_services()
    twins = [
        replace(essays[0], id=name, given={**essays[0].given, COLUMNS[0]: x})
        for name, x in (("a", 0), ("b", 7))
    ]
    first, other = (each.score for each in score_many(bundle, twins, services))
    assert first < other
    again = [each.score for each in score_many(bundle, twins[::-1], services)]
    assert [other, first] == again


def test_an_essay_without_its_numbers_is_not_graded(bundle: Bundle, essays: list[Essay]) -> None:
    """The message names essay and number and how to give it, before anything is measured."""
    lacking = replace(essays[1], given={"given_cj_count": 5.0})
    needed = "comes without 'given_cj_score'.*--given given_cj_score=NUMBER"
    with pytest.raises(InputError, match=needed):
        Scorer(bundle, None).score(lacking)
    with pytest.raises(InputError, match=needed):
        next(score_many(bundle, [essays[0], lacking], plain_services()))


def test_an_odd_number_is_an_advisory(bundle: Bundle, essays: list[Essay]) -> None:
    """Given numbers have ranges as measured ones do."""
    odd = replace(essays[0], given={**essays[0].given, "given_cj_count": 9_000.0})
    told = " ".join(advisory.message for advisory in Scorer(bundle, None).score(odd).advisories)
    assert "given cj count 9,000 (training essays 5 to 8)" in told


def test_an_explanation_tells_given_numbers_apart(bundle: Bundle, essays: list[Essay]) -> None:
    """They are a part of their own, and all parts add up."""
    found = explain_essay(bundle, essays[0], None, explained_at=plain_services().clock())
    (part,) = (part for part in found.parts if part.construct == GIVEN_CONSTRUCT)
    assert "cj score, given with the essay" in {feature.label for feature in part.features}
    assert found.score == pytest.approx(found.start + sum(part.effect for part in found.parts))


def test_evaluation_and_trials_read_what_the_bundle_needs(bundle: Bundle, tmp_path: Path) -> None:
    """Whatever the plan of the new essays says of given columns; a file without them is refused."""
    services = plain_services()
    plan = planned(numbered(40), tmp_path, given=[])
    assert 40 == evaluate_bundle(bundle, plan, services).report.evaluations[0].evaluation.n
    assert (
        2
        == probe_bundle(
            bundle, essays_of_file(bundle, plan, services, silent), services, sample=2
        ).evaluation.n
    )
    bare = planned(essay_rows(40), tmp_path, given=[])
    with pytest.raises(InputError, match="has no column 'given_cj_score', a given feature; it has"):
        evaluate_bundle(bundle, bare, services)


def test_the_word_all_means_columns_by_their_beginning(services: Services) -> None:
    """In the order of the file, those that are kept or not dropped; a plan as read names them."""
    assert COLUMNS == dataset_of(services).plan.features.given
    names = dataset_schema(dataset_of(services, drop=["given_cj_count"]), services).names
    assert "given_cj_score" == names[-1]
    kept = dataset_of(services, keep=["words", "given_cj_count"])
    assert ("words", "given_cj_count") == dataset_schema(kept, services).names
    with pytest.raises(InputError, match="no column begins with 'given_' among id, text"):
        dataset_of(services, essay_rows(N))


@pytest.mark.parametrize("features", [{"groups": []}, {"keep": [*COLUMNS]}], ids=["no groups", "kept alone"])
def test_given_columns_may_be_all_there_is(services: Services, features: dict[str, Any]) -> None:
    """Then nothing is measured of a text."""
    assert COLUMNS == dataset_schema(dataset_of(services, **features), services).names


def test_given_columns_stand_before_those_of_a_text_model(services: Services) -> None:
    """Embeddings stay side by side at the end of what is measured."""
    dataset = dataset_of(services, set="combined", embedder={"model": "small"})
    seeing = replace(services, open_embedder=plain_services().open_embedder)
    schema = dataset_schema(dataset, seeing)
    place = schema.names.index("embedding_000")
    assert COLUMNS == schema.names[place - 2 : place]
    values = measure_essays(dataset, seeing, silent).values[:, place - 2 : place]
    expected = [[each.given[name] for name in COLUMNS] for each in dataset.essays]
    np.testing.assert_array_equal(np.array(expected, np.float32), values)
    assert {"without given", "handcrafted", "embeddings"} <= {arm.name for arm in arms_of(schema)}


@pytest.mark.parametrize(
    ("features", "said"),
    [
        ({"given": ["given_cj_score"], "keep": ["words"]}, "which features.keep leaves out"),
        ({"given": ["Rank", "Rank"]}, "name each column once"),
        ({"given": ["all", "Rank"]}, "'all' already means every column"),
        ({"given": ["words"]}, "names 'words', which features that are measured or learnt are called"),
    ],
    ids=["not kept", "twice", "all and more", "like a measured feature"],
)  # fmt: skip
def test_plans_that_contradict_themselves_are_refused(
    services: Services, features: dict[str, Any], said: str
) -> None:
    """The message names the key and what to change."""
    rows = [{**row, "words": "1"} for row in numbered()]
    with pytest.raises(PlanError, match=said):
        dataset_schema(dataset_of(services, rows, **features), services)


def test_one_column_need_not_be_a_list() -> None:
    """A plan may name it as it is, and saves it as a list that it reads back."""
    plan = make_plan({"data": {"train": "x.csv"}, "features": {"given": "Rank"}}, location="here")
    assert ("Rank",) == plan.features.given
    assert "given:\n  - Rank" in plan_yaml(plan)


def test_columns_of_several_models_are_read_together(bundle: Bundle) -> None:
    """A plan reads what its models need and nothing else; names that are there already are not looked for."""
    plan = with_columns_of(planned(given=["Other"]), bundle.schema, bundle.measured)
    assert COLUMNS == plan.features.given
    assert plan is with_found_columns(plan, open_essay_file(Path("essays.csv")))


@pytest.mark.parametrize(
    "copied",
    [str, lambda code: f"{-(code**3)}"],
    ids=["the grade's number", "falling with it"],
)
def test_a_copy_of_the_grades_is_refused(services: Services, copied: Callable[[int], str]) -> None:
    """Before anything is learnt, and by its name."""
    rows = [{**row, "given_odd": copied(SWEDISH.index(row["grade"]))} for row in numbered()]
    dataset = dataset_of(services, rows, text_learners=["words"])
    with pytest.raises(LeakError, match="^label_in_feature: given column 'given_odd' ranks"):
        gather(dataset, services, silent)


def test_the_column_of_grades_itself_is_refused(services: Services) -> None:
    """Found by its name."""
    with pytest.raises(InputError, match="column 'grade' holds grades or essays"):
        dataset_of(services, given=["grade"])


def test_a_feature_store_holds_given_numbers(services: Services) -> None:
    """They come back as they were, any of them; essays that come with others are refused."""
    kept = featurize(planned(), services)
    dataset = dataset_of(services)
    fresh = replace(services, cache=MemoryCache())
    wanted = measure_essays(dataset, services, silent)
    found = read_measured(kept.store, dataset, fresh, silent).essays
    assert wanted.schema.fingerprint == found.schema.fingerprint
    np.testing.assert_array_equal(wanted.values, found.values)
    single = dataset_of(services, given=["given_cj_count"])
    assert "given_cj_count" == read_measured(kept.store, single, fresh, silent).essays.schema.names[-1]
    changed = replace(dataset.essays[3], given={**dataset.essays[3].given, "given_cj_count": 99.0})
    others = (*dataset.essays[:3], changed, *dataset.essays[4:])
    with pytest.raises(InputError, match=f"given_cj_count of essay '{changed.id}': feature store .* has "):
        read_measured(kept.store, replace(dataset, essays=others), fresh, silent)


def test_drop_column_knows_given_columns(services: Services) -> None:
    """What each of them adds is measured like that of any other column."""
    plan = planned().model_copy(
        update={
            "drop_column": planned().drop_column.model_copy(
                update={"columns": COLUMNS, "seeds": 1, "noise_columns": 2}
            )
        }
    )
    found = drop_column(plan, services).importance
    assert found is not None
    gains = {column.name: column.gain("rps") for column in found.columns}
    assert set(COLUMNS) == set(gains)
    assert gains["given_cj_score"] > max(gains["given_cj_count"], 0.02)


def test_prepared_files_keep_given_numbers(services: Services) -> None:
    """Experiments on what was prepared read the same numbers."""
    prepared = prepare_files(planned(), services)
    again = prepare_dataset(read_plan(prepared.plan), services, silent)
    assert {each.id: each.given for each in dataset_of(services).essays} == {
        each.id: each.given for each in again.essays
    }


def test_auxiliary_essays_come_with_the_same_numbers(services: Services) -> None:
    """What is learnt of them reads the same columns, so that a set without them is refused."""
    rows = numbered(N + 60)
    marked = [{**row, "mark": str(number % 5)} for number, row in enumerate(rows[N:])]
    write_csv(Path("marks.csv"), marked)
    data = {"auxiliary": [{"name": "marks", "file": "marks.csv", "targets": ["mark"]}]}
    plan = read_plan(small_plan(Path(), rows[:N], data=data, **QUICK))
    dataset = prepare_dataset(plan, services, silent)
    assert "auxiliary_marks_mark" == gather(dataset, services, silent).train_matrix.schema.names[-1]
    write_csv(Path("marks.csv"), [{"text": row["text"], "mark": row["mark"]} for row in marked])
    with pytest.raises(InputError, match="marks.csv has no column 'given_cj_score', a given feature"):
        prepare_dataset(plan, services, silent)


def test_records_of_a_run_name_given_columns(run: TrainedRun) -> None:
    """By group, with their definitions."""
    record = json.loads((run.directory / "artifacts" / "feature_schema.json").read_text(encoding="utf-8"))
    assert list(COLUMNS) == record["groups"]["given"]
    assert "column 'given_cj_score' of the data" == record["definitions"]["given_cj_score"]["source"]
