"""What a running service makes of everything that may happen to it, told by what its clients get.

`make bench-serving-faults` trains a small model, and then, each time with clients that ask without a pause:
puts damaged bundles where the service looks, kills it, locks its database, fills its disk, stops PostgreSQL
and Valkey, kills whoever exchanges production at one step after another, stops and kills the challenger, and
lets two services make one batch final at once. It prints a table, and writes
`benchmarks/output/serving_faults.json`.
"""

import asyncio
import os
import re
import resource
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from itertools import pairwise
from pathlib import Path

import damaged_bundles as damaged
from asking_clients import Clients
from benchmarks.measurements import Measurement, show, write
from databases import PostgresDatabases, lay_out_registry, own_server
from gradewise.bootstrap.databases import batches_from, score_log_from
from gradewise.cli.main import run
from gradewise.models.bundles.storage import content_id, read_plain_files
from gradewise.settings import read_settings
from gradewise.testing.judged import NOON, made_up_batch
from gradewise.workflows.scoring.verify_log import verify_log
from served_process import ServedProcess, served_process
from trials import only_run, small_plan
from valkey_server import valkey_server

TESTS = Path(__file__).parents[1] / "tests"

KILLS, ASKERS = 3, 50
WHILE_S, BACK_S = 4.0, 9.0
"""Seconds that something is away; seconds after which all is as before."""
FRESH = "School is good, and it is fun. Number {}."
FULL_AT = 400_000
STARVED = (
    "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
    f"resource.setrlimit(resource.RLIMIT_FSIZE, ({FULL_AT}, resource.RLIM_INFINITY))"
)
ENDLESS = (resource.RLIM_INFINITY, resource.RLIM_INFINITY)


def small_model(directory: Path) -> Path:
    """The bundle of a small model."""
    code = run(["train", str(small_plan(directory)), "--output", str(directory / "output")])
    if code:
        raise RuntimeError(f"training ended with {code}")
    return only_run(directory / "output") / "artifacts" / "bundle"


def ask(service: ServedProcess, seconds: float, text: str = FRESH) -> Clients:
    """What clients get for some seconds."""
    with Clients(service, text) as clients:
        time.sleep(seconds)
    return clients


def lost(environment: Mapping[str, str], *asked: Clients) -> int:
    """Answers that were given and are not in the log; an error where its chain is broken."""

    async def kept() -> set[str]:
        found, after = set[str](), 0
        async with score_log_from(read_settings(environment)) as log:
            if breaks := (await verify_log(log)).breaks:
                raise AssertionError(f"the chain is broken: {breaks[:3]}")
            while page := await log.records(after=after):
                found |= {record.draft.id for record in page}
                after = page[-1].serial
        return found

    return len({name for clients in asked for name in clients.score_ids} - asyncio.run(kept()))


def figures(trial: str, environment: Mapping[str, str], *asked: Clients) -> Iterator[Measurement]:
    """What every trial is held against."""
    total = sum(sum(each.statuses.values()) for each in asked)
    failed = total - sum(each.statuses[200] for each in asked)
    lacks = sorted(set().union(*(each.lacks for each in asked)))
    note = f"n = {total:,}" + (f"; said to lack {', '.join(lacks)}" if lacks else "")
    yield Measurement(name=f"{trial}: not answered", value=failed, unit="requests", asked=0, note=note)
    yield Measurement(
        name=f"{trial}: lost", value=lost(environment, *asked), unit="answers", asked=0, note="chain whole"
    )


def beside(service: ServedProcess) -> dict[str, str]:
    """Settings that lead to the database of a service."""
    return {"GRADEWISE_MODELS_DIR": str(service.models), **service.environment}


def damages(bundle: Path, directory: Path) -> Iterator[Measurement]:
    """Damaged bundles."""
    models = damaged.DeployedModels(directory / "models", bundle, "essays")
    ways, right = {**damaged.UNTRIED, **damaged.TRIED}, 0
    with served_process(directory, "--name", "essays", "--poll", "0") as service:
        with service.client() as client, Clients(service) as clients:
            for damage, reasons in ways.values():
                models.put(damage)
                (told,) = client.post("/v1/models/reload").json()["reloads"]
                right += told["outcome"] == "refused" and told["reason"] in reasons.split("|")
        if len(clients.digests) != 1:
            raise AssertionError(f"answers came from {clients.digests}")
        yield from figures("damaged bundles", beside(service), clients)
    yield Measurement(
        name="damaged bundles refused for what they are", value=right, unit="ways", asked=len(ways),
        better="higher",
    )  # fmt: skip


def serial_and_counted(service: ServedProcess) -> float:
    """The number of the last answer, once the metrics know of it; an error where they show what is gone."""
    with service.client() as client:
        while True:
            text = client.get("/metrics").text
            values = dict(re.findall(r"^(cj_ml_\S+) (\S+)$", text, re.MULTILINE))
            models = [name for name in values if name.startswith("cj_ml_model_info")]
            counted = sum(float(values[name]) for name in values if name.startswith("cj_ml_answers_total"))
            if len(models) != 1 or counted > 1:
                raise AssertionError(f"a new process shows {counted} answers of {models}")
            if "cj_ml_score_log_serial" in values:
                return float(values["cj_ml_score_log_serial"])
            time.sleep(0.1)


def kills(bundle: Path, directory: Path) -> Iterator[Measurement]:
    """Kill -9 under load, at last while the database is locked."""
    service, asked = ServedProcess(directory, ("--model", str(bundle), "--poll", "0")), []
    starts, back, serials = list[float](), list[float](), [0.0]
    for _ in range(KILLS):
        began = time.monotonic()
        service.start()
        with service.client() as client:
            client.post("/v1/score", json={"text": FRESH}).raise_for_status()
        back.append(time.monotonic() - began)
        starts.append(service.cpu_s())
        serials.append(serial_and_counted(service))
        with Clients(service, FRESH) as clients:
            time.sleep(WHILE_S)
            service.kill()
        asked.append(clients)
    service.start()
    lock = sqlite3.connect(service.models / ".registry" / "registry.sqlite", isolation_level=None)
    lock.execute("BEGIN IMMEDIATE")
    asked.append(ask(service, WHILE_S))
    service.kill()
    lock.execute("ROLLBACK")
    lock.close()
    service.start()
    asked.append(ask(service, BACK_S))
    service.stop()
    yield from figures("kill -9, locked", beside(service), *asked)
    yield Measurement(name="processor time of a start", value=max(starts), unit="s", note=f"of {KILLS}")
    yield Measurement(
        name="started until the first answer, longest", value=max(back), unit="s", asked=10,
        note=f"of {KILLS}; a supervisor waits a tenth of a second before it starts again",
    )  # fmt: skip
    yield Measurement(
        name="last answer by the metrics, lower than before a kill", unit="times", asked=0,
        value=sum(later < earlier for earlier, later in pairwise(serials)),
        note=f"{', '.join(f'{each:,.0f}' for each in serials[1:])}: counters begin anew, this does not",
    )  # fmt: skip


def full_disk(bundle: Path, directory: Path) -> Iterator[Measurement]:
    """No file may grow any more, and then it may."""
    with served_process(directory, "--model", bundle, "--poll", "0", before=STARVED) as service:
        starved = ask(service, 2 * WHILE_S)
        resource.prlimit(service.pid, resource.RLIMIT_FSIZE, ENDLESS)
        after = ask(service, BACK_S)
        service.stop()
        yield Measurement(
            name="full disk: refused, not given unlogged", value=starved.statuses[503], unit="requests",
            note=f"n = {sum(starved.statuses.values()):,}; {dict(starved.statuses)}",
        )  # fmt: skip
        yield from figures("room again", beside(service), after)
        yield Measurement(
            name="full disk: lost", value=lost(beside(service), starved), unit="answers", asked=0
        )


def servers_away(bundle: Path, directory: Path) -> Iterator[Measurement]:
    """PostgreSQL and Valkey stopped midway, and started."""
    with (
        own_server() as postgres,
        PostgresDatabases(postgres.url).new(empty=True) as url,
        ExitStack() as stack,
    ):
        lay_out_registry(url)
        socket = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="valkey")))
        valkey = stack.enter_context(valkey_server(socket))
        told = {"GRADEWISE_DATABASE_URL": url, "GRADEWISE_CACHE_URL": valkey.url}
        with served_process(directory, "--model", bundle, "--poll", "0", environment=told) as service:
            with Clients(service, FRESH) as clients:
                time.sleep(1)
                valkey.stop()
                time.sleep(WHILE_S)
                postgres.stop("immediate")
                time.sleep(WHILE_S)
                valkey.start()
                postgres.start()
                time.sleep(BACK_S)
            service.stop()
        yield from figures("PostgreSQL and Valkey away", told, clients)


def exchanges(bundle: Path, directory: Path) -> Iterator[Measurement]:
    """Whoever exchanges production is killed at one step after another; two services follow it.

    One follows the deploy directory, the other what the registry says.
    """
    files, versions = read_plain_files(bundle), {}
    for name in "12":
        versions[name] = damaged.versioned(files, f"20260101_00000{name}", name="essays")
        damaged.write(directory / name, versions[name])
    killer = subprocess.Popen(
        [sys.executable, TESTS / "killed_promotions.py", directory, str(WHILE_S)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    with killer, served_after(killer, directory) as services:
        asked = [Clients(service) for service in services]
        with asked[0], asked[1]:
            said = killer.communicate("\n")[0].split()
        yield from figures("exchange killed", beside(services[0]), *asked)
    known = {content_id(each) for each in versions.values()}
    for how, clients in zip(("deploy directory", "registry"), asked, strict=True):
        yield Measurement(
            name=f"exchange killed, {how} followed: models that answered and are neither of the two",
            value=len(clients.digests - known), unit="models", asked=0,
            note=f"{len(clients.digests & known)} of the two answered, {len(clients.score_ids):,} times",
        )  # fmt: skip
    yield Measurement(
        name="exchanges killed", value=said.count("killed"), unit="processes", note=f"of {len(said)}"
    )


@contextmanager
def served_after(
    killer: "subprocess.Popen[str]", directory: Path
) -> Iterator[tuple[ServedProcess, ServedProcess]]:
    """Two services that start once the models are laid out."""
    if killer.stdout is None or "laid out" not in killer.stdout.readline():
        raise RuntimeError("no models were laid out")
    (directory / "other").mkdir()
    with (
        served_process(directory, "--name", "essays", "--poll", "0.1") as one,
        served_process(
            directory / "other", "--model", "essays", "--poll", "0.1", environment=beside(one)
        ) as other,
    ):
        yield one, other


def challengers(bundle: Path, directory: Path) -> Iterator[Measurement]:
    """The challenger in the shadow hangs, and then is killed."""
    other = directory / "challenger"
    damaged.write(other, damaged.versioned(read_plain_files(bundle), "20260301_000001"))
    options = ("--model", bundle, "--poll", "0", "--challenger", other, "--shadow")
    with served_process(directory, *options) as service:
        costs, asked = [], []
        for number in (None, signal.SIGSTOP, signal.SIGKILL):
            for pid in service.children("spawn_main") if number else ():
                os.kill(pid, number or 0)
            before = service.cpu_s()
            asked.append(ask(service, WHILE_S))
            costs.append(1000 * (service.cpu_s() - before) / len(asked[-1].score_ids))
        yield from figures("challenger hangs, dies", beside(service), *asked)
    yield Measurement(
        name="processor time of an answer, at most", value=max(costs[1:]) / costs[0],
        unit="times that before",
        note=f"{costs[0]:.1f} ms before; texts that were read before are in the cache",
    )  # fmt: skip


def finalizing(bundle: Path, directory: Path) -> Iterator[Measurement]:
    """Two services on one database make one batch final for fifty who ask at once."""
    (directory / "other").mkdir()
    with served_process(directory, "--model", bundle, "--poll", "0") as one:
        with served_process(directory / "other", "--model", bundle, environment=beside(one)) as other:

            async def lay_out() -> None:
                async with batches_from(read_settings(beside(one))) as batches:
                    await batches.add(made_up_batch("spring"), made_at=NOON)

            def finalize(number: int) -> str:
                with (one, other)[number % 2].client() as client:
                    return client.post("/v1/batches/spring/finalize").raise_for_status().text

            asyncio.run(lay_out())
            with ThreadPoolExecutor(ASKERS) as pool:
                said = set(pool.map(finalize, range(ASKERS)))
            with Clients(one, FRESH) as first, Clients(other, FRESH) as second:
                time.sleep(WHILE_S)
        yield from figures("two services", beside(one), first, second)
    yield Measurement(
        name="results of a batch", value=len(said), unit="different ones", asked=1, note=f"{ASKERS} askers"
    )


TRIALS = {
    trial.__name__: trial
    for trial in (damages, kills, full_disk, servers_away, exchanges, challengers, finalizing)
}
"""By name."""


def measure(names: Sequence[str]) -> list[Measurement]:
    """The figures of some trials."""
    found: list[Measurement] = []
    with tempfile.TemporaryDirectory(prefix="gradewise-faults-") as scratch:
        bundle = small_model(Path(scratch))
        for name in names:
            directory = Path(scratch) / name
            directory.mkdir()
            found += TRIALS[name](bundle, directory)
    return found


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that servers end with it
    asked_for = sys.argv[1].split(",") if sys.argv[1:] else list(TRIALS)
    if unknown := sorted(set(asked_for) - set(TRIALS)):
        sys.exit(f"there is no trial {', '.join(unknown)}; there are {', '.join(TRIALS)}")
    measured = measure(asked_for)
    show(measured)
    write("serving_faults", measured)
