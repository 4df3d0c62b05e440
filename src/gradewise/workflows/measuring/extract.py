"""From essays to a feature matrix: cached, in parallel, resumable."""

import hashlib
import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import closing
from dataclasses import dataclass
from multiprocessing import get_context, parent_process
from typing import ClassVar

from gradewise.errors import InputError, TrainingError
from gradewise.essays.records import Essay
from gradewise.essays.texts import text_sha256
from gradewise.features.catalogue import GROUPS, extract_row
from gradewise.features.documents import Document, build_document
from gradewise.features.schema import FeatureMatrix, FeatureSchema
from gradewise.protocols.measuring import Cache, LanguageChecker
from gradewise.telemetry import Listener, correlation_id, silent, stage, take_over
from gradewise.workflows.measuring.cached_rows import CachedRows, Row, refuse_repeated_ids

CheckerFactory = Callable[[], LanguageChecker]
"""Makes a checker in whichever process needs one; it must pickle: a class, or a ``partial`` of one."""

# A worker starts in one to two seconds: that pays only from some hundred essays on a worker's share.
FEWEST_FOR_WORKERS = 200
# Small enough that little is lost when a run is killed, large enough that passing it on costs nothing.
CHUNK = 16


@dataclass(frozen=True, slots=True)
class _Task:
    """What a worker needs of an essay, and no more."""

    key: str
    """Where the row is cached."""
    essay_id: str
    """For messages."""
    text: str
    """To be measured."""
    prompt_text: str | None
    """To be measured against."""


def extract_features(
    essays: Sequence[Essay],
    *,
    schema: FeatureSchema,
    checker: CheckerFactory | None,
    cache: Cache,
    workers: int | None = None,
    listener: Listener = silent,
) -> FeatureMatrix:
    """Measure every essay, taking from the cache what is there and adding to it what was not.

    A run that is stopped goes on from where it was. The result does not depend on the cache, the workers,
    or the order and company in which essays come.

    Args:
        essays: Unique ids; the same text twice is measured once.
        schema: Which features.
        checker: Makes the language checker; needed when the schema has the errors group.
        cache: Rows of earlier runs.
        workers: Processes; as many as there are processors when ``None``, at most one for few essays.
        listener: Hears stage ``features``.

    Raises:
        InputError: two essays have one id, an essay cannot be measured (the message names it), or the schema
            was made with another checker.
        TrainingError: the workers do not start.
    """
    refuse_repeated_ids(essays)
    rows = CachedRows([cache_key(essay, schema) for essay in essays], len(schema), cache)
    with stage(listener, "features", total=len(essays), unit="essays") as advance:
        for done in rows.look_up():
            advance(done)
        tasks = [_task(essays[place], key) for key, place in rows.missing()]
        if tasks:
            with closing(_measured(tasks, schema, checker, workers)) as measured:
                for made in measured:
                    rows.add(made)
                    advance(rows.done)
    return FeatureMatrix(rows.values, schema, tuple(essay.id for essay in essays))


def extract_one(
    essay: Essay, *, schema: FeatureSchema, checker: LanguageChecker | None
) -> tuple[Row, Document]:
    """Measure one essay, as when it is scored.

    Returns:
        A row of shape ``(n_features,)``; the document that was measured, with what the checker found.

    Raises:
        InputError: the essay cannot be measured, or the schema was made with another checker.
    """
    if checker is not None and needs_findings(schema):
        _refuse_other_checker(checker, schema)
    return _measure(_task(essay, ""), schema, checker)


def needs_findings(schema: FeatureSchema) -> bool:
    """Whether some feature of the schema reads what a language checker found."""
    groups = {spec.group for spec in schema.specs}
    return any(group.needs_findings for name, group in GROUPS.items() if name in groups)


def cache_key(essay: Essay, schema: FeatureSchema) -> str:
    """Where the features of an essay are cached: 64 hex digits of the text, the task and the schema."""
    return row_key(text_sha256(essay.text), text_sha256(essay.prompt_text or ""), schema)


def row_key(text: str, task: str, schema: FeatureSchema) -> str:
    """The same of digests of the text and of the task, which is that of an empty one where there is none."""
    return hashlib.sha256(f"{schema.fingerprint}\0{text}\0{task}".encode()).hexdigest()


def _refuse_other_checker(checker: LanguageChecker, schema: FeatureSchema) -> None:
    expected = schema.versions.get("checker")
    if checker.fingerprint != expected:
        raise InputError(
            f"the feature schema was made with checker {expected!r}, this is {checker.fingerprint!r}; "
            f"use that checker, or extract and train again"
        )


def _task(essay: Essay, key: str) -> _Task:
    return _Task(key, essay.id, essay.text, essay.prompt_text)


def _measure(task: _Task, schema: FeatureSchema, checker: LanguageChecker | None) -> tuple[Row, Document]:
    try:
        findings = checker.check(task.text) if checker is not None and needs_findings(schema) else None
        document = build_document(
            task.text, language=schema.language, findings=findings, prompt_text=task.prompt_text
        )
        return extract_row(document, schema), document
    except InputError as error:
        raise InputError(f"essay {task.essay_id!r}: {error}") from error


def _measured(
    tasks: Sequence[_Task], schema: FeatureSchema, factory: CheckerFactory | None, workers: int | None
) -> Generator[dict[str, Row], None, None]:
    """Rows by key, a chunk at a time, in whichever order they are done."""
    if not needs_findings(schema):
        factory = None
    checker = factory() if factory else None
    if checker is not None:
        _refuse_other_checker(checker, schema)
    chunks = deque(tasks[start : start + CHUNK] for start in range(0, len(tasks), CHUNK))
    if workers is None:
        workers = processors() if len(tasks) >= FEWEST_FOR_WORKERS else 1
    if workers > 1:
        yield from _in_workers(chunks, schema, factory, workers)
        return
    for chunk in chunks:
        yield {task.key: _measure(task, schema, checker)[0] for task in chunk}


def processors() -> int:
    """Processors that this process may use, which in a container are fewer than the machine has."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _in_workers(
    chunks: deque[Sequence[_Task]], schema: FeatureSchema, factory: CheckerFactory | None, workers: int
) -> Iterator[dict[str, Row]]:
    """Measure in a pool; when a worker dies, find out by which essay, or go on when by none."""
    while chunks:
        with _pool(schema, factory, min(workers, len(chunks))) as pool:
            unfinished = yield from _until_a_worker_dies(pool, chunks, in_flight=2 * workers)
        if unfinished:
            with _pool(schema, factory, 1) as pool:
                yield from _one_by_one(pool, [task for chunk in unfinished for task in chunk])


def _until_a_worker_dies(
    pool: ProcessPoolExecutor, chunks: deque[Sequence[_Task]], *, in_flight: int
) -> Generator[dict[str, Row], None, list[Sequence[_Task]]]:
    """Keep the pool busy; returns the chunks that were under way when it broke, none when all is done."""
    running: dict[Future[dict[str, Row]], Sequence[_Task]] = {}
    try:
        while chunks or running:
            while chunks and len(running) < in_flight:
                future = pool.submit(_measure_chunk, chunks[0])
                running[future] = chunks.popleft()
            finished, _ = wait(running, return_when=FIRST_COMPLETED)
            for future in finished:
                rows = future.result()
                del running[future]
                yield rows
    except BrokenProcessPool:
        return list(running.values())
    finally:
        pool.shutdown(cancel_futures=True)
    return []


def _one_by_one(pool: ProcessPoolExecutor, tasks: Iterable[_Task]) -> Iterator[dict[str, Row]]:
    try:
        pool.submit(_measure_chunk, ()).result()
    except BrokenProcessPool as error:
        raise TrainingError(
            "feature workers do not start; use workers=1, or put the call below "
            "if __name__ == '__main__' when a script makes it"
        ) from error
    for task in tasks:
        try:
            rows = pool.submit(_measure_chunk, (task,)).result()
        except BrokenProcessPool as error:
            raise InputError(
                f"essay {task.essay_id!r} of {len(task.text)} characters ends the process that measures it; "
                f"leave it out"
            ) from error
        yield rows


class _Worker:
    """What a worker process holds from one chunk to the next."""

    schema: ClassVar[FeatureSchema]
    checker: ClassVar[LanguageChecker | None]


def _pool(schema: FeatureSchema, factory: CheckerFactory | None, workers: int) -> ProcessPoolExecutor:
    # Spawned, not forked: a fork copies the locks of other threads as they are, and may hang for ever.
    return ProcessPoolExecutor(
        workers,
        mp_context=get_context("spawn"),
        initializer=_start_worker,
        initargs=(schema, factory, correlation_id()),
    )


def _start_worker(schema: FeatureSchema, factory: CheckerFactory | None, correlation: str) -> None:
    take_over(correlation)
    # Ctrl-C reaches every process of a terminal: the parent alone decides how to end.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    _Worker.schema = schema
    _Worker.checker = factory() if factory else None
    if _Worker.checker is not None:
        _Worker.checker.warm_up()


def _end_with_parent() -> None:
    """Leave no worker behind when the parent is killed outright."""
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _measure_chunk(tasks: Sequence[_Task]) -> dict[str, Row]:
    return {task.key: _measure(task, _Worker.schema, _Worker.checker)[0] for task in tasks}
