"""Acts that are killed at one step after another, and what `repair` makes of what they leave.

A program of its own, so that it can fork: it imports everything once, never opens anything itself, and leaves
all work to children. One lays out a registry; then, for each step of each act, one acts on a copy of it and
kills itself right before that step (a file opened to be written, a directory made, something renamed, linked
or removed, a step that was told), and another looks at what is left, repairs it and acts again.

``python tests/killed_acts.py BUNDLES SCRATCH [--every]`` prints a line for each act; with ``--every``, it is
killed at every step, else at some of them.
"""

import asyncio
import json
import os
import shutil
import signal
import sys
import traceback
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gradewise.adapters.directory_store import DirectoryStore
from gradewise.adapters.sql.addresses import sqlite_address
from gradewise.adapters.sql.registry import open_registry
from gradewise.models.bundle_storage import read_bundle_files, verify_files
from gradewise.registry.records import ModelRecord
from gradewise.telemetry import Event, StepTaken
from gradewise.workflows.plan_registry import RetentionPlan
from gradewise.workflows.registry.archive import archive
from gradewise.workflows.registry.promote import promote
from gradewise.workflows.registry.prune import prune
from gradewise.workflows.registry.register import register
from gradewise.workflows.registry.repair import repair
from gradewise.workflows.registry.rollback import rollback
from gradewise.workflows.registry.services import RegistryServices
from gradewise.workflows.registry.verify import verify
from lifecycle_trials import NAME, Clock, judge_of, version_of

CHANGES = frozenset({"os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.symlink", "os.link", "os.truncate"})
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT
OPENS_BETWEEN = 6
"""How many files are written for each one at which an act is killed, unless it is at every step."""
OLD, BETWEEN, NEW, BROKEN = 0, 10, 20, 1
"""What a child says with its exit status of the state that a repair ended in."""

Stages = Mapping[str, str]
Listen = Callable[[Event], None]
ActOn = Callable[[RegistryServices, Listen], Awaitable[object]]


@asynccontextmanager
async def opened(place: Path):  # type: ignore[no-untyped-def]
    """The registry of a directory, with two stores."""
    models = place / "models"
    async with open_registry(sqlite_address(models / ".registry" / "registry.sqlite")) as registry:
        yield RegistryServices(
            registry=registry,
            stores=(DirectoryStore(models / ".registry" / "store"), DirectoryStore(place / "far")),
            models_directory=models,
            user="teacher@school",
            clock=Clock(),
        )


async def lay_out(services: RegistryServices, bundles: Path) -> None:
    """Model 2 is in production, where 1 was before; 3 is in staging, 4 was registered, 5 was not."""
    for number in (1, 2, 3, 4):
        model = await register(services, bundles / str(number))
        if number <= 3:
            await promote(services, model, stage="staging", judge=judge_of(model))
        if number <= 2:
            await promote(services, model, stage="production", judge=judge_of(model))


async def numbered(services: RegistryServices, number: int) -> ModelRecord:
    """A registered model."""
    return (await services.registry.find_models(version_of(number)))[0]


def acts(bundles: Path) -> Mapping[str, ActOn]:
    """What is done and killed; done again, each ends in the same state."""

    async def registering(services: RegistryServices, listener: Listen) -> object:
        return await register(services, bundles / "5", listener=listener)

    async def promoting(services: RegistryServices, listener: Listen) -> object:
        model = await numbered(services, 3)
        return await promote(services, model, stage="production", judge=judge_of(model), listener=listener)

    async def staging(services: RegistryServices, listener: Listen) -> object:
        model = await numbered(services, 4)
        return await promote(services, model, stage="staging", judge=judge_of(model), listener=listener)

    async def rolling_back(services: RegistryServices, listener: Listen) -> object:
        return await rollback(services, NAME, to=await numbered(services, 1), listener=listener)

    async def archiving(services: RegistryServices, listener: Listen) -> object:
        return await archive(services, await numbered(services, 2), listener=listener)

    async def pruning(services: RegistryServices, listener: Listen) -> object:
        return await prune(services, RetentionPlan(newest=0, days=0, former=0), listener=listener)

    return {
        "register": registering,
        "promote to production": promoting,
        "promote to staging": staging,
        "rollback": rolling_back,
        "archive": archiving,
        "prune": pruning,
    }


@dataclass
class Steps:
    """Counts steps that change files or are told, and kills this process at one of them."""

    within: str
    kill_at: int | None
    seen: list[str]

    def watch(self) -> None:
        """From now on."""
        sys.addaudithook(self._audit)

    def told(self, event: Event) -> None:
        """Count a step that was told."""
        if isinstance(event, StepTaken):
            self._take(event.step)

    def _audit(self, event: str, args: tuple[Any, ...]) -> None:
        opens = event == "open" and isinstance(args[2], int) and args[2] & WRITING
        if (opens or event in CHANGES) and isinstance(args[0], str | Path) and self.within in str(args[0]):
            self._take(event)

    def _take(self, step: str) -> None:
        if len(self.seen) == self.kill_at:
            os.kill(os.getpid(), signal.SIGKILL)
        self.seen.append(step)


def in_child(work: Callable[[], int]) -> int:
    """The exit status of work done in a child; negative for the signal that ended it."""
    sys.stdout.flush()
    child = os.fork()
    if child == 0:
        status = BROKEN
        try:
            status = work()
        except BaseException:
            traceback.print_exc()
        finally:
            sys.stderr.flush()
            os._exit(status)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def within(place: Path, act: ActOn, listener: Listen) -> None:
    """Act on the registry of a directory."""

    async def run() -> None:
        async with opened(place) as services:
            await act(services, listener)

    asyncio.run(run())


async def stages_of(services: RegistryServices) -> Stages:
    """Where each version stands."""
    models = await services.registry.models(name=NAME)
    return {each.version: "pruned" if each.pruned_at else each.stage for each in models}


def check_readers(place: Path) -> None:
    """Whoever reads a link or a store gets whole bundles."""
    for link in ("production", "staging", "active"):
        path = place / "models" / NAME / link
        if path.exists():
            verify_files(read_bundle_files(path))
        assert path.exists() or not path.is_symlink(), f"{path} leads nowhere"
    for store in (DirectoryStore(place / "models" / ".registry" / "store"), DirectoryStore(place / "far")):
        for content_id in store.content_ids():
            store.get(content_id)


async def check(services: RegistryServices, act: ActOn, old: Stages, new: Stages) -> int:
    """Repair, and act again; says in which state the repair ended."""
    await repair(services)
    assert await verify(services) == ()
    assert await repair(services) == ()
    found = await stages_of(services)
    if found not in (old, new):
        # Each model that is pruned is an act of its own.
        assert all(found[version] in (old.get(version), new[version]) for version in found), found
        assert "pruned" in found.values()
    await act(services, lambda _: None)
    assert new == await stages_of(services)
    assert await verify(services) == ()
    return OLD if found == old else NEW if found == new else BETWEEN


def kill_points(steps: Sequence[str], *, every: bool) -> Iterator[int]:
    """At which steps an act is killed."""
    opens = 0
    for number, step in enumerate(steps):
        opens += step == "open"
        if every or step != "open" or opens % OPENS_BETWEEN == 1:
            yield number


class Killing:
    """Kills acts on copies of one registry."""

    def __init__(self, bundles: Path, scratch: Path) -> None:
        self._bundles, self._scratch, self._start = bundles, scratch, scratch / "start"

    def lay_out(self) -> None:
        """Make the registry of which every act gets a copy."""
        self._start.mkdir()

        def work() -> int:
            within(self._start, lambda services, _: lay_out(services, self._bundles), lambda _: None)
            return OLD

        assert in_child(work) == OLD

    def kill(self, name: str, act: ActOn, *, every: bool) -> str:
        """Kill an act at one step after another; a line that says what came of it."""
        old, (steps, new) = self._recorded(None)[1], self._recorded(act)
        found = {OLD: 0, BETWEEN: 0, NEW: 0}
        for number in kill_points(steps, every=every):
            place = self._copy()
            assert in_child(lambda: self._act(place, act, number)) == -signal.SIGKILL
            check_readers(place)
            status = in_child(lambda: self._check(place, act, old, new))
            assert status in found, f"{name}, killed before step {number} ({steps[number]})"
            found[status] += 1
        return json.dumps(
            {"act": name, "steps": len(steps), "killed": sum(found.values()), "old": found[OLD],
             "between": found[BETWEEN], "new": found[NEW]}
        )  # fmt: skip

    def _copy(self) -> Path:
        place = self._scratch / "copy"
        shutil.rmtree(place, ignore_errors=True)
        shutil.copytree(self._start, place, symlinks=True)
        return place

    def _recorded(self, act: ActOn | None) -> tuple[list[str], Stages]:
        """The steps of an act that is left alone, and what it leads to."""
        place, told = self._copy(), self._scratch / "told.json"

        def work() -> int:
            steps = Steps(str(place), None, [])

            async def acting(services: RegistryServices, _: Listen) -> None:
                if act is not None:
                    steps.watch()
                    await act(services, steps.told)
                seen = list(steps.seen)
                told.write_text(json.dumps([seen, dict(await stages_of(services))]))

            within(place, acting, lambda _: None)
            return OLD

        assert in_child(work) == OLD
        seen, stages = json.loads(told.read_text())
        return seen, stages

    def _act(self, place: Path, act: ActOn, number: int) -> int:
        steps = Steps(str(place), number, [])

        async def acting(services: RegistryServices, _: Listen) -> None:
            steps.watch()
            await act(services, steps.told)

        within(place, acting, lambda _: None)
        return OLD

    def _check(self, place: Path, act: ActOn, old: Stages, new: Stages) -> int:
        status = BROKEN

        async def checking(services: RegistryServices, _: Listen) -> None:
            nonlocal status
            status = await check(services, act, old, new)

        within(place, checking, lambda _: None)
        return status


def main() -> None:
    """Kill every act, and say what came of it."""
    bundles, scratch, *options = sys.argv[1:]
    killing = Killing(Path(bundles), Path(scratch))
    killing.lay_out()
    for name, act in acts(Path(bundles)).items():
        print(killing.kill(name, act, every="--every" in options), flush=True)


if __name__ == "__main__":
    main()
