"""`gradewise serve` in the process of a test: asked while it runs, then asked to end."""

import os
import signal
import socket
import threading
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx

from trials import Command, Outcome

PATIENCE_S = 90.0


def free_port() -> int:
    """A port that nobody listens at just now."""
    with closing(socket.socket()) as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def wait_until(found: Callable[[], bool]) -> None:
    """Ask until it is so."""
    deadline = time.monotonic() + PATIENCE_S
    while not found():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def answers(url: str) -> bool:
    """Whether somebody listens."""
    try:
        return httpx.get(f"{url}/livez").status_code == 200
    except httpx.TransportError:
        return False


def while_serving(command: Command, ask: Callable[[str], Any], *options: str | Path) -> tuple[Outcome, Any]:
    """What becomes of the command, and what was found out while it ran; then it was asked to end."""
    port, found, errors = free_port(), [], []

    def asking() -> None:
        try:
            wait_until(lambda: answers(f"http://127.0.0.1:{port}"))
            found.append(ask(f"http://127.0.0.1:{port}"))
        except BaseException as error:  # noqa: BLE001 - told to the test
            errors.append(error)
        finally:
            os.kill(os.getpid(), signal.SIGTERM)

    thread = threading.Thread(target=asking)
    before = signal.signal(signal.SIGTERM, signal.SIG_IGN)  # where it ends sooner than it is asked to
    try:
        thread.start()
        outcome = command("serve", "--port", str(port), *options)
        thread.join()
    finally:
        signal.signal(signal.SIGTERM, before)
    if errors:
        raise errors[0]
    return outcome, found[0]
