"""Plans: what they accept, what they refuse and how they say so."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from gradewise.errors import PlanError
from gradewise.workflows.plans.data import CardPlan, ColumnsPlan, DataPlan
from gradewise.workflows.plans.model import BoosterPlan, ModelPlan
from gradewise.workflows.plans.plan import Plan
from gradewise.workflows.plans.reading import parse_plan, plan_yaml, read_plan
from gradewise.workflows.plans.splits import SplitsPlan
from gradewise.workflows.plans.template import commented_plan

FULL = """
name: betyg
language: sv
scale: [F, E, D, C, B, A]
data:
  train: essays.csv
  columns: {text: uppsats, label: betyg, groups: [kön]}
  card: {name: NP, source: school, licence: own}
  filters: {min_words: 50, exclude_prompts: [brev]}
split: {scheme: prompt_holdout, folds: 4, seed: 7}
features: {groups: [lexical], drop: [mean_word_zipf], checker: none}
model: {engine: xgboost, decision: rescale, booster: {max_leaves: 7}}
"""


def test_a_plan_survives_being_written_and_read() -> None:
    """What is saved with a run is the plan that ran."""
    plan = parse_plan(FULL, location="plan.yaml")
    assert plan == parse_plan(plan_yaml(plan), location="saved")


def test_only_the_data_must_be_named() -> None:
    """Everything else has a default."""
    plan = parse_plan("data: {train: a.csv}", location="plan.yaml")
    assert ("lightgbm", None, None) == (plan.model.engine, plan.scale, plan.split.folds)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("data: {train: a.csv}\nmodel: {engin: x}", "unknown key `model.engin`; did you mean `engine`"),
        ("data: {train: a.csv, card: {name: a, lisence: b}}", "did you mean `licence`"),
        ("data: {train: a.csv}\nzzz: 1", "known keys: name, task"),
        ("name: x", "`data` is missing"),
        ("data: {train: a.csv}\nsplit: {folds: 1}", "`split.folds` is 1"),
        ("data: {train: a.csv}\nmodel: {engine: cat}\nsplit: {folds: 99}", "and 1 more"),
        (
            "data: {train: a.csv}\nmodel: {linear_share: 0.5, probabilities: frank_hall}",
            "`model.linear_share` is 0.5: a linear part needs `probabilities: residuals`",
        ),
        ("data: {train: a.csv}\nmodel: {seeds: 21}", "`model.seeds` is 21"),
        ("data: {train: a.csv}\nname: ../../etc", "`name` is '../../etc'"),
        ("name: a\nname: b", "line 2: not a plan: key 'name' is written twice"),
        ("data: [", "line 1: not a plan"),
        ("data: \x00", "not a plan: unacceptable character"),
        ("data: {train: a.csv}\nevaluation: {gates: [seed]}", "`evaluation.gates.0` is 'seed'"),
        (
            "data: {train: a.csv}\nfeatures: {keep: [words], drop: [sentences]}",
            "`keep` and `drop` contradict each other",
        ),
        (
            "data: {train: a.csv}\nfeatures: {set: combined}",
            "set `combined` needs a text model; name its directory: `features.embedder.model`",
        ),
        (
            "data: {train: a.csv}\nfeatures: {embedder: {model: m, max_tokens: 64, overlap: 33}}",
            "`features.embedder.overlap` is 33: pieces of 64 tokens share at most 32",
        ),
        (
            "data: {train: a.csv}\nfeatures: {embedder: {model: m, max_tokens: 8}}",
            "`features.embedder.max_tokens` is 8",
        ),
        ("data: {train: a.csv}\nevaluation: {min_group: 1}", "`evaluation.min_group` is 1"),
        ("data: {train: a.csv}\nscale: {1: [a]}", "`scale` holds"),
        ("data: {train: a.csv}\nscale: [yes, no]", "put them in quotes"),
        ("- data", "a plan is a mapping"),
        ("", "a plan is a mapping"),
        ("data: !!python/object/apply:os.system ['true']", "not a plan"),
    ],
)
def test_a_plan_that_cannot_be_followed_is_refused_in_one_line(content: str, said: str) -> None:
    """The message says where, what and, for a typing error, what was meant."""
    with pytest.raises(PlanError) as refusal:
        parse_plan(content, location="plan.yaml")
    assert said in str(refusal.value)
    assert str(refusal.value).startswith("plan.yaml")


def test_data_paths_are_relative_to_the_plan_file(tmp_path: Path) -> None:
    """A plan can be moved together with its data."""
    file = tmp_path / "plan.yaml"
    file.write_text("data: {train: a.csv, test: b.csv}\nsplit: {reuse: splits.json}", encoding="utf-8")
    plan = read_plan(file)
    assert (tmp_path / "a.csv", tmp_path / "b.csv", tmp_path / "splits.json") == (
        plan.data.train,
        plan.data.test,
        plan.split.reuse,
    )


def test_a_plan_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    """A missing file and one in another encoding are both refused by path."""
    with pytest.raises(PlanError, match="absent.yaml"):
        read_plan(tmp_path / "absent.yaml")
    (tmp_path / "latin.yaml").write_bytes("name: å".encode("latin-1"))
    with pytest.raises(PlanError, match="latin.yaml"):
        read_plan(tmp_path / "latin.yaml")


def test_a_plan_never_changes() -> None:
    """It is shared between stages and saved with the run."""
    plan = parse_plan("data: {train: a.csv}", location="plan.yaml")
    with pytest.raises(ValueError, match="frozen"):
        plan.name = "other"  # type: ignore[misc]
    assert isinstance(plan, Plan)


BY_PROMPT = "data: {train: a.csv}\nscale: {1: 2-12, å: cefr}"


@pytest.mark.parametrize("content", ["data: {train: a.csv}", FULL, BY_PROMPT])
def test_the_commented_template_means_the_plan_it_was_made_from(content: str) -> None:
    """Comments explain; only what stands uncommented counts."""
    plan = parse_plan(content, location="plan.yaml")
    assert plan == parse_plan(commented_plan(plan), location="template")


def test_the_template_shows_every_option() -> None:
    """A reader finds each key of each section."""
    template = commented_plan(parse_plan("data: {train: a.csv}", location="plan.yaml"))
    for section in (Plan, DataPlan, ColumnsPlan, CardPlan, SplitsPlan, ModelPlan, BoosterPlan):
        for key in section.model_fields:
            assert f"{key}:" in template


def test_prompts_in_a_scale_may_be_numbers() -> None:
    """YAML reads 1 as a number; a prompt is a name."""
    assert {"1": "2-12", "å": "cefr"} == parse_plan(BY_PROMPT, location="plan.yaml").scale


@pytest.mark.parametrize(
    ("task", "said", "left_out"),
    [
        ("ordinal", "# classifier:  # of classes alone", ("learner:", "most_terms:", "balancing:")),
        ("nominal", "# model:  # of grades alone", ("booster:",)),
    ],
    ids=["grades", "classes"],
)
def test_the_template_explains_what_its_task_reads(task: str, said: str, left_out: Sequence[str]) -> None:
    """What has no part in it takes one line, which says what it is of."""
    template = commented_plan(parse_plan(f"data: {{train: a.csv}}\ntask: {task}", location="plan.yaml"))
    assert said in template
    assert [] == [key for key in left_out if key in template]
