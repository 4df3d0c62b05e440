"""Load: a client of few lines that keeps its connection, and `wrk` where the machine has it."""

import asyncio
import json
import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

OK = 200


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer and how long it took."""

    status: int
    """Of HTTP; 0 where the connection broke."""
    body: bytes
    """As it came."""
    seconds: float
    """From the first byte sent to the last received."""

    @property
    def content(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)


class Client:
    """One connection that is kept; asks one thing after the other."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer

    async def post(self, path: str, body: bytes) -> Answer:
        """Ask, and read the whole answer."""
        return await self.ask(request_of(path, body))

    async def ask(self, request: bytes) -> Answer:
        """Send a request as it goes over the wire."""
        began = time.perf_counter()
        self._writer.write(request)
        head = await self._reader.readuntil(b"\r\n\r\n")
        length = re.search(rb"content-length: *(\d+)", head, re.IGNORECASE)
        body = await self._reader.readexactly(int(length[1])) if length else b""
        return Answer(int(head[9:12]), body, time.perf_counter() - began)


def request_of(path: str, body: bytes) -> bytes:
    """A request as it goes over the wire."""
    head = f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body


@asynccontextmanager
async def connected(port: int) -> AsyncIterator[Client]:
    """A client of a server of this machine."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=2**24)
    try:
        yield Client(reader, writer)
    finally:
        writer.close()


@dataclass(frozen=True, slots=True)
class Load:
    """What became of some seconds of load."""

    answers: Sequence[tuple[int, Answer]]
    """Each with the index of what was asked."""
    seconds: float
    """How long it went on."""

    @property
    def failures(self) -> int:
        """Answers other than 200."""
        return sum(answer.status != OK for _, answer in self.answers)


async def clients_beside(
    port: int, requests: Sequence[bytes], work: Callable[[], Any], *, clients: int
) -> Load:
    """Let clients ask for one thing after the other, without a pause, as long as something else goes on."""
    answers: list[tuple[int, Answer]] = []
    over = asyncio.Event()

    async def client(number: int) -> None:
        turn = number
        while not over.is_set():  # a connection that breaks is a failure, and is made again
            try:
                async with connected(port) as connection:
                    while not over.is_set():
                        index = turn % len(requests)
                        answers.append((index, await connection.ask(requests[index])))
                        turn += clients
            except (OSError, asyncio.IncompleteReadError):
                answers.append((turn % len(requests), Answer(0, b"", 0.0)))

    began = time.perf_counter()
    async with asyncio.TaskGroup() as together:
        for number in range(clients):
            together.create_task(client(number))
        try:
            await work()
        finally:
            over.set()
    return Load(answers, time.perf_counter() - began)


@dataclass(frozen=True, slots=True)
class Counted:
    """What `wrk` has counted."""

    requests: int
    """Answered."""
    errors: int
    """Not answered by 200, or not at all."""
    p95_ms: float
    """Of the time that an answer took."""


def has_wrk() -> bool:
    """Whether the machine has it."""
    return shutil.which("wrk") is not None


def wrk(url: str, bodies: Sequence[bytes], *, connections: int, seconds: int) -> Counted:
    """Post bodies in turn over so many connections, without a pause; a GET where there are none."""
    with tempfile.TemporaryDirectory() as directory:
        script = Path(directory) / "post.lua"
        script.write_text(_script(bodies, Path(directory)), encoding="utf-8")
        done = subprocess.run(
            ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "20s", "-s", script, url],
            stdout=subprocess.PIPE, text=True, check=True,
        )  # fmt: skip
    requests, errors, p95 = map(float, done.stdout.rpartition("counted ")[2].split()[:3])
    return Counted(int(requests), int(errors), p95 / 1000)


def _script(bodies: Sequence[bytes], directory: Path) -> str:
    for number, body in enumerate(bodies):
        (directory / f"{number}.json").write_bytes(body)
    return f"""
local requests, turn = {{}}, 0
init = function()
  for i = 0, {len(bodies) - 1} do
    local file = io.open("{directory}/" .. i .. ".json", "rb")
    local headers = {{["Content-Type"] = "application/json"}}
    table.insert(requests, wrk.format("POST", nil, headers, file:read("*a")))
    file:close()
  end
  if #requests == 0 then requests = {{wrk.format("GET")}} end
end
request = function()
  turn = turn % #requests + 1
  return requests[turn]
end
done = function(summary, latency)
  local e = summary.errors
  local errors = e.connect + e.read + e.write + e.status + e.timeout
  io.write("counted ", summary.requests, " ", errors, " ", latency:percentile(95), "\\n")
end
"""
