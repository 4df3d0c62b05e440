"""`make bench-registry-crash`: acts of the registry are killed, at every step and at random, and repaired.

Three questions, each on real files and databases. Every act is killed before every step that changes a file,
on SQLite, and at steps that it tells, on PostgreSQL (`tests/killed_acts.py`). A process that acts at random
is killed at random moments, and repaired each time. Eight processes promote 56 models of one name at once, by
the command (`tests/promoting_at_once.py`). Prints tables, and writes `benchmarks/output/registry_crash.json`.
"""

import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

TESTS = Path(__file__).parents[1] / "tests"
sys.path.insert(0, str(TESTS))

from databases import lay_out_registry, postgres_databases  # noqa: E402 - found by the path above
from gradewise.errors import RegistryError  # noqa: E402
from gradewise.models.bundles.contents import write_bundle  # noqa: E402
from gradewise.testing.graders import made_up_bundle, made_up_grader  # noqa: E402
from gradewise.workflows.plans.registry import RetentionPlan  # noqa: E402
from gradewise.workflows.registry.archive import archive  # noqa: E402
from gradewise.workflows.registry.promote import promote  # noqa: E402
from gradewise.workflows.registry.prune import prune  # noqa: E402
from gradewise.workflows.registry.register import register  # noqa: E402
from gradewise.workflows.registry.repair import repair  # noqa: E402
from gradewise.workflows.registry.rollback import rollback  # noqa: E402
from gradewise.workflows.registry.services import RegistryServices  # noqa: E402
from gradewise.workflows.registry.verify import verify  # noqa: E402
from killed_acts import check_readers, in_child  # noqa: E402
from lifecycle_trials import NAME, Place, judge_of, version_of  # noqa: E402

OUTPUT = Path(__file__).parent / "output"
N_BUNDLES = 60
SECONDS = 10.0
"""For how long a process acts at random, repairs not counted."""
LONGEST_S = 0.4
"""The longest that it is left alone before it is killed."""
PROCESSES, EACH = 8, 7
SEED = 11
KEEP_LITTLE = RetentionPlan(newest=3, days=0, former=1)
ACTS = ("register", "register", "stage", "stage", "promote", "promote", "rollback", "archive", "prune")
"""What is done at random; what stands there twice is done twice as often."""


@dataclass
class Killed:
    """What came of a process that was killed at random."""

    kills: int = 0
    """How often."""
    acts: dict[str, int] = field(default_factory=dict)
    """What it had done by then, by kind of act, as the audit trail tells."""
    repairs: int = 0
    """After how many of the kills there was something to mend."""
    unsound: int = 0
    """After how many something was not right even then."""
    slowest_repair_s: float = 0.0
    """Of all, with the checks after it."""


def make_bundles(directory: Path) -> None:
    """Bundles of one grader, numbered from 1."""
    grader, boosters = made_up_grader()
    for number in range(1, N_BUNDLES + 1):
        bundle = made_up_bundle(grader, boosters, name=NAME, version=version_of(number))
        write_bundle(bundle, directory / str(number))


def swept(bundles: Path, scratch: Path, url: str) -> Sequence[Mapping[str, Any]]:
    """Kill every act at every step; a line for each."""
    program = [sys.executable, str(TESTS / "killed_acts.py"), str(bundles), str(scratch), url, "--every"]
    done = subprocess.run(program, stdout=subprocess.PIPE, text=True, check=True, env=_environment())
    return [json.loads(line) for line in done.stdout.splitlines()]


def _environment() -> Mapping[str, str]:
    return {**os.environ, "PYTHONPATH": os.pathsep.join([str(TESTS), *sys.path])}


async def act_at_random(bundles: Path, seed: int, begins: int, services: RegistryServices) -> None:
    """Do one thing after the other, for ever; what is refused is passed over."""
    dice = random.Random(seed)
    os.write(begins, b".")
    while True:
        try:
            await _act(services, bundles, dice)
        except RegistryError:
            continue


async def _act(services: RegistryServices, bundles: Path, dice: random.Random) -> None:
    models = await services.registry.models(name=NAME)
    act = dice.choice(ACTS)
    if act == "register" or not models:
        await register(services, bundles / str(dice.randint(1, N_BUNDLES)))
    elif act == "rollback":
        await rollback(services, NAME)
    elif act == "prune":
        await prune(services, KEEP_LITTLE)
    elif act == "archive":
        await archive(services, dice.choice(models))
    else:
        model, stage = dice.choice(models), "staging" if act == "stage" else "production"
        await promote(services, model, stage=stage, judge=judge_of(model))  # type: ignore[arg-type]


def killed_at_random(place: Place, bundles: Path) -> Killed:
    """Kill a process that acts at random at random moments, and repair after each."""
    dice, found, left = random.Random(SEED), Killed(), SECONDS
    place.path.mkdir()
    while left > 0:
        after = dice.uniform(0, LONGEST_S)
        left -= after
        _kill(place, bundles, seed=dice.getrandbits(32), after=after)
        found.kills += 1
        began = time.perf_counter()
        found.unsound += in_child(partial(_mended, place)) != 0
        found.slowest_repair_s = max(found.slowest_repair_s, round(time.perf_counter() - began, 2))
        told = json.loads((place.path / "told.json").read_text())
        found.repairs += told["mended"] > 0
        found.acts = told["acts"]
    return found


def _kill(place: Place, bundles: Path, *, seed: int, after: float) -> None:
    begun, begins = os.pipe()
    child = os.fork()
    if child == 0:
        place.within(partial(act_at_random, bundles, seed, begins))
    os.close(begins)
    with os.fdopen(begun, "rb", buffering=0) as began:
        began.read(1)
        time.sleep(after)
        os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)


def _mended(place: Place) -> int:
    """Repair, and look at everything; how many things are not right."""
    wrong: list[str] = []

    async def _asked(services: RegistryServices) -> None:
        check_readers(place)
        done = await repair(services)
        wrong.extend(each.what for each in done if not each.mended)
        wrong.extend(f"{each.where}: {each.what}" for each in await verify(services))
        state = await services.registry.state(NAME)
        if sum(model.stage == "production" for model in state.models) > 1:
            wrong.append("several models are in production")
        acts = Counter(change.act for change in state.changes)
        told = {"mended": len(done), "acts": acts}
        (place.path / "told.json").write_text(json.dumps(told), encoding="utf-8")

    place.within(_asked)
    sys.stderr.writelines(f"WRONG: {each}\n" for each in wrong)
    return len(wrong)


def promoted(scratch: Path, url: str) -> Sequence[Mapping[str, Any]]:
    """Promote in many processes at once, on SQLite and on PostgreSQL."""
    scratch.mkdir()
    program = [sys.executable, str(TESTS / "promoting_at_once.py"), str(scratch), str(PROCESSES), str(EACH)]
    done = subprocess.run(
        [*program, f"sqlite:///{scratch}/registry.sqlite", url],
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        env=_environment(),
    )
    return [json.loads(line) for line in done.stdout.splitlines()]


def show_sweep(lines: Sequence[Mapping[str, Any]]) -> None:
    """The table of acts."""
    print("| act | steps | kills | old state | one by one | new state | repaired |")
    print("|---|---|---|---|---|---|---|")
    for line in lines:
        sound = line["old"] + line["between"] + line["new"]
        row = [line["act"], line["steps"], line["killed"], line["old"], line["between"], line["new"], sound]
        print(f"| {' | '.join(map(str, row))} |")


def show_killed(kind: str, killed: Killed) -> None:
    """A line on random kills."""
    acts = ", ".join(f"{count} {act}" for act, count in sorted(killed.acts.items()))
    print(
        f"{kind}: {killed.kills} random kills ({acts}); something to mend after {killed.repairs}, not right "
        f"afterwards {killed.unsound}, slowest repair and check {killed.slowest_repair_s} s"
    )


def show_promoted(kind: str, told: Mapping[str, Any]) -> None:
    """A line on promotions."""
    link = "right" if [told["link"]] == told["in_production"] else "WRONG"
    print(
        f"{kind}: {PROCESSES * EACH} promotions by {PROCESSES} processes in {told['seconds']} s: "
        f"{len(told['in_production'])} in production, {told['serials']} audit lines, "
        f"{told['refused']} refused, link {link}"
    )


def main() -> int:
    """Kill, repair, count; 1 when anything was not right."""
    results: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as directory, postgres_databases(lay_out_registry) as databases:
        scratch, bundles = Path(directory), Path(directory) / "bundles"
        bundles.mkdir()
        make_bundles(bundles)
        (scratch / "sweep").mkdir()
        with databases.new() as url:
            *killed, read, in_a_row = swept(bundles, scratch / "sweep", url)
            results |= {"swept": [*killed, in_a_row], "read meanwhile": read}
            show_sweep(results["swept"])
            print(f"{read['readings']} whole bundles read meanwhile, of {len(read['models'])} models")
        with databases.new() as url:
            for kind, place in (
                ("SQLite", Place(scratch / "sqlite")),
                ("PostgreSQL", Place(scratch / "server", url=url)),
            ):
                found = killed_at_random(place, bundles)
                show_killed(kind, found)
                results[f"killed at random, {kind}"] = asdict(found)
        with databases.new() as url:
            results["promoted"] = promoted(scratch / "promoted", url)
            for kind, told in zip(("SQLite", "PostgreSQL"), results["promoted"], strict=True):
                show_promoted(kind, told)
    OUTPUT.mkdir(exist_ok=True)
    (OUTPUT / "registry_crash.json").write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")
    return int(any(each["unsound"] for key, each in results.items() if key.startswith("killed")))


if __name__ == "__main__":
    sys.exit(main())
