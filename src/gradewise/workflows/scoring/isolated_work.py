"""What the process of a model does: make the model, then answer until nobody asks any more."""

import os
import signal
import threading
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from multiprocessing import parent_process
from multiprocessing.connection import Connection

from gradewise.errors import BundleError, InputError
from gradewise.models.bundles.files import from_json, to_json
from gradewise.workflows.scoring.isolated_messages import MESSAGE, Answered, Asked, Known, SaidReading
from gradewise.workflows.scoring.models import Build, GradingModel

NICENESS = 10
"""Of the process: those that answer come first."""


def work(connection: Connection, build: Build) -> None:
    """Make the model of the files that come, and answer.

    Args:
        connection: to whoever asks.
        build: makes the model.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent alone decides how to end
    threading.Thread(target=_end_with_parent, daemon=True).start()
    os.nice(NICENESS)
    with suppress(EOFError, BrokenPipeError):
        names = from_json(tuple[str, ...], connection.recv_bytes(), name=MESSAGE)
        files = {name: connection.recv_bytes() for name in names}
        model = _said_of(connection, lambda: build(files))
        while model is not None:
            asked = from_json(Asked, connection.recv_bytes(), name=MESSAGE)
            connection.send_bytes(to_json(_attempt(partial(_answer, model, asked))))


def _said_of(connection: Connection, make: Callable[[], GradingModel]) -> GradingModel | None:
    made: list[GradingModel] = []

    def introduce() -> Answered:
        model = make()
        made.append(model)
        return Answered(known=Known.of(model))

    connection.send_bytes(to_json(_attempt(introduce)))
    return made[0] if made else None


def _attempt(do: Callable[[], Answered]) -> Answered:
    try:
        return do()
    except InputError as error:
        return Answered(error="input", message=str(error))
    except BundleError as error:
        return Answered(error="bundle", message=str(error))
    except Exception as error:  # noqa: BLE001 - told to the parent, without words that may quote an essay
        return Answered(error="other", message=f"the model failed: {type(error).__name__}")


def _answer(model: GradingModel, asked: Asked) -> Answered:
    if asked.essays:
        return Answered(readings=tuple(map(SaidReading.of, model.read(asked.essays))))
    readings = [said.reading for said in asked.readings]
    return Answered(predictions=model.grade(asked.essay_ids, readings, n_reasons=asked.n_reasons))


def _end_with_parent() -> None:
    """Leave no process behind when the parent is killed outright."""
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
