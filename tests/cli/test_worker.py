"""`gradewise worker`: the whole worker, with a trained model, asked over NATS while it runs."""

import asyncio
import os
import signal
import tempfile
import threading
from pathlib import Path

import pytest

from broker_servers import nats_server, running
from gradewise.serving.events.messages import SCORE_COMPLETED
from trials import Command, Trained
from working_service import ESSAY, asker, until


def test_a_worker_answers_until_sigterm(
    command: Command, trained: Trained, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """An essay that was asked for before the worker began is graded and logged; then the worker ends."""
    monkeypatch.setenv("GRADEWISE_STATE_DIR", str(tmp_path / "state"))
    heard, errors = list[dict[str, str]](), list[BaseException]()

    async def ask(url: str) -> None:
        async with asker(url) as asking:
            await asking.ask("e-1", reasons=1)
            await until(lambda: bool(asking.answers()))
            heard.append(asking.heard[SCORE_COMPLETED][0]["data"])

    def asking(url: str) -> None:
        try:
            asyncio.run(ask(url))
        except BaseException as error:  # noqa: BLE001 - told to the test
            errors.append(error)
        finally:
            os.kill(os.getpid(), signal.SIGTERM)

    before = signal.signal(signal.SIGTERM, signal.SIG_IGN)  # where it ends sooner than it is asked to
    with tempfile.TemporaryDirectory() as directory, running(nats_server(Path(directory))) as server:
        thread = threading.Thread(target=asking, args=[server.url])
        thread.start()
        try:
            outcome = command("worker", "--broker", server.url, "--model", trained.bundle, "--poll", "0")
            thread.join()
        finally:
            signal.signal(signal.SIGTERM, before)
    assert (0, []) == (outcome.code, errors), outcome.err
    assert "listening to nats://127.0.0.1" in outcome.err
    assert "stopped" in outcome.err
    assert ESSAY not in outcome.err
    assert heard[0]["score_id"][:12] in command("scores", "list", "--json").out


def test_a_worker_needs_a_broker(command: Command) -> None:
    """By an address of a kind that is known."""
    outcome = command("worker", "--broker", "mqtt://localhost", "--name", "a")
    assert 2 == outcome.code
    assert "which broker" in outcome.err


def test_a_worker_puts_a_model_on_trial_as_a_service_does(command: Command) -> None:
    """With the same options, and the same mistakes told."""
    outcome = command("worker", "--broker", "nats://127.0.0.1:1", "--name", "a", "--share", "0.1")
    assert (2, True) == (outcome.code, "--challenger" in outcome.err)
