"""A model that works in a process of its own: when it sleeps, raises or crashes, nobody else does.

It costs another interpreter with everything that reads essays, and 1 to 2 seconds to start. What passes
between the two processes are JSON values of known types: nothing that comes back could run as code.
"""

import os
import socket
import struct
import threading
from collections.abc import Mapping, Sequence
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess

from gradewise.errors import DeadlineError, UnavailableError
from gradewise.essays.records import Essay
from gradewise.essays.scales import Scale
from gradewise.models.bundles.files import from_json, to_json
from gradewise.workflows.score import Prediction
from gradewise.workflows.scoring.isolated_messages import MESSAGE, Answered, Asked, Known, SaidReading
from gradewise.workflows.scoring.isolated_work import work
from gradewise.workflows.scoring.models import Build, ModelIdentity, Reading
from gradewise.workflows.scoring.refusals import RefusedError

START_S = 60.0
"""Seconds to start in: an idle machine needs two, a busy one with a text model many."""
ANSWER_S = 30.0
"""Seconds for an answer, after which the process is killed."""


class IsolatedModel:
    """A `GradingModel` whose work is done by another process; one question at a time, others wait.

    A process that died, or did not answer in time and was killed, is started anew with the next question.
    """

    def __init__(
        self,
        files: Mapping[str, bytes],
        build: Build,
        *,
        start_s: float = START_S,
        answer_s: float = ANSWER_S,
    ) -> None:
        """Start the process, and wait until the model is there.

        Args:
            files: of the bundle, verified.
            build: makes the model, over there.
            start_s: seconds to start in.
            answer_s: seconds for an answer.

        Raises:
            BundleError: the model cannot be built, or its process died of it or was not ready in time.
        """
        self._files, self._build = dict(files), build
        self._start_s, self._answer_s = start_s, answer_s
        self._lock = threading.Lock()
        self._process: BaseProcess | None = None
        self._connection: Connection | None = None
        self._closed = False
        try:
            self._known = self._start()
        except DeadlineError as error:
            raise RefusedError(
                "timeout", f"the model was not ready in a process of its own within {start_s:g} s"
            ) from error
        except UnavailableError as error:
            raise RefusedError(
                "crashed", f"the model does not work in a process of its own: {error}"
            ) from error

    @property
    def identity(self) -> ModelIdentity:
        """Which model it is."""
        return self._known.identity

    @property
    def scale(self) -> Scale:
        """Of the overall grade."""
        return self._known.scale

    @property
    def width(self) -> int:
        """Numbers in a reading."""
        return self._known.width

    @property
    def reading_fingerprint(self) -> str:
        """What the numbers of a reading are."""
        return self._known.reading_fingerprint

    @property
    def reads_judgement(self) -> bool:
        """Whether it reads what comparative judgement found."""
        return self._known.reads_judgement

    @property
    def process_id(self) -> int | None:
        """Of the other process, while there is one."""
        return None if self._process is None else self._process.pid

    def read(self, essays: Sequence[Essay]) -> tuple[Reading, ...]:
        """Read essays over there.

        Raises:
            InputError: as the model says.
            UnavailableError: the process died; with the next question there is another.
            DeadlineError: it gave no answer in time.
        """
        asked = Asked(essays=tuple(map(_to_be_read, essays)))
        return tuple(said.reading for said in self._ask(asked).readings)

    def grade(
        self, essay_ids: Sequence[str], readings: Sequence[Reading], *, n_reasons: int = 0
    ) -> tuple[Prediction, ...]:
        """Grade over there what was read.

        Raises:
            BundleError: the readings are another model's.
            UnavailableError: the process died; with the next question there is another.
            DeadlineError: it gave no answer in time.
        """
        told = tuple(map(SaidReading.of, readings))
        return self._ask(Asked(essay_ids=tuple(essay_ids), readings=told, n_reasons=n_reasons)).predictions

    def close(self) -> None:
        """End the process; may be called twice, and while a question waits, which then fails."""
        self._closed = True
        process = self._process
        if process is not None:
            process.kill()
        with self._lock:
            self._stop()

    def _ask(self, asked: Asked) -> Answered:
        with self._lock:
            if self._closed:
                raise UnavailableError("the model was closed; ask the one that is there now")
            if self._connection is None:
                self._start()
            return self._exchange(to_json(asked), self._answer_s).require()

    def _start(self) -> Known:
        context = get_context("spawn")  # a fork would copy the locks of other threads as they are
        here, there = context.Pipe()
        process = context.Process(target=work, args=(there, self._build), name="isolated model", daemon=True)
        process.start()
        there.close()
        self._process, self._connection = process, here
        _bound(here, self._start_s)
        for message in (to_json(tuple(self._files)), *self._files.values()):
            self._send(message, self._start_s)
        known = self._hear(self._start_s).require().known
        if known is None:
            raise UnavailableError("it did not say which model it is")
        _bound(here, self._answer_s)
        return known

    def _exchange(self, message: bytes, within_s: float) -> Answered:
        self._send(message, within_s)
        return self._hear(within_s)

    def _send(self, message: bytes, within_s: float) -> None:
        connection = self._connection
        try:
            if connection is not None:
                connection.send_bytes(message)
        except BlockingIOError:
            raise self._late(within_s) from None
        except OSError as error:
            raise self._died() from error

    def _hear(self, within_s: float) -> Answered:
        connection = self._connection
        if connection is None:
            raise self._died()
        try:
            if not connection.poll(within_s):
                raise self._late(within_s)
            return from_json(Answered, connection.recv_bytes(), name=MESSAGE)
        except BlockingIOError:
            raise self._late(within_s) from None
        except (OSError, EOFError) as error:
            raise self._died() from error

    def _late(self, within_s: float) -> DeadlineError:
        self._stop()
        return DeadlineError(f"the process of the model gave no answer in {within_s:g} s and was killed")

    def _died(self) -> UnavailableError:
        process = self._process
        if process is not None:
            process.join(1)
        code = None if process is None else process.exitcode
        self._stop()
        return UnavailableError(f"the process of the model has died (exit code {code})")

    def _stop(self) -> None:
        process, connection = self._process, self._connection
        self._process, self._connection = None, None
        if process is not None:
            process.kill()
            process.join()
        if connection is not None:
            connection.close()


def isolated(build: Build) -> Build:
    """As a function that makes models, of which each works in a process of its own.

    Args:
        build: a function that can be imported by name, or a `functools.partial` of one.
    """
    return lambda files: IsolatedModel(files, build)


def _bound(connection: Connection, within_s: float) -> None:
    """Give a connection up where nothing passes it for so long, as with a process that was stopped.

    What is longer than its buffer would be written, or read to its end, without end.
    """
    seconds, fraction = divmod(within_s, 1)
    limit = struct.pack("ll", int(seconds), int(1e6 * fraction))
    with socket.socket(fileno=os.dup(connection.fileno())) as same:
        for side in (socket.SO_SNDTIMEO, socket.SO_RCVTIMEO):
            same.setsockopt(socket.SOL_SOCKET, side, limit)


def _to_be_read(essay: Essay) -> Essay:
    """An essay with what a model may look at, and nothing else that is known about it."""
    return Essay(
        id=essay.id, text=essay.text, prompt=essay.prompt, prompt_text=essay.prompt_text, given=essay.given
    )
