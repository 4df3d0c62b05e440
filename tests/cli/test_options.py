"""Options of the command line are keys of the plan."""

from pathlib import Path

import pytest
import typer
from pydantic import BaseModel

from gradewise.cli.asked import Asked
from gradewise.cli.main import run
from gradewise.cli.options import DATA, OPTIONS, RUN, named_options, options_of, plan_values
from gradewise.errors import PlanError
from gradewise.workflows.plans.plan import Plan
from trials import Command


def has_key(section: type[BaseModel], key: str) -> bool:
    """Whether a plan has a dotted key."""
    first, _, rest = key.partition(".")
    field = section.model_fields.get(first)
    if field is None or not rest:
        return field is not None
    choices = [field.annotation, *getattr(field.annotation, "__args__", ())]
    parts = [choice for choice in choices if isinstance(choice, type) and issubclass(choice, BaseModel)]
    return any(has_key(part, rest) for part in parts)


@pytest.mark.parametrize("option", OPTIONS, ids=lambda option: option.name)
def test_every_option_is_a_key_of_the_plan(option: object) -> None:
    """What can be typed can be written in a plan, and is saved with the run."""
    keys = getattr(option, "keys", ())
    assert [True for _ in keys] == [has_key(Plan, key) for key in keys]


def test_flags_are_written_once() -> None:
    """No two options share a flag or a parameter."""
    flags = [flag for option in OPTIONS for flag in option.flags]
    assert sorted(set(flags)) == sorted(flags)
    assert len(OPTIONS) == len({option.name for option in OPTIONS})


def test_help_names_an_option_by_its_shortest_name_first(command: Command) -> None:
    """The rest is cut on a narrow terminal; what may be repeated is no list to a reader."""
    shown = command("drop-column", "--help").out
    assert "--keep,--predictor" in shown
    assert "list[str]" not in shown


def test_options_are_chosen_by_heading_or_by_name() -> None:
    """Headings keep the order of the table; names make their own."""
    assert {DATA, RUN} == {option.panel for option in options_of(DATA, RUN)}
    assert "scale" not in {option.name for option in options_of(DATA, without=("scale",))}
    assert ["output", "scale"] == [option.name for option in named_options("output", "scale")]


def test_what_was_given_is_set_and_nothing_else() -> None:
    """One option may set two keys; a zero is a value, an absent flag is none."""
    given = {"seed": 0, "set_aside": False, "skip_shap": True, "keep": [], "prompt": ["1"], "scale": "IG,G"}
    assert {
        "scale": ("IG", "G"),
        "data.filters.only_prompts": ["1"],
        "split.seed": 0,
        "model.seed": 0,
        "classifier.seed": 0,
        "evaluation.shap": False,
    } == plan_values(given)


@pytest.mark.parametrize(
    ("given", "value"),
    [
        ({"decision": "qwk_cutpoints_lfo"}, {"model.decision": "cutpoints"}),
        ({"decision": "rescale"}, {"model.decision": "rescale"}),
        ({"training_mode": "regression"}, {"model.probabilities": "residuals"}),
        ({"grade_band_weighting": "none"}, {"model.band_weights": False}),
        ({"text_learner": ["none"]}, {"features.text_learners": ()}),
        ({"text_learner": ["words", "runs"]}, {"features.text_learners": ("words", "runs")}),
        ({"learner": "LinearSVC"}, {"classifier.learner": "linear_svm"}),
        ({"learner": "stacking"}, {"classifier.learner": "stacking"}),
        ({"search": "optuna"}, {"classifier.search.method": "bayesian"}),
    ],
    ids=["mapping", "own_name", "mode", "weighting", "no_learner", "learners", "svm", "stacking", "search"],
)
def test_values_have_other_names_too(given: dict[str, object], value: dict[str, object]) -> None:
    """What other tools call a setting is understood; the plan's own name passes as it is."""
    assert value == plan_values(given)


def test_options_of_classifiers_stand_under_a_heading_of_their_own(command: Command) -> None:
    """So that the help of a command about grades does not drown; the number of trials among them."""
    shown = command("train", "--help").out.split("Classes, with --task nominal")[1]
    assert [True, True, True] == [name in shown for name in ("--learner", "--search", "--trials")]
    given = {"task": "nominal", "learner": "linear_svm", "search": "bayesian", "trials": 30, "seed": 3}
    plan = Asked(source=Path("texts.csv"), options=given).plan()
    learns = plan.classifier
    assert ("linear_svm", "bayesian", 30, 3) == (
        learns.learner,
        learns.search.method,
        learns.search.trials,
        learns.seed,
    )


def test_a_run_is_followed_when_no_file_is_named(tmp_path: Path) -> None:
    """The plan of the run that made the splits, with its paths, without its name."""
    made = tmp_path / "output" / "essays" / "20260102_030405_splits"
    (made / "artifacts").mkdir(parents=True)
    (made / "plan.yaml").write_text("data: {train: ../../../a.csv}\nrun_name: splits\n")
    splits = made / "artifacts" / "splits.json"
    splits.write_text("{}")
    plan = Asked(source=None, options={"splits_path": splits, "run_name": None}).plan()
    assert (tmp_path / "a.csv").resolve() == plan.data.train.resolve()
    assert plan.split.reuse is not None
    assert (None, splits.resolve()) == (plan.run_name, plan.split.reuse.resolve())
    named = Asked(source=None, options={"reuse_feature_store_dir": made, "run_name": "cv"}).plan()
    assert named.features.store is not None
    assert ("cv", made.resolve()) == (named.run_name, named.features.store.resolve())


def test_a_command_without_anything_to_follow_says_what_to_name() -> None:
    """Neither file nor run: the message names both ways."""
    with pytest.raises(typer.BadParameter, match="--splits-path"):
        Asked(source=None, options={}).plan()
    with pytest.raises(typer.BadParameter, match="--splits-path"):
        Asked(source=None, options={"splits_path": Path("lost.json")}).plan()


def test_a_value_that_the_plan_refuses_is_refused_by_its_key(capsys: pytest.CaptureFixture[str]) -> None:
    """The exit code says that the input cannot be used."""
    assert 2 == run(["train", "essays.csv", "--decision", "guess"])
    assert "`model.decision` is 'guess'" in capsys.readouterr().err
    with pytest.raises(PlanError, match="run_name"):
        Asked(source=Path("a.csv"), options={"run_name": "a/b"}).plan()
