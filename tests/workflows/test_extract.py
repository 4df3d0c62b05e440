"""Tests of extraction: the same matrix whatever the cache, the workers, the order and the accidents."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from gradewise.adapters.memory_cache import MemoryCache
from gradewise.errors import InputError, TrainingError
from gradewise.essays.records import Essay
from gradewise.features.catalogue import build_schema
from gradewise.features.findings import Finding
from gradewise.features.schema import FeatureMatrix, FeatureSchema
from gradewise.telemetry import Event, StageAdvanced, StageFinished, StageStarted
from gradewise.testing.fakes import FakeLanguageChecker
from gradewise.workflows.measuring import extract
from gradewise.workflows.measuring.extract import cache_key, extract_features, extract_one, needs_findings

SOURCE = str(Path(__file__).parents[2] / "src")
SCHEMA = build_schema(
    language="en",
    groups=["length", "cohesion", "errors"],
    has_findings=True,
    has_prompt_text=False,
    checker_fingerprint=FakeLanguageChecker().fingerprint,
)
WITHOUT_CHECKER = build_schema(language="en", groups=["length"], has_findings=False, has_prompt_text=False)


def essays(n: int) -> list[Essay]:
    """Essays of different lengths, some with errors."""
    return [
        Essay(
            id=f"e{number}",
            text="We recieve letters. However, i do not mind. " * (number % 5 + 1) + str(number),
        )
        for number in range(n)
    ]


class CountingChecker(FakeLanguageChecker):
    """A fake that counts the texts read by all of its kind in this process."""

    total = 0

    def check(self, text: str) -> tuple[Finding, ...]:
        """Count, and check."""
        CountingChecker.total += 1
        return super().check(text)


@pytest.fixture(autouse=True)
def _from_zero() -> None:
    CountingChecker.total = 0


def run(
    some: Sequence[Essay], cache: MemoryCache | None = None, schema: FeatureSchema = SCHEMA
) -> FeatureMatrix:
    """Extract in this process."""
    return extract_features(
        some, schema=schema, checker=CountingChecker, cache=cache or MemoryCache(), workers=1
    )


def test_rows_are_what_each_essay_gives_alone() -> None:
    """A matrix holds, in the order of the essays, the row of each as scored by itself."""
    some = essays(20)
    matrix = run(some)
    assert matrix.essay_ids == tuple(each.id for each in some)
    for index, each in enumerate(some):
        row, document = extract_one(each, schema=SCHEMA, checker=FakeLanguageChecker())
        np.testing.assert_array_equal(matrix.values[index], row)
        assert document.findings


def test_order_and_company_do_not_matter() -> None:
    """An essay has the same features among others, in another order, and from a half-filled cache."""
    some, cache = essays(40), MemoryCache()
    expected = run(some)
    run(some[10:20], cache)
    shuffled = [some[index] for index in np.random.default_rng(1).permutation(40)]
    np.testing.assert_array_equal(run(shuffled, cache).rows(expected.essay_ids).values, expected.values)


def test_cached_essays_are_not_measured_again() -> None:
    """A second run reads the cache alone; a changed text or task is measured."""
    some, cache = essays(5), MemoryCache()
    first = run(some, cache)
    assert CountingChecker.total == 5
    np.testing.assert_array_equal(run(some, cache).values, first.values)
    assert CountingChecker.total == 5
    changed = Essay(id="e0", text=some[0].text, prompt_text="Write about letters.")
    run([changed, Essay(id="new", text="Another text.")], cache)
    assert CountingChecker.total == 7


def test_same_text_is_measured_once() -> None:
    """Essays with one text share the work and the row."""
    matrix = run([Essay(id=str(number), text="The same text.") for number in range(50)])
    assert CountingChecker.total == 1
    assert (matrix.values == matrix.values[0]).all()


@pytest.mark.parametrize("stored", [b"", b"short", np.full(len(SCHEMA), np.nan, "<f4").tobytes()])
def test_unusable_cache_entries_are_measured_anew(stored: bytes) -> None:
    """An entry of another length, or with no number in it, is passed over and replaced."""
    (essay,) = essays(1)
    cache = MemoryCache()
    cache.put_many({cache_key(essay, SCHEMA): stored})
    expected = run([essay]).values
    np.testing.assert_array_equal(run([essay], cache).values, expected)
    assert cache.get_many([cache_key(essay, SCHEMA)])[cache_key(essay, SCHEMA)] == expected.tobytes()


def test_key_tells_text_task_and_schema_apart() -> None:
    """Each part of what shapes a row is in its key, and none can pass for another."""
    keys = {
        cache_key(Essay(id="a", text="a\0b"), SCHEMA),
        cache_key(Essay(id="a", text="a", prompt_text="b"), SCHEMA),
        cache_key(Essay(id="a", text="a"), SCHEMA),
        cache_key(Essay(id="a", text="a"), WITHOUT_CHECKER),
        cache_key(Essay(id="a", text="\ud800"), SCHEMA),
    }
    assert len(keys) == 5
    assert cache_key(Essay(id="a", text="a"), SCHEMA) == cache_key(Essay(id="b", text="a", label="C"), SCHEMA)


def test_progress_is_told() -> None:
    """The listener hears the start, a count that never falls and reaches the total, and the end."""
    heard, cache = list[Event](), MemoryCache()
    run(essays(20), cache)
    extract_features(
        essays(60), schema=SCHEMA, checker=FakeLanguageChecker, cache=cache, workers=1, listener=heard.append
    )
    done = [event.done for event in heard if isinstance(event, StageAdvanced)]
    assert heard[0] == StageStarted("features", 60, "essays")
    assert isinstance(heard[-1], StageFinished)
    assert done == sorted(done)
    assert (done[0], done[-1]) == (20, 60)


def test_stopped_run_goes_on_where_it_was() -> None:
    """What was measured before a run failed is in the cache; the message names the essay at fault."""
    cache = MemoryCache()
    some = [*essays(40), Essay(id="blank", text="...")]
    with pytest.raises(InputError, match=r"^essay 'blank': text of 3 characters has no words"):
        run(some, cache)
    measured = CountingChecker.total
    run(some[:-1], cache)
    assert CountingChecker.total - measured == 40 % extract.CHUNK


def test_no_essays_make_an_empty_matrix() -> None:
    """Nothing to measure is no error."""
    assert run([]).values.shape == (0, len(SCHEMA))


def test_repeated_ids_are_refused() -> None:
    """Two essays with one id are named."""
    with pytest.raises(InputError, match="essay id 'e1' occurs twice"):
        run([*essays(2), essays(2)[1]])


def test_another_checker_is_refused() -> None:
    """Features of one checker's findings are not mixed with another's."""
    other = build_schema(
        language="en", has_findings=True, has_prompt_text=False, checker_fingerprint="harper 99"
    )
    with pytest.raises(InputError, match="made with checker 'harper 99', this is 'fake 1'"):
        run(essays(1), schema=other)
    with pytest.raises(InputError, match="made with checker 'harper 99', this is 'fake 1'"):
        extract_one(essays(1)[0], schema=other, checker=FakeLanguageChecker())


def test_missing_checker_is_refused() -> None:
    """A schema with the errors group cannot be had without a checker."""
    with pytest.raises(InputError, match="'e0': feature group 'errors' needs the findings"):
        extract_features(essays(1), schema=SCHEMA, checker=None, cache=MemoryCache())


def test_checker_is_not_asked_for_nothing() -> None:
    """Where no feature reads findings, the checker stays out of it."""
    assert not needs_findings(WITHOUT_CHECKER)
    run(essays(3), schema=WITHOUT_CHECKER)
    row, document = extract_one(essays(1)[0], schema=WITHOUT_CHECKER, checker=CountingChecker())
    assert (row.shape, document.findings, CountingChecker.total) == ((len(WITHOUT_CHECKER),), None, 0)


def test_workers_give_the_same_matrix() -> None:
    """Two processes measure what one does, to the bit, and fill the cache."""
    some, cache = essays(100), MemoryCache()
    expected = run(some)
    measure = partial(extract_features, some, schema=SCHEMA, checker=FakeLanguageChecker, cache=cache)
    np.testing.assert_array_equal(measure(workers=2).values, expected.values)
    assert len(cache.get_many([cache_key(each, SCHEMA) for each in some])) == 100


def test_essay_that_ends_its_worker_is_named() -> None:
    """When measuring an essay ends the process, it is found and named, and the others are cached."""
    some = [*essays(40), Essay(id="fatal", text="A deadly text.")]
    cache = MemoryCache()
    with pytest.raises(InputError, match="essay 'fatal' of 14 characters ends the process") as caught:
        extract_features(
            some,
            schema=SCHEMA,
            checker=partial(FakeLanguageChecker, ends_process_on="deadly"),
            cache=cache,
            workers=2,
        )
    assert "A deadly text" not in str(caught.value)
    assert len(cache.get_many([cache_key(each, SCHEMA) for each in some])) == 40


def test_error_in_a_worker_keeps_its_words() -> None:
    """What a worker refuses is said as if it were refused here."""
    with pytest.raises(InputError, match=r"^essay 'blank': text of 3 characters has no words"):
        extract_features(
            [*essays(20), Essay(id="blank", text="...")],
            schema=SCHEMA,
            checker=FakeLanguageChecker,
            cache=MemoryCache(),
            workers=2,
        )


def test_workers_that_do_not_start_are_no_fault_of_an_essay(monkeypatch: pytest.MonkeyPatch) -> None:
    """When no worker comes up, no essay is blamed, and the message says what to do."""
    monkeypatch.setattr(extract, "_start_worker", os.abort)
    with pytest.raises(TrainingError, match="workers do not start; use workers=1"):
        extract_features(
            essays(20), schema=SCHEMA, checker=FakeLanguageChecker, cache=MemoryCache(), workers=2
        )


class InterruptingCache(MemoryCache):
    """A cache during whose writing the user presses Ctrl-C."""

    def put_many(self, entries: Mapping[str, bytes]) -> None:
        """Keep, then be interrupted."""
        super().put_many(entries)
        raise KeyboardInterrupt


def children() -> set[str]:
    """Processes started by this one that still run."""
    return set(Path(f"/proc/self/task/{os.getpid()}/children").read_text(encoding="ascii").split())


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="counts processes in /proc")
def test_interrupt_ends_the_workers() -> None:
    """Ctrl-C is passed on, what was done is kept, and no worker stays behind."""
    cache = InterruptingCache()
    before = children()
    with pytest.raises(KeyboardInterrupt):
        extract_features(essays(60), schema=SCHEMA, checker=FakeLanguageChecker, cache=cache, workers=2)
    alive = {each for each in children() - before if "tracker" not in command(each)}
    assert not alive
    assert cache.get_many([cache_key(each, SCHEMA) for each in essays(60)])


def command(process: str) -> str:
    """The command line of a process."""
    return Path(f"/proc/{process}/cmdline").read_text(encoding="utf-8")


FOREVER = """
import time
from gradewise.testing.fakes import FakeLanguageChecker
from gradewise.workflows.measuring import extract

if __name__ == "__main__":
    from gradewise.features.catalogue import build_schema
    schema = build_schema(language="en", groups=["length"], has_findings=False, has_prompt_text=False)
    with extract._pool(schema, None, 1) as pool:
        pool.submit(extract._measure_chunk, ()).result()
        print(*pool._processes, flush=True)
        time.sleep(60)
"""


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="counts processes in /proc")
def test_killed_parent_leaves_no_worker(tmp_path: Path) -> None:
    """When the parent is killed outright, its workers end by themselves."""
    script = tmp_path / "forever.py"
    script.write_text(FOREVER)
    with subprocess.Popen(
        [sys.executable, str(script)], stdout=subprocess.PIPE, text=True, env={"PYTHONPATH": SOURCE}
    ) as parent:
        assert parent.stdout is not None
        worker = Path("/proc") / parent.stdout.readline().strip()
        assert worker.exists()
        parent.send_signal(signal.SIGKILL)
    for _ in range(100):
        if not runs(worker):
            return
        time.sleep(0.1)
    pytest.fail("the worker is still there after ten seconds")


def runs(process: Path) -> bool:
    """Whether a process is there and has not ended."""
    try:
        return "\nState:\tZ" not in (process / "status").read_text(encoding="utf-8")
    except (FileNotFoundError, ProcessLookupError):
        return False
