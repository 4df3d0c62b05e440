"""`gradewise serve` as it is run: damaged models, hostile clients, a locked database, kill -9."""

import asyncio
import contextlib
import json
import re
import resource
import sqlite3
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from asking_clients import Clients
from damaged_bundles import UNTRIED, DeployedModels
from gradewise.adapters.sql.addresses import sqlite_address
from gradewise.adapters.sql.score_log import open_score_log
from gradewise.workflows.scoring.log_writer import LogWriter
from gradewise.workflows.scoring.spool import Spool
from gradewise.workflows.scoring.verify_log import Verified, verify_log
from served_process import ServedProcess, served_process, wait_until
from trials import Trained

WORD = "xyzzyplugh"
"""A word that stands in every text, and nowhere else."""
TEXT = f"School is good, says {WORD}."
REFUSED = r'cj_ml_model_reload_refused_total{reason="(\w+)",slot="champion"} (\S+)'
"""The metric that counts refused models."""
JSON = {"Content-Type": "application/json"}


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Of the service."""
    return tmp_path_factory.mktemp("service")


@pytest.fixture(scope="module")
def models(directory: Path, trained: Trained) -> DeployedModels:
    """A model in production."""
    return DeployedModels(directory / "models", trained.bundle, "essays")


@pytest.fixture(scope="module")
def service(directory: Path, models: DeployedModels) -> Iterator[ServedProcess]:
    """A service that runs until a test kills it, which the last one does."""
    assert models.path.is_dir()
    with served_process(directory, "--name", "essays", "--poll", "0", "--max-waiting", "16") as process:
        yield process


def test_no_damaged_model_is_served(service: ServedProcess, models: DeployedModels) -> None:
    """The old one answers throughout; why the other does not is told and counted."""
    expected = Counter[str]()
    with service.client() as client, Clients(service, TEXT) as clients:
        good = client.get("/v1/models").json()["slots"][0]["model"]["digest"]
        for name, (damage, reason) in UNTRIED.items():
            models.put(damage)
            (reload,) = client.post("/v1/models/reload").json()["reloads"]
            (slot,) = client.get("/v1/models").json()["slots"]
            assert (name, "refused", reason) == (name, reload["outcome"], reload["reason"])
            assert (name, reason, good) == (name, slot["refused"], slot["model"]["digest"])
            assert slot["detail"]
            expected[reason] += 1
        models.point("20260201_000001")
        assert "same" == client.post("/v1/models/reload").json()["reloads"][0]["outcome"]
        metrics = client.get("/metrics").text
    counted = {reason: int(float(n)) for reason, n in re.findall(REFUSED, metrics) if float(n)}
    assert expected == counted
    assert ({200}, {good}) == (set(clients.statuses), clients.digests)


HOSTILE: dict[str, bytes] = {
    "NUL": json.dumps({"text": f"{WORD} \0 NUL", "unit": "\0", "prompt": "\0"}).encode(),
    "NUL in the id": json.dumps({"text": WORD, "essay_id": "\0"}).encode(),
    "half a pair": b'{"text":"' + WORD.encode() + b' \\ud800"}',
    "half a pair in the id": b'{"text":"' + WORD.encode() + b'","essay_id":"\\udfff"}',
    "deep": b'{"text":' + b"[" * 500_000,
    "deep in what nobody knows": b'{"x":' + b"[" * 500_000 + b"]" * 500_000 + b"}",
    "UTF-16": json.dumps({"text": WORD}).encode("utf-16"),
    "Latin-1": f'{{"text":"{WORD} é"}}'.encode("latin-1"),
    "too large a number": b'{"text":"' + WORD.encode() + b'","given":{"x":1e999}}',
    "a number without end": b'{"text":"a","reasons":' + b"9" * 100_000 + b"}",
    "no word": b'{"text":"\\u0001 \\u200b .,!"}',
    "ten thousand words": json.dumps({"text": f"School is good, and {WORD}. " * 2_000}).encode(),
    "one word without end": json.dumps({"text": f"{WORD}" * 15_000}).encode(),
    "marks on marks": json.dumps({"text": WORD + "\u0301" * 50_000}).encode(),
    "from right to left": json.dumps({"text": "\u202e\u2066" * 5_000 + WORD}).encode(),
    "too long": json.dumps({"text": f"{WORD} " * 300_000}).encode(),
}


def test_no_text_brings_it_down(service: ServedProcess) -> None:
    """Whatever is sent is graded or refused, with no fault of the service, and no word of it in any log."""
    faults = {}
    with service.client(headers=JSON) as client:
        for name, body in HOSTILE.items():
            answer = client.post("/v1/score", content=body)
            if answer.status_code >= 500:
                faults[name] = answer.text
        paths = (
            "/v1/scores/%00", "/v1/scores/%ff", "/v1/scores/..%2f..%2fetc%2fpasswd", "//v1//models",
            "/v1/review-queue?limit=%00", "/v1/review-queue?limit=" + "9" * 50, f"/{WORD}",
        )  # fmt: skip
        for path in paths:
            if (answer := client.get(path)).status_code >= 500:
                faults[path] = answer.text
        for batch in ("%00", "%ed%a0%80", "b" * 3000):
            if (answer := client.post(f"/v1/batches/{batch}/finalize")).status_code != 404:
                faults[batch] = answer.text
        assert {} == faults
        assert (
            415 == client.post("/v1/score", content=b"{}", headers={"Content-Encoding": "gzip"}).status_code
        )
        assert 200 == client.get("/readyz").status_code
    assert WORD not in service.said


def test_a_crowd_fills_neither_queue_nor_memory(service: ServedProcess) -> None:
    """Of two hundred at once some are answered, others told to come back; halves of requests cost nothing."""
    before = service.megabytes()
    statuses = asyncio.run(_crowd(service.port, 200))
    assert {b"200", b"429", b""} == set(statuses)
    assert 16 <= statuses[b"200"]
    with service.client() as client:
        assert 200 == client.get("/readyz").status_code
    assert 100 > service.megabytes() - before


async def _crowd(port: int, n: int) -> "Counter[bytes]":
    return Counter(await asyncio.gather(*(_asked(port, number) for number in range(n))))


async def _asked(port: int, number: int) -> bytes:
    """The status of the answer; every third client goes away before all is sent."""
    body = json.dumps({"text": f"Number {number} says {WORD}."}).encode()
    stays = number % 3 != 2
    head = "POST /v1/score HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    length = len(body) if stays else len(body) + 9999
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(f"{head}Content-Length: {length}\r\n\r\n".encode() + body)
        await writer.drain()
        return (await reader.readline())[9:12] if stays else b""
    finally:
        writer.transport.abort()
        with contextlib.suppress(OSError):
            await writer.wait_closed()


def test_a_full_disk_is_told_everywhere_and_bridged(service: ServedProcess) -> None:
    """No essay is answered that cannot be written down: not ready, unhealthy, told once; then all is well."""
    _, hard = resource.prlimit(service.pid, resource.RLIMIT_FSIZE)
    with service.client() as client:
        before = client.post("/v1/score", json={"text": TEXT})
        resource.prlimit(service.pid, resource.RLIMIT_FSIZE, (1, hard))
        try:
            refused = [client.post("/v1/score", json={"text": TEXT}).status_code for _ in "123"]
            ready, health = client.get("/readyz"), client.get("/healthz").json()
            metrics = client.get("/metrics").text
        finally:
            resource.prlimit(service.pid, resource.RLIMIT_FSIZE, (hard, hard))
        after, ready_again = client.post("/v1/score", json={"text": TEXT}), client.get("/readyz")
    assert (200, [503] * 3, 503) == (before.status_code, refused, ready.status_code)
    assert ["log"] == [each["check"] for each in ready.json()["checks"] if not each["passed"]]
    assert ("unhealthy", "unwritable") == (health["status"], health["score_log"])
    assert "cj_ml_score_log_up 0.0" in metrics
    assert "cj_ml_score_log_unwritable 1.0" in metrics
    assert (200, 200) == (after.status_code, ready_again.status_code)
    said = (service.directory / "said.out").read_text(encoding="utf-8")
    assert 1 == said.count("answers can be written down nowhere, so that essays are refused")


def test_what_was_answered_outlasts_a_locked_database_and_kill_9(
    service: ServedProcess, directory: Path
) -> None:
    """While the log hangs answers say what they lack; all that was answered is in the log in the end."""
    file = service.models / ".registry" / "registry.sqlite"
    with Clients(service, TEXT) as clients:
        wait_until(lambda: len(clients.score_ids) > 20)
        lock = sqlite3.connect(file, isolation_level=None)
        lock.execute("BEGIN IMMEDIATE")
        wait_until(lambda: "score_log" in clients.lacks)
        n = len(clients.score_ids)
        wait_until(lambda: len(clients.score_ids) > n + 20)
        service.kill()
    lock.execute("ROLLBACK")
    lock.close()
    assert {200} == set(clients.statuses)
    found, kept = asyncio.run(_taken_over(file, directory / "state" / "spool", set(clients.score_ids)))
    assert () == found.breaks
    assert set(clients.score_ids) == kept


async def _taken_over(file: Path, spool: Path, score_ids: set[str]) -> tuple[Verified, set[str]]:
    """The log after the next start has taken over what waits, and which of these answers it has."""
    async with open_score_log(sqlite_address(file)) as log:
        writer = LogWriter(log, spool=Spool(spool))
        await writer.start()
        await writer.close()
        kept = {name for name in score_ids if await log.find(name) is not None}
        return await verify_log(log), kept
