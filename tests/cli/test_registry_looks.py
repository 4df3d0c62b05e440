"""`gradewise registry`: what is shown of models and runs, and to whom."""

import asyncio
import csv
import io
import json
import shutil
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest

from gradewise.bootstrap import registry_from
from gradewise.experiments import ExperimentEntry
from gradewise.settings import read_settings
from gradewise.workflows.plans.registry import RetentionPlan
from gradewise.workflows.registry.services import RegistryServices
from remembered_registry import Step, acts_of, model_id
from small_registry import judged
from trials import Command

LIFE: tuple[Step, ...] = (
    ("register", 1, "dev"), ("promote", 1, "staging"), ("promote", 1, "production"),
    ("register", 2, "dev"), ("promote", 2, "staging"), ("promote", 2, "production"),
    ("register", 3, "dev"), ("archive", 3, "archived"), ("prune", 3, "archived"),
)  # fmt: skip
FIGURES = {
    1: {"qwk": {"estimate": 0.6, "low": 0.5, "high": 0.7}, "mae": {"estimate": 0.5, "low": 0.4, "high": 0.6}},
    2: {"qwk": {"estimate": 0.7, "low": 0.6, "high": 0.8}},
}
RUNS = (
    ExperimentEntry(
        timestamp="2026-01-31T12:00:00+00:00", started_at="2026-01-31T11:00:00+00:00", run_id="one",
        run_name="train", experiment="essays", command="train", command_line="gradewise train essays.csv",
        state="completed", metrics={"qwk": 0.7}, output="output/essays/20260131_110000_train",
    ),
    ExperimentEntry(
        timestamp="2026-01-31T14:00:00+00:00", started_at="2026-01-31T13:00:00+00:00", run_id="two",
        run_name="cv", experiment="essays", command="cv", command_line="gradewise cv essays.csv",
        state="failed", stage="folds", failure_reason="the disk is full",
        output="output/essays/20260131_130000_cv",
    ),
)  # fmt: skip


async def _fill(services: RegistryServices) -> None:
    for decide in acts_of(*LIFE, metrics=FIGURES, override="the hall was on fire"):
        await services.registry.act("essays", decide)
    for run in RUNS:
        await services.registry.record_run(run)
    state = await services.registry.state("essays")
    record = replace(judged(state.models[1], state), id=str(UUID(int=7)))
    await services.registry.add_gate_record(record)


def _with_registry(models: Path, work: Callable[[RegistryServices], Awaitable[None]]) -> None:
    async def opened() -> None:
        async with registry_from(read_settings({"GRADEWISE_MODELS_DIR": str(models)})) as services:
            await work(services)

    asyncio.run(opened())


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory of models whose registry knows three models and two runs; nobody writes to it."""
    models = tmp_path_factory.mktemp("filled") / "models"
    _with_registry(models, _fill)
    return models


@pytest.fixture
def asked(filled: Path, command: Command) -> Command:
    """`gradewise registry`, asked where there is such a registry."""
    shutil.copytree(filled, "models")
    return lambda *arguments, stdin=None: command("registry", *arguments, stdin=stdin)


def test_models_are_listed_on_a_line_each(asked: Command) -> None:
    """Newest first, with whoever registered them; a deleted bundle is said to be gone."""
    assert [
        "name    version          stage       registered  QWK                  by",
        "essays  20260131_000003  deleted     2026-01-31  –                    teacher",
        "essays  20260131_000002  production  2026-01-31  0.700 (0.600–0.800)  teacher",
        "essays  20260131_000001  archived    2026-01-31  0.600 (0.500–0.700)  teacher",
    ] == asked("list").out.splitlines()


def test_a_list_is_chosen_by_name_stage_and_length(asked: Command) -> None:
    """What is left out is said to the person; for programs it is JSON."""
    one = asked("list", "--limit", "1")
    assert 2 == len(one.out.splitlines())
    assert "older ones are left out; see more with --limit 10\n" == one.err
    assert "20260131_000002" in asked("list", "--stage", "production").out
    none = asked("list", "--name", "poems", "--stage", "staging")
    assert (0, "", "no model of name poems stage staging\n") == (none.code, none.out, none.err)
    records = json.loads(asked("list", "--json").out)["models"]
    assert [model_id(3), model_id(2), model_id(1)] == [record["id"] for record in records]


def test_runs_are_listed_failed_ones_too(asked: Command) -> None:
    """With step and reason; those alone where asked for."""
    heading, failed, reason, completed = asked("list", "--runs").out.splitlines()
    assert ["run", "experiment", "command", "state", "step", "figure"] == heading.split()
    assert "2026-01-31 13:00  essays      cv       failed     folds" == failed
    assert "  the disk is full" == reason
    assert completed.endswith("completed         QWK 0.700")
    only = asked("list", "--failed")
    assert "QWK" not in only.out
    assert "  output/essays/20260131_130000_cv" in only.out.splitlines()
    assert 1 == len(json.loads(asked("list", "--failed", "--json").out)["runs"])
    assert "older ones are left out" in asked("list", "--runs", "--limit", "1").err
    assert "no such runs are tracked\n" == asked("list", "--runs", "--name", "poems").err
    assert "runs have no stage" in asked("list", "--runs", "--stage", "dev").complaint


def test_the_newest_model_and_run_are_shown(asked: Command) -> None:
    """The run is the newest that ended well; of a name that is not there, nothing."""
    shown = asked("latest").out.splitlines()
    assert "model  essays 20260131_000003, deleted, registered 2026-01-31" == shown[0]
    assert "run    output/essays/20260131_110000_train, train, 2026-01-31, QWK 0.700" == shown[1]
    told = json.loads(asked("latest", "essays", "--json").out)
    assert (model_id(3), "one") == (told["model"]["id"], told["run"]["run_id"])
    assert "neither a model nor a run of the name 'poems'" in asked("latest", "poems").complaint


def test_a_model_is_shown_with_everything_that_is_known(asked: Command) -> None:
    """Figures, gates and what was done; a name is its model in production."""
    shown = asked("show", "essays").out
    for expected in (
        "model       essays 20260131_000002",
        "since       2026-01-31 17:00 UTC by teacher@school (promote)",
        "qwk  0.700 (0.600–0.800)",
        "2026-01-31 12:00  passed (rules 11111111, essays 22222222",
        "2026-01-31 17:00  promote   20260131_000002  staging → production  teacher@school",
        "  why: because",
        "  gates overridden: the hall was on fire",
    ):
        assert expected in shown, shown
    assert shown == asked("get", "--version", "20260131_000002").out
    assert shown == asked("show", "--model-id", model_id(2)[:8]).out
    told = json.loads(asked("show", "essays", "--json").out)
    assert (3, 1) == (len(told["changes"]), len(told["gates"]))
    assert "bundle deleted 2026-01-31" in asked("show", "essays:20260131_000003").out


@pytest.mark.parametrize(
    ("expected", "arguments"),
    [
        ("name one, such as: gradewise registry show essays", ["show"]),
        ("two are named, a and b", ["show", "a", "--model", "b"]),
        ("no model is called 'esays'; did you mean essays?", ["show", "esays"]),
        ("no models and no runs of the name 'poems'", ["summary", "poems"]),
    ],
    ids=["none", "two", "unknown", "no summary"],
)
def test_who_names_no_model_is_told_how(asked: Command, expected: str, arguments: list[str]) -> None:
    """On one line, with exit code 2."""
    refused = asked(*arguments)
    assert 2 == refused.code
    assert expected in refused.complaint


def test_a_summary_shows_how_models_and_runs_fared(asked: Command) -> None:
    """A line a name, a line for the runs of a command; failures are counted."""
    names, runs = asked("summary").out.split("\n\n")
    assert [
        "name    models  in production    over versions  newest (change)",
        "essays       3  20260131_000002  ▃▆             QWK 0.700 (+0.100)",
    ] == names.splitlines()
    assert ["essays", "cv", "1", "1", "–", "2026-01-31"] == runs.splitlines()[1].split()
    assert "QWK 0.700" in runs.splitlines()[2]
    told = json.loads(asked("summary", "essays", "--metric", "mae", "--json").out)
    assert [0.5] == [version["estimate"] for version in told["names"][0]["versions"]]
    assert "20260131_000002" == told["names"][0]["production"]


def test_a_summary_can_be_looked_at(asked: Command) -> None:
    """A page that needs no network, with versions, intervals and what was in use."""
    done = asked("summary", "--page", "pages/registry.html")
    assert "page: pages/registry.html" in done.err
    page = Path("pages/registry.html").read_text()
    assert page.count("<svg") == 1
    assert "gates were overridden for the version in production: the hall was on fire" in page
    assert "http" not in page.split("</style>")[1].replace("http-equiv", "")


def test_the_audit_trail_is_shown_newest_first(asked: Command) -> None:
    """With reasons; of a name that is not there, nothing."""
    lines = asked("history", "essays", "--limit", "2").out.splitlines()
    assert "2026-01-31 20:00  prune    essays 20260131_000003  archived → archived  teacher" == lines[0]
    assert 4 == len(lines)
    told = json.loads(asked("history", "--json").out)
    assert list(range(9, 0, -1)) == [each["serial"] for each in told["changes"]]
    assert "nothing was done about 'poems'\n" == asked("history", "poems").err


def test_differences_of_two_models_are_shown(asked: Command) -> None:
    """Figures side by side; that they may be about other essays is said."""
    shown = asked("diff", "essays:20260131_000001", "essays").out
    (figures,) = (line.split() for line in shown.splitlines() if line.startswith("  QWK"))
    assert ["QWK", "0.600", "(0.500–0.700)", "0.700", "(0.600–0.800)", "+0.100"] == figures
    assert "gradewise compare --model-a essays:20260131_000001 --model-b essays:20260131_000002" in shown
    told = json.loads(asked("diff", "essays:20260131_000001", "essays", "--json").out)
    assert [False, False] == [told["same_bundle"], told["same_essays"]]
    itself = asked("diff", "essays", "essays:20260131_000002").out
    assert itself.startswith("both are essays 20260131_000002: nothing differs")
    assert "QWK" not in itself


def test_the_registry_is_written_as_a_table(asked: Command) -> None:
    """To a file or to a pipe, models or runs."""
    rows = list(csv.DictReader(io.StringIO(asked("export", "--format", "csv").out)))
    assert ["", "0.7", "0.6"] == [row["metrics.qwk"] for row in rows]
    written = asked("export", "--runs", "--output", "runs.csv")
    assert (0, "", "2 runs written to runs.csv\n") == (written.code, written.out, written.err)
    assert Path("runs.csv").read_bytes().startswith("\ufeffrun_id,".encode())
    asked("export", "--format", "json", "--output", "models.json")
    assert 3 == len(json.loads(Path("models.json").read_text())["models"])


def test_an_empty_registry_says_how_it_is_filled(command: Command) -> None:
    """To the person; a pipe gets nothing, or an empty list."""
    empty = "no models are registered; train one, then: gradewise registry register\n"
    assert (0, "", empty) == tuple(
        getattr(command("registry", "list"), each) for each in ("code", "out", "err")
    )
    assert {"schema_version": 1, "models": []} == json.loads(command("registry", "list", "--json").out)
    assert empty == command("registry", "summary").err
    assert "nothing was done yet\n" == command("registry", "history").err
    assert 2 == command("registry", "latest").code


def test_help_says_what_is_kept_where_nothing_is_said(command: Command) -> None:
    """The figures are those of a plan as it is."""
    usual = RetentionPlan()
    shown = " ".join(command("registry", "prune", "--help").out.split())
    assert [5, 30, 3] == [usual.newest, usual.days, usual.former]
    for figure in (usual.newest, usual.days, usual.former):
        assert f"{figure} when" in shown
