"""Many act at the same time, and several machines on one database."""

import asyncio
import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

import promoting_at_once
from databases import PostgresDatabases
from gradewise.adapters.directory_store import DirectoryStore
from gradewise.workflows.registry.promote import promote
from gradewise.workflows.registry.register import register
from gradewise.workflows.registry.repair import repair
from gradewise.workflows.registry.rollback import rollback
from gradewise.workflows.registry.services import RegistryServices
from gradewise.workflows.registry.verify import verify
from lifecycle_trials import NAME, Place, judge_of, staged, version_of

PROCESSES, EACH = 4, 2
"""Promotions by the command; `make bench-registry-crash` has more."""


@pytest.mark.parametrize(("kind", "many"), [("sqlite", 20), ("postgresql", 50)], ids=["sqlite", "postgresql"])
def test_many_promotions_at_once(kind: str, many: int, request: pytest.FixtureRequest) -> None:
    """Exactly one is in production, each has its line, and the link leads to the last."""
    place: Place = request.getfixturevalue("place" if kind == "sqlite" else "server_place")

    async def acts(services: RegistryServices) -> None:
        here = replace(services, stores=services.stores[:1])
        models = [await staged(here, number) for number in range(many)]
        before = (await services.registry.state(NAME)).serial
        changes = await asyncio.gather(
            *(
                promote(
                    here,
                    model,
                    stage="production",
                    judge=judge_of(model, passed=False),
                    override=f"trial of {model.version}",
                )
                for model in models
            )
        )
        state = await services.registry.state(NAME)
        assert 1 == sum(model.stage == "production" for model in state.models)
        assert many - 1 == sum(model.stage == "archived" for model in state.models)
        assert list(range(before + 1, before + many + 1)) == sorted(change.serial for change in changes)
        assert [f"trial of {change.version}" for change in state.changes[:many]] == [
            change.override for change in state.changes[:many]
        ]
        # Nobody was put away twice, and nobody was forgotten.
        replaced = [change.replaced_id for change in state.changes[:many]]
        assert {None, *(change.model_id for change in state.changes[1:many])} == set(replaced)
        assert state.production is not None
        link = place.models / NAME / "production"
        assert f"archive/{state.production.version}" == str(link.readlink())

    place.within(acts)


def test_machines_follow_one_database(server_place: Place, tmp_path: Path) -> None:
    """What one machine promotes, another has after it repairs; what it lacks comes from the far store."""
    here = replace(server_place, path=tmp_path / "here")
    there = replace(server_place, path=tmp_path / "there")
    far = DirectoryStore(tmp_path / "far")

    def sharing(services: RegistryServices) -> RegistryServices:
        return replace(services, stores=(services.stores[0], far))

    async def first(services: RegistryServices) -> None:
        for bundle in server_place.bundles[:2]:
            model = await register(sharing(services), bundle)
            await promote(sharing(services), model, stage="staging", judge=judge_of(model))
            await promote(sharing(services), model, stage="production", judge=judge_of(model))

    async def second(services: RegistryServices) -> None:
        await repair(sharing(services))
        assert () == await verify(sharing(services))
        assert version_of(2) == there.linked("production")
        await rollback(sharing(services), NAME)
        assert version_of(1) == there.linked("active")

    async def third(services: RegistryServices) -> None:
        assert version_of(2) == here.linked("production")
        assert 1 <= len(await verify(sharing(services)))
        await repair(sharing(services))
        assert () == await verify(sharing(services))
        assert version_of(1) == here.linked("production")

    here.within(first)
    there.within(second)
    here.within(third)


def test_processes_that_promote_by_the_command(tmp_path: Path, postgres: PostgresDatabases) -> None:
    """On both databases: one model is in production, each promotion has its line, and the link is right."""
    program = Path(promoting_at_once.__file__)
    paths = os.pathsep.join([str(program.parent), *sys.path])
    with postgres.new() as server:
        done = subprocess.run(
            [
                sys.executable,
                program,
                tmp_path,
                str(PROCESSES),
                str(EACH),
                f"sqlite:///{tmp_path}/db",
                server,
            ],
            env={**os.environ, "PYTHONPATH": paths},
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
    assert 0 == done.returncode, done.stderr
    many = PROCESSES * EACH
    for line in done.stdout.splitlines():
        told = json.loads(line)
        assert [told["link"]] == told["in_production"]
        expected = {"archived": many - 1, "reasons": many, "serials": many, "replaced": many, "refused": 0}
        assert expected.items() <= told.items()
    assert 2 == len(done.stdout.splitlines())
