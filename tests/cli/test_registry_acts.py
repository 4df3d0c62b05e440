"""`gradewise registry`: models are registered, put into use, taken back, checked and put away."""

import asyncio
import json
import shutil
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Literal
from uuid import uuid4

import pytest

from gradewise.bootstrap import registry_from
from gradewise.cli.registry.doing import (
    archived_line,
    promoted_line,
    register_trained,
    registered_line,
    rolled_back_line,
)
from gradewise.cli.registry.keeping import damage_lines
from gradewise.errors import UnavailableError
from gradewise.models.bundles.bundle import load_bundle
from gradewise.models.bundles.contents import write_bundle
from gradewise.registry.acts import NameState
from gradewise.registry.records import GateRecord, ModelRecord
from gradewise.registry.stages import Stage
from gradewise.settings import read_settings
from gradewise.testing.graders import made_up_bundle, made_up_grader
from gradewise.workflows.registry.promote import promote
from gradewise.workflows.registry.verify import Damage
from remembered_registry import Step, record_of, state_of
from small_registry import judged, new_model
from trials import Command, Trained, small_plan

FIRST, SECOND, THIRD = "20260101_000000", "20260131_235959", "20260202_000000"


UNDO = "undo: gradewise registry"


@pytest.fixture(scope="module")
def bundles(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three versions of a made-up model."""
    directory = tmp_path_factory.mktemp("bundles")
    grader, boosters = made_up_grader()
    for version in (FIRST, SECOND, THIRD):
        write_bundle(made_up_bundle(grader, boosters, name="essays", version=version), directory / version)
    return directory


@pytest.fixture
def told(command: Command) -> Command:
    """`gradewise registry`, quietly."""
    return lambda *arguments, stdin=None: command("registry", *arguments, stdin=stdin)


def _put(version: str, *stages: Literal["staging", "production"]) -> None:
    """Promote a model that passes every gate, without measuring anything."""

    async def acted() -> None:
        async with registry_from(read_settings()) as services:
            for stage in stages:
                state = await services.registry.state("essays")
                model = next(each for each in state.models if each.version == version)
                await promote(services, model, stage=stage, judge=partial(_passed, model, state))

    asyncio.run(acted())


async def _passed(model: ModelRecord, state: NameState, production: ModelRecord | None) -> GateRecord:
    against = production.content_id if production else None
    return replace(judged(model, state), id=str(uuid4()), against=against)


def test_a_bundle_is_registered_once(told: Command, bundles: Path) -> None:
    """As a directory or as an archive of the same; the line says what comes next."""
    expected = (
        f"essays {FIRST} is registered; try it: gradewise registry promote essays:{FIRST} --stage staging\n"
    )
    assert expected == told("register", bundles / FIRST, "--reason", "first").out
    fetched = told("fetch", "essays", "--to", "out/essays.zip")
    assert f"essays {FIRST}, verified, is in out/essays.zip\n" == fetched.out
    assert expected == told("register", "out/essays.zip", "-q").out
    assert 1 == len(told("history").out.splitlines()) - 1
    assert 0 == told("fetch", "essays", "--to", "out/bundle").code
    assert load_bundle(bundles / FIRST).digest == load_bundle(Path("out/bundle")).digest


def test_what_is_no_bundle_is_refused(told: Command, bundles: Path) -> None:
    """Nothing is registered."""
    assert "holds no model" in told("register", bundles).complaint
    Path("essays.zip").write_bytes(b"PK")
    assert 2 == told("register", "essays.zip").code
    assert "no model under output/" in told("register").complaint
    assert [] == json.loads(told("list", "--json").out)["models"]


def test_a_model_is_put_into_use_and_taken_back(told: Command, bundles: Path) -> None:
    """Each act ends with a line on what changed and how it is undone; the links follow."""
    for version in (FIRST, SECOND):
        told("register", bundles / version, "-q")
        _put(version, "staging", "production")
    back = told("rollback", "essays", "--reason", "too strict", "-q")
    assert (
        f"essays {FIRST} is in production; {SECOND} was archived; "
        f"undo: gradewise registry rollback essays --to {SECOND}\n"
    ) == back.out
    assert FIRST == load_bundle(Path("models/essays/production")).metadata.version
    again = told("rollback", "--model-name", "essays", "--to", SECOND, "-q")
    assert again.out.startswith(f"essays {SECOND} is in production; {FIRST} was archived")
    away = told("archive", "essays", "-q")
    assert away.out.startswith(f"essays {SECOND} was archived, no model is in production; undo: ")
    assert not Path("models/essays/production").is_symlink()


def test_a_model_is_judged_before_it_is_tried(command: Command, trained: Trained) -> None:
    """Without a reason gates are not set aside; the reason is kept in the audit trail."""
    assert 0 == command("registry", "register", trained.run, "-q").code
    plan = small_plan(Path(), promotion={"gates": [{"metric": "qwk", "at_least": 0.99}]})
    judged_on = ["--plan", plan, "--data", trained.essays]
    arguments = ["registry", "promote", "trial", "--stage", "staging", *judged_on, "-q"]
    refused = command(*arguments)
    assert (3, "") == (refused.code, refused.out)
    assert "does not pass the gates for staging" in refused.complaint
    tried = command(*arguments, "--override", "a trial")
    assert 0 == tried.code, tried.err
    assert "is in staging; bring it to production: gradewise registry promote trial:" in tried.out
    assert "  gates overridden: a trial" in command("registry", "history").out.splitlines()
    assert Path("models/trial/staging").is_symlink()


def test_old_bundles_are_deleted_by_a_policy(told: Command, bundles: Path) -> None:
    """What would go can be asked first; a plan says it, and options on top of it."""
    for version in (FIRST, SECOND, THIRD):
        told("register", bundles / version, "-q")
    _put(THIRD, "staging")
    Path("plan.yaml").write_text("name: essays\ndata: {train: essays.csv}\nretention: {newest: 3, days: 0}\n")
    assert told("prune", "--plan", "plan.yaml", "-q").out.startswith("0 bundles deleted")
    told("archive", f"essays:{SECOND}", "-q")
    dry = told("prune", "--newest", "1", "--days", "0", "--dry-run", "-q").out
    assert dry.splitlines()[-1].startswith("2 bundles would be deleted, ")
    gone = told("prune", "--plan", "plan.yaml", "--newest", "1", "-q").out
    assert [[SECOND], [FIRST]] == [line.split()[1:2] for line in gone.splitlines()[1:-1]]
    assert "was deleted on" in told("fetch", f"essays:{FIRST}", "--to", "x").complaint
    assert told("list").out.count("deleted") == 2


def test_damage_is_found_and_mended(told: Command, bundles: Path) -> None:
    """By name, with exit code 1; what is whole is said to be."""
    told("register", bundles / FIRST, "-q")
    _put(FIRST, "staging", "production")
    whole = "every bundle is whole, in every store and where models are deployed\n"
    assert (0, whole) == tuple(getattr(told("verify", "-q"), each) for each in ("code", "out"))
    Path("models/essays/production").unlink()
    deployed = Path(f"models/essays/archive/{FIRST}/model_card.md")
    deployed.write_text("changed")
    found = told("verify", "-q")
    assert 1 == found.code
    assert "model_card.md was changed" in found.out
    assert 2 == len(json.loads(told("verify", "--json", "-q").out)["damage"])
    assert "all is as the database says" in told("repair", "-q").out
    assert "nothing to repair\n" == told("repair", "-q").out
    shutil.rmtree("models/.registry/store")
    shutil.rmtree("models/essays")
    broken = told("repair", "-q")
    assert 1 == broken.code
    assert "not mended: essays: " in broken.out


@pytest.mark.parametrize(
    ("expected", "before"),
    [
        (f"20260131_000001 was archived; {UNDO} rollback essays", "production"),
        (f"{UNDO} archive essays:20260131_000002", "staging"),
    ],
    ids=["somebody before", "nobody before"],
)
def test_the_way_back_depends_on_what_was_before(expected: str, before: Stage) -> None:
    """A first model can only be put away again."""
    known: tuple[Step, ...] = (("register", 1, "dev"), ("register", 2, "dev"), ("promote", 1, before))
    state = state_of(*known, ("promote", 2, "production"))
    line = promoted_line(state.changes[0], state)
    assert f"essays 20260131_000002 is in production; {expected}" == line


def test_lines_say_what_is_no_news() -> None:
    """A model that was registered before stands where it stands; a rollback may replace nobody."""
    model = replace(record_of(new_model(1)), stage="production")
    assert "essays 20260131_000001 is registered, in stage production" == registered_line(model)
    state = state_of(("register", 1, "dev"), ("rollback", 1, "production"))
    assert "essays 20260131_000001 is in production" == rolled_back_line(state.changes[0], state)
    away = state_of(("register", 1, "dev"), ("archive", 1, "archived")).changes[0]
    assert archived_line(away).endswith("promote essays:20260131_000001 --stage staging")


def test_faults_are_told_in_columns() -> None:
    """Which model, where, and what is the matter."""
    lines = damage_lines([Damage(model="essays 1", where="store", what="gone")]).splitlines()
    assert ["model     where  what is the matter", "essays 1  store  gone"] == lines


def test_training_registers_its_model_where_asked(command: Command, trained: Trained) -> None:
    """By an option or a key of the plan; else the last line says how it is done."""
    assert (
        f"Keep it for good:       gradewise registry register {trained.run}"
        == trained.stdout.splitlines()[-1]
    )
    shown = command("train", trained.plan, "--register", "--output", "output", "-q")
    assert 0 == shown.code, shown.err
    assert "is registered; try it: gradewise registry promote trial:" in shown.out.splitlines()[-1]
    (model,) = json.loads(command("registry", "list", "--json").out)["models"]
    assert model["metadata"]["run"]["directory"].startswith(str(Path("output").resolve()))


def test_a_trained_model_that_cannot_be_registered_is_not_lost(
    trained: Trained, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The message says where it lies and how it is registered later."""
    monkeypatch.setenv("GRADEWISE_MODELS_DIR", str(tmp_path / "file" / "models"))
    (tmp_path / "file").touch()
    with pytest.raises(UnavailableError) as refused:
        register_trained(trained.bundle, trained.run, quiet=True)
    expected = f"; the model is trained; register it later: gradewise registry register {trained.run}"
    assert str(refused.value).endswith(expected)


def test_a_copy_is_never_written_over_anything(told: Command, bundles: Path) -> None:
    """Nor below a file; what is there stays."""
    told("register", bundles / FIRST, "-q")
    Path("taken").write_text("mine")
    for place in ("taken", "taken/below"):
        assert 2 == told("fetch", "essays", "--to", place).code
    assert "mine" == Path("taken").read_text()
