"""Acts that are killed at one step after another, and what `repair` makes of what they leave.

A program of its own, so that it can fork: it imports everything once, and has no thread when it does. One
child lays out a registry. Then, for each step of each act, one acts on a copy of it and kills itself right
before that step (a file opened to be written, a directory made, something renamed, linked or removed, a step
that was told), and another looks at what is left, repairs it and acts again.

At last one child rolls back and forth while whoever reads gets one whole bundle after the other.

``python tests/killed_acts.py BUNDLES SCRATCH [URL | --every]`` prints a line for each act. With ``--every``
all acts are killed at every step, else those of `NAMED` at some. With the URL of a PostgreSQL database that
has our tables and no rows, acts are killed there too, when they tell of a step.
"""

import json
import os
import shutil
import signal
import sys
import traceback
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from gradewise.models.bundles.bundle import load_bundle
from gradewise.models.bundles.storage import read_bundle_files, verify_files
from gradewise.registry.records import ModelRecord
from gradewise.telemetry import Event
from gradewise.work_events import StepTaken
from gradewise.workflows.plans.registry import RetentionPlan
from gradewise.workflows.registry.archive import archive
from gradewise.workflows.registry.promote import promote
from gradewise.workflows.registry.prune import prune
from gradewise.workflows.registry.register import register
from gradewise.workflows.registry.repair import repair
from gradewise.workflows.registry.rollback import rollback
from gradewise.workflows.registry.services import RegistryServices
from gradewise.workflows.registry.verify import verify
from lifecycle_trials import NAME, Place, judge_of, version_of

CHANGES = frozenset(
    {"os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.symlink", "os.link", "os.truncate"}
)
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT
NAMED = ("register", "promote to production", "rollback", "prune")
"""Acts that are killed unless all of them are."""
SAMPLED = 2
"""At how many steps of an act it is killed, unless it is at every one."""
ROLLBACKS = 20
"""Made while another process reads."""
OLD, BETWEEN, NEW, BROKEN = 0, 10, 20, 1
"""What a child says with its exit status of the state that a repair ended in."""

Stages = Mapping[str, str]
Listen = Callable[[Event], None]
ActOn = Callable[[RegistryServices, Listen], Awaitable[object]]


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


def registering(bundle: Path) -> ActOn:
    """Register a bundle."""
    return lambda services, listener: register(services, bundle, listener=listener)


def promoting(number: int, stage: Literal["staging", "production"]) -> ActOn:
    """Promote a model."""

    async def act(services: RegistryServices, listener: Listen) -> object:
        model = await numbered(services, number)
        return await promote(services, model, stage=stage, judge=judge_of(model), listener=listener)

    return act


def rolling_back(number: int) -> ActOn:
    """Roll back to a model."""

    async def act(services: RegistryServices, listener: Listen) -> object:
        return await rollback(services, NAME, to=await numbered(services, number), listener=listener)

    return act


def archiving(number: int) -> ActOn:
    """Put a model away."""

    async def act(services: RegistryServices, listener: Listen) -> object:
        return await archive(services, await numbered(services, number), listener=listener)

    return act


def pruning() -> ActOn:
    """Delete every bundle that is not in use."""
    keep_nothing = RetentionPlan(newest=0, days=0, former=0)
    return lambda services, listener: prune(services, keep_nothing, listener=listener)


def acts(bundles: Path) -> Mapping[str, ActOn]:
    """What is done and killed; done again, each ends in the same state."""
    return {
        "register": registering(bundles / "5"),
        "promote to production": promoting(3, "production"),
        "promote to staging": promoting(4, "staging"),
        "rollback": rolling_back(1),
        "archive": archiving(2),
        "prune": pruning(),
    }


def acts_in_a_row(bundles: Path) -> Sequence[tuple[str, ActOn, str, int]]:
    """Acts on one registry, each with the step at which it is killed and the state that is left."""
    return (
        ("register", registering(bundles / "5"), "stored", OLD),
        ("promote to production", promoting(3, "production"), "held", OLD),
        ("promote to staging", promoting(4, "staging"), "recorded", NEW),
        ("rollback", rolling_back(1), "recorded", NEW),
        ("rollback", rolling_back(3), "held", OLD),
        ("prune", pruning(), "recorded", BETWEEN),
    )


@dataclass
class Steps:
    """Counts steps that change files or are told, and kills this process at one of them."""

    within: str
    kill_at: int | str | None
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
        # What lies in a directory that is removed is named from there.
        below = event in {"os.remove", "os.rmdir"} and args[1] != -1
        if (opens or event in CHANGES) and (below or self.within in str(args[0])):
            self._take(event)

    def _take(self, step: str) -> None:
        if self.kill_at in {len(self.seen), step}:
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
        except BaseException:  # noqa: BLE001 - it is told, and the child ends here
            traceback.print_exc()
        finally:
            sys.stderr.flush()
            os._exit(status)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def killed(place: Place, act: ActOn, at: int | str) -> bool:
    """Whether an act reached the step at which it was to be killed."""

    def work() -> int:
        steps = Steps(str(place.path), at, [])

        async def acting(services: RegistryServices) -> None:
            steps.watch()
            await act(services, steps.told)

        place.within(acting)
        return OLD

    return in_child(work) == -signal.SIGKILL


async def stages_of(services: RegistryServices) -> Stages:
    """Where each version stands."""
    models = await services.registry.models(name=NAME)
    return {each.version: "pruned" if each.pruned_at else each.stage for each in models}


def check_readers(place: Place) -> None:
    """Whoever reads a link or a store gets whole bundles."""
    for link in ("production", "staging", "active"):
        path = place.path / "models" / NAME / link
        if path.exists():
            verify_files(read_bundle_files(path))
        # When production is emptied, its other name leads nowhere for a moment, which is nothing too.
        assert path.exists() or not path.is_symlink() or link == "active", f"{path} leads nowhere"
    for store in place.stores:
        for content_id in store.content_ids():
            store.get(content_id)


def checked(place: Place, act: ActOn, old: Stages) -> int:
    """Repair, and act again; in which state the repair ended."""

    def work() -> int:
        found: list[int] = []

        async def checking(services: RegistryServices) -> None:
            found.append(await check(services, act, old))

        place.within(checking)
        return found[0]

    return in_child(work)


async def check(services: RegistryServices, act: ActOn, old: Stages) -> int:
    """Repair, and act again; says in which state the repair ended."""
    await repair(services)
    assert await verify(services) == ()
    found = await stages_of(services)
    await act(services, lambda _: None)
    new = await stages_of(services)
    assert new != old
    if found in (old, new):
        return OLD if found == old else NEW
    # Each model that is pruned is an act of its own.
    assert "pruned" in found.values()
    assert all(found[version] in (old[version], new[version]) for version in found), found
    return BETWEEN


def recorded(place: Place, act: ActOn | None = None) -> tuple[Sequence[str], Stages]:
    """The steps of an act that is left alone, and where every model stands afterwards."""
    told = place.path / "told.json"

    def work() -> int:
        steps = Steps(str(place.path), None, [])

        async def acting(services: RegistryServices) -> None:
            if act is not None:
                steps.watch()
                await act(services, steps.told)
            seen = list(steps.seen)
            told.write_text(json.dumps([seen, dict(await stages_of(services))]))

        place.within(acting)
        return OLD

    assert in_child(work) == OLD
    seen, stages = json.loads(told.read_text())
    return seen, stages


def kill_points(n_steps: int, *, every: bool) -> Sequence[int]:
    """At which steps an act is killed: the last, and others at even distances."""
    wanted = n_steps if every else min(SAMPLED, n_steps)
    return [n_steps - 1 - n_steps * number // wanted for number in range(wanted)]


def copied(start: Place) -> Place:
    """A copy of a place that has its database beside the models."""
    place = Place(start.path.with_name("copy"))
    shutil.rmtree(place.path, ignore_errors=True)
    shutil.copytree(start.path, place.path, symlinks=True)
    return place


def laid_out(place: Place, bundles: Path) -> Place:
    """The place, with a registry in it."""
    place.path.mkdir()

    def work() -> int:
        place.within(lambda services: lay_out(services, bundles))
        return OLD

    assert in_child(work) == OLD
    return place


def kill_at_steps(start: Place, name: str, act: ActOn, *, every: bool) -> str:
    """Kill an act at one step after another, each on a copy; a line that says what came of it."""
    old, steps = recorded(copied(start))[1], recorded(copied(start), act)[0]
    found = {OLD: 0, BETWEEN: 0, NEW: 0}
    for number in kill_points(len(steps), every=every):
        place = copied(start)
        assert killed(place, act, number)
        check_readers(place)
        status = checked(place, act, old)
        assert status in found, f"{name}, killed before step {number} ({steps[number]})"
        found[status] += 1
    return line(name, len(steps), found)


def kill_in_a_row(place: Place, bundles: Path) -> str:
    """Kill acts at steps that they tell, one after the other on one registry."""
    found = {OLD: 0, BETWEEN: 0, NEW: 0}
    for name, act, step, expected in acts_in_a_row(bundles):
        old = recorded(place)[1]
        assert killed(place, act, step), f"{name} never told of {step}"
        check_readers(place)
        status = checked(place, act, old)
        assert status == expected, f"{name}, killed at {step}: {status}"
        found[status] += 1
    return line("in a row", sum(found.values()), found)


def read_meanwhile(start: Place) -> str:
    """Read what is in production while a child rolls back and forth; a line on what was read."""
    place, seen = copied(start), []
    child = os.fork()
    if child == 0:
        status = BROKEN
        try:
            place.within(back_and_forth)
            status = OLD
        finally:
            os._exit(status)
    while not (ended := os.waitpid(child, os.WNOHANG))[0]:
        seen.append(load_bundle(place.models / NAME / "production").metadata.version)
    assert ended == (child, OLD)
    return json.dumps({"act": "read meanwhile", "readings": len(seen), "models": sorted(set(seen))})


async def back_and_forth(services: RegistryServices) -> None:
    """Roll back to one of two models, and to the other."""
    for number in range(ROLLBACKS):
        await rolling_back(1 + number % 2)(services, lambda _: None)


def line(name: str, n_steps: int, found: Mapping[int, int]) -> str:
    """What came of an act that was killed."""
    told = {"act": name, "steps": n_steps, "killed": sum(found.values())}
    return json.dumps({**told, "old": found[OLD], "between": found[BETWEEN], "new": found[NEW]})


def tell(told: str) -> None:
    """Print a line at once."""
    sys.stdout.write(f"{told}\n")
    sys.stdout.flush()


def main() -> None:
    """Kill every act, and say what came of it."""
    bundles, scratch = Path(sys.argv[1]), Path(sys.argv[2])
    every, urls = "--every" in sys.argv, [option for option in sys.argv[3:] if option != "--every"]
    start = laid_out(Place(scratch / "start"), bundles)
    # What is compiled at the first use is shared by all children; no thread outlives this.
    copied(start).within(lambda services: rolling_back(1)(services, lambda _: None))
    for name, act in acts(bundles).items():
        if every or name in NAMED:
            tell(kill_at_steps(start, name, act, every=every))
    tell(read_meanwhile(start))
    for url in urls:
        tell(kill_in_a_row(laid_out(Place(scratch / "server", url=url), bundles), bundles))


if __name__ == "__main__":
    main()
