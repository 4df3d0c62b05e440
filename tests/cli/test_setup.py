"""`gradewise init`, `gradewise plan check` and `gradewise doctor`; help and version."""

import importlib.util
from pathlib import Path

import pytest

from gradewise import __version__
from gradewise.workflows.plans.plan import Plan
from gradewise.workflows.plans.reading import read_plan
from trials import Command, changed, essay_rows, small_plan, write_csv


def test_a_plan_written_for_a_file_is_checked_and_followed_unedited(command: Command) -> None:
    """init, plan check and train work one after the other; columns and scale are written down."""
    Path("data").mkdir()
    write_csv(Path("data/essays.csv"), essay_rows(80))
    written = command("init", "data/essays.csv", "--output", "plans/mine.yaml")
    assert (0, True) == (written.code, "next: gradewise plan check plans/mine.yaml" in written.err)
    plan = read_plan(Path("plans/mine.yaml"))
    assert ("swedish8", "grade", "text") == (plan.scale, plan.data.columns.label, plan.data.columns.text)
    checked = command("plan", "check", "plans/mine.yaml")
    assert 0 == checked.code
    assert "the plan can be followed" in checked.out
    trained = command("train", "plans/mine.yaml", "-q")
    assert 0 == trained.code, trained.err
    assert list(Path("output").glob("essays/*/reports/report.html"))


def test_a_plan_without_essays_holds_the_defaults(command: Command) -> None:
    """Without a file there is a plan to fill in; an existing one is kept unless replacing is asked for."""
    assert 0 == command("init").code
    assert Plan.model_validate({"data": {"train": "essays.csv"}}) == read_plan(Path("plan.yaml"))
    Path("plan.yaml").write_text("mine")
    refused = command("init")
    assert (2, "mine") == (refused.code, Path("plan.yaml").read_text())
    assert (
        "plan.yaml exists; choose another name with --output, or replace it with --force" == refused.complaint
    )
    assert 0 == command("init", "--force").code
    assert "mine" != Path("plan.yaml").read_text()


def test_what_cannot_be_guessed_can_be_told(command: Command) -> None:
    """Init takes the options that its refusals advise."""
    rows = [
        {"elevord": row["text"], "omdöme": "IG" if n % 2 else "VG"} for n, row in enumerate(essay_rows(20))
    ]
    write_csv(Path("svenska.csv"), rows)
    assert "--text-column NAME" in command("init", "svenska.csv").complaint
    told = ("--text-column", "elevord", "--label-column", "omdöme")
    assert "name it: --scale swedish8" in command("init", "svenska.csv", *told).complaint
    assert not Path("plan.yaml").exists()
    assert 0 == command("init", "svenska.csv", *told, "--scale", "IG,G,VG").code
    assert ("IG", "G", "VG") == read_plan(Path("plan.yaml")).scale
    assert 0 == command("plan", "check", "plan.yaml").code


def test_rows_that_cannot_be_used_are_left_out_from_the_first(command: Command) -> None:
    """With --set-aside the scale is that of the other rows, and both kinds of plan keep it for trainings."""
    write_csv(Path("essays.csv"), changed(essay_rows(60), 4, grade="none"))
    assert (
        "'none' is not a grade of swedish8, as 59 of 60 labels are" in command("init", "essays.csv").complaint
    )
    assert 0 == command("init", "essays.csv", "--set-aside").code
    plan = read_plan(Path("plan.yaml"))
    assert ("swedish8", "set_aside") == (plan.scale, plan.data.on_bad_rows)
    told = ("--template", "text-classification", "--set-aside")
    for data in ((), ("essays.csv",)):
        assert 0 == command("init", *data, *told, "--force").code
        assert "set_aside" == read_plan(Path("config.yaml")).data.on_bad_rows


def test_a_file_is_checked_with_the_scale_of_nearly_all_rows(command: Command) -> None:
    """What check-data says of a training that leaves rows out is what the training then does."""
    rows = [{**row, "grade": "BC"[n % 2]} for n, row in enumerate(essay_rows(120))]
    write_csv(Path("essays.csv"), changed(changed(rows, 7, grade="C+"), 30, grade=""))
    assert 0 == command("check-data", "essays.csv", "--set-aside").code
    outcome = command("make-splits", "essays.csv", "--set-aside", "--n-splits", "2", "-o", "out")
    assert (0, True) == (outcome.code, "scale swedish6 (F E D C B A)" in outcome.err)


def test_checking_a_plan_shows_the_data_and_trains_nothing(command: Command) -> None:
    """Rare grades and blocked metrics are told before anything costs time."""
    rows = changed([{**row, "grade": row["grade"].replace("A", "B")} for row in essay_rows(60)], 0, grade="A")
    small_plan(Path(), rows, data={"train": "essays.csv", "card": {"name": "found", "licence": ""}})
    before = set(Path().rglob("*"))
    outcome = command("plan", "check", "plan.yaml")
    assert 0 == outcome.code
    for said in ("essays       60", "rare grades", "smoke tests only", "features"):
        assert said in outcome.out
    assert before == set(Path().rglob("*"))


def test_a_file_of_essays_is_checked_like_a_plan(command: Command) -> None:
    """As for training, a plan need not be written first."""
    write_csv(Path("essays.csv"), essay_rows(60))
    outcome = command("plan", "check", "essays.csv")
    assert (0, True) == (outcome.code, "the plan can be followed" in outcome.out)


def test_a_plan_that_cannot_be_followed_is_refused(command: Command) -> None:
    """Data, splits and features are all looked at."""
    small_plan(Path(), features={"drop": ["lenth"]})
    outcome = command("plan", "check", "plan.yaml")
    assert (2, True) == (outcome.code, "unknown feature 'lenth'" in outcome.complaint)
    assert "gone.yaml cannot be read" in command("plan", "check", "gone.yaml").complaint
    Path("latin.yaml").write_bytes(b"name: \xe5")
    assert "latin.yaml: byte 6 is not UTF-8" in command("plan", "check", "latin.yaml").complaint


def test_the_doctor_says_what_is_there(command: Command, cache_directory: Path) -> None:
    """Versions, cores and cache are shown."""
    outcome = command("doctor")
    assert 0 == outcome.code
    for said in ("python", "lightgbm", "onnxruntime", "harper", str(cache_directory)):
        assert said in outcome.out


def test_the_doctor_says_what_is_missing_and_what_it_costs(
    command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A missing need is exit code 1; a missing extra names its command."""
    find = importlib.util.find_spec

    def absent(*names: str) -> None:
        monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name in names else find(name))

    absent("xgboost", "pyarrow")
    extra = command("doctor")
    assert 0 == extra.code
    assert "not installed: no the XGBoost engine" in extra.out
    assert "pip install 'gradewise[parquet]'" in extra.out
    absent("onnx")
    needed = command("doctor")
    assert (1, "") == (needed.code, needed.err)
    assert "MISSING: no writing models; reinstall gradewise" in needed.out


@pytest.mark.parametrize(
    "words",
    [[], ["demo"], ["train"], ["evaluate"], ["score"], ["init"], ["plan"], ["plan", "check"], ["doctor"]],
)
def test_every_command_explains_itself(command: Command, words: list[str]) -> None:
    """`--help` and `-h` say the same and cost nothing."""
    long, short = command(*words, "--help"), command(*words, "-h")
    assert (0, "", long.out) == (long.code, long.err, short.out)
    assert "Usage: gradewise" in long.out


def test_the_version_is_told(command: Command) -> None:
    """One line."""
    assert f"gradewise {__version__}\n" == command("--version").out
