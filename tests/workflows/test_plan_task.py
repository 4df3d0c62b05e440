"""What has a part in which task, and how a key without one is refused."""

import pytest

from gradewise.errors import PlanError
from gradewise.workflows.plans.plan import Plan
from gradewise.workflows.plans.reading import make_plan, parse_plan, plan_yaml

DATA = {"train": "texts.csv"}


def nominal(**sections: object) -> Plan:
    """A plan of plain classification."""
    return make_plan({"task": "nominal", "data": DATA, **sections}, location="plan.yaml")


def expecting(**column: object) -> dict[str, object]:
    """A plan that declares what a column of numbers holds."""
    return {"data": {**DATA, "expected": {"a": {"kind": "number", **column}}}}


@pytest.mark.parametrize(
    ("section", "said"),
    [
        ({"scale": "swedish8"}, "`scale` is swedish8, which has no part in `task: nominal`; leave it out"),
        ({"trait_scale": "1-6"}, "`trait_scale` is 1-6"),
        ({"data": {**DATA, "kind": "asap"}}, "`data.kind` is asap"),
        ({"data": {**DATA, "columns": {"traits": ["style"]}}}, "`data.columns.traits` is ['style']"),
        (
            {"data": {**DATA, "auxiliary": [{"name": "set", "file": "b.csv", "targets": ["x"]}]}},
            "`data.auxiliary` is ['set']",
        ),
        ({"features": {"groups": ["lexical"]}}, "`features.groups` is ['lexical']"),
        ({"features": {"text_learners": ["words"]}}, "words come in by `features.tfidf`"),
        ({"confidence": {"cuts": ["C"]}}, "`confidence.cuts` is ['C']"),
        ({"model": {"booster": {"rounds": 3}}}, "`model.booster.rounds` is 3"),
        ({"model": {"engine": "xgboost"}}, "what learns classes is `classifier`"),
        ({"features": {"tfidf": {"kind": "none"}}}, "nothing is left to learn from"),
        ({"features": {"embedder": {"model": "minilm"}}}, "write `features.set: combined`"),
    ],
    ids=[
        "scale", "trait_scale", "kind", "traits", "auxiliary", "groups", "text_learners", "cuts", "booster",
        "engine", "nothing", "unasked_model",
    ],
)  # fmt: skip
def test_what_is_about_grades_has_no_part_where_there_are_classes(
    section: dict[str, object], said: str
) -> None:
    """The message says what to write instead; nothing is passed over in silence."""
    with pytest.raises(PlanError) as refusal:
        nominal(**section)
    assert said in str(refusal.value)


@pytest.mark.parametrize(
    ("section", "said"),
    [
        ({"classifier": {"learner": "linear_svm"}}, "`classifier.learner` is linear_svm"),
        ({"classifier": {"search": {"method": "grid"}}}, "`classifier.search.method` is grid"),
        ({"features": {"tfidf": {"components": 9}}}, "`features.tfidf.components` is 9"),
    ],
    ids=["learner", "search", "tfidf"],
)
def test_what_is_about_classes_has_no_part_where_there_are_grades(
    section: dict[str, object], said: str
) -> None:
    """Most likely the task was forgotten."""
    with pytest.raises(PlanError, match="--task nominal") as refusal:
        make_plan({"data": DATA, **section}, location="plan.yaml")
    assert said in str(refusal.value)


@pytest.mark.parametrize(
    "sections",
    [
        {},
        {"scale": ["refund", "greeting"], "features": {"checker": "none", "text_learners": []}},
        {"model": {"seed": 7}, "classifier": {"seed": 7}},
        {"features": {"tfidf": {"kind": "none"}, "given": ["embeddings__*", "sent__hour"]}},
        {"features": {"set": "combined", "embedder": {"model": "minilm"}}},
    ],
    ids=["defaults", "classes_listed", "seeds", "given_alone", "text_model"],
)
def test_a_plan_of_classes_survives_being_written_and_read(sections: dict[str, object]) -> None:
    """What is saved with a run names every key of either task, with its default."""
    plan = nominal(**sections)
    assert plan == parse_plan(plan_yaml(plan), location="saved")
    assert plan == parse_plan(plan_yaml(plan, changed_alone=True), location="short")


@pytest.mark.parametrize(
    ("space", "said"),
    [
        ({"c": {"lw": 1}}, "unknown key `classifier.search.space.c.lw`; did you mean `low`?"),
        ({"c": "ten"}, "`classifier.search.space.c` is 'ten': a list is expected"),
        ({"c": [-1]}, "`c` cannot be -1"),
        ({"penalty": ["l3"]}, "`penalty` cannot be 'l3'"),
        ({"rounds": {"low": 0.0, "high": 20}}, "`rounds` cannot be 0"),
        ({"rouns": [3]}, "did you mean 'rounds'?"),
        ({"zzz": [3]}, "there are learner, penalty, c"),
        ({"c": {"low": 3, "high": 2}}, "write `low` below `high`"),
        ({"c": {"low": 0, "high": 2, "log": True}}, "both above 0"),
        ({"c": []}, "`classifier.search.space.c` is []"),
    ],
    ids=[
        "key", "word", "number", "penalty", "whole", "setting", "no_setting", "order", "logarithm", "empty",
    ],
)  # fmt: skip
def test_a_space_holds_values_that_settings_can_have(space: dict[str, object], said: str) -> None:
    """A search that must fail is refused before it begins."""
    with pytest.raises(PlanError) as refusal:
        nominal(classifier={"search": {"space": space}})
    assert said in str(refusal.value)


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (expecting(lo=1), "`data.expected.a.lo`; did you mean `low`?"),
        (expecting(low=2, high=1), "`low` 2 lies above `high` 1"),
        ({"data": DATA, "tune": {"space": {"model.seed": {"low": 1}}}}, "`tune.space.model.seed.high` is"),
        ({"data": DATA, "features": {"given": ["a*b"]}}, "'a*b' is no column"),
        ({"data": DATA, "features": {"given": ["__*"]}}, "'__*' is no column"),
        ({"data": DATA, "push": {"url": "bucket"}}, "write an address such as s3://bucket"),
        ({"data": DATA, "push": {"url": "s3://me@bucket"}}, "holds no user and no key"),
        ({"data": DATA, "push": {"url": "s3://b", "prefix": "../up"}}, "use names with slashes between"),
        ({"data": DATA, "files": {"metrics": "splits.json"}}, "use a name that ends in metrics.json"),
        ({"data": DATA, "files": {"predictions": "../predictions.parquet"}}, "ends in predictions"),
        ({"data": DATA, "source": {"joins": [{"table": "b", "onn": {}}]}}, "`source.joins.0.onn`"),
    ],
    ids=[
        "column_key", "column_range", "branch", "star", "bare_star", "no_address", "user", "prefix",
        "other_file", "outside", "list",
    ],
)  # fmt: skip
def test_problems_are_told_by_the_keys_that_were_written(raw: dict[str, object], said: str) -> None:
    """At every depth, without pydantic's own names for the branches of a choice."""
    with pytest.raises(PlanError) as refusal:
        make_plan(raw, location="plan.yaml")
    assert said in str(refusal.value)
    assert "RangePlan" not in str(refusal.value)


def test_secrets_in_an_address_are_not_repeated() -> None:
    """The refusal itself is written down."""
    with pytest.raises(PlanError) as refusal:
        make_plan({"data": DATA, "push": {"url": "s3://me:geheimnis@bucket"}}, location="plan.yaml")
    assert "geheimnis" not in str(refusal.value)
