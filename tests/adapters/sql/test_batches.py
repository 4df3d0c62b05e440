"""Batches in SQL keep every promise of the port, on SQLite and on PostgreSQL, in whatever tables."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from gradewise.adapters.sql.addresses import read_address
from gradewise.adapters.sql.batches import open_batches
from gradewise.errors import InputError
from gradewise.judgement.batch_tables import batch_tables
from gradewise.judgement.batches import BatchEssay, JudgedBatch
from gradewise.judgement.decisions import Comparison
from gradewise.protocols.scoring import Batches
from gradewise.testing.contracts.batches import BatchesContract
from gradewise.testing.judged import NOON, RememberedBatches, made_up_batch, made_up_result


class TestSqlBatches(BatchesContract):
    """The contract."""

    def opened(self, url: str, batches: Sequence[JudgedBatch]) -> AbstractAsyncContextManager[Batches]:
        """Batches in a database of either kind."""

        @asynccontextmanager
        async def _opened() -> AsyncIterator[Batches]:
            async with open_batches(read_address(url)) as opened:
                for number, batch in enumerate(batches):
                    assert await opened.add(batch, made_at=NOON + timedelta(seconds=number))
                yield opened

        return _opened()


class TestRememberedBatches(BatchesContract):
    """The contract, in memory."""

    @pytest.fixture
    def database_url(self) -> str:
        """None is needed."""
        return ""

    def opened(self, url: str, batches: Sequence[JudgedBatch]) -> AbstractAsyncContextManager[Batches]:
        """Batches in memory."""
        del url

        @asynccontextmanager
        async def _opened() -> AsyncIterator[Batches]:
            yield RememberedBatches(*batches)

        return _opened()


def test_the_same_batch_again_changes_nothing(tmp_path: Path) -> None:
    """Others take its place, until it is final."""
    url, batch = f"sqlite:///{tmp_path / 'registry.sqlite'}", made_up_batch()
    more = replace(batch, comparisons=(*batch.comparisons, Comparison("e00", "e01", first_won=True)))

    async def _work() -> None:
        async with open_batches(read_address(url)) as batches:
            assert await batches.add(batch, made_at=NOON)
            assert not await batches.add(batch, made_at=NOON)
            assert await batches.add(more, made_at=NOON)
            assert more == await batches.batch("batch-1")
            await batches.finalize("batch-1", lambda: (made_up_result(), ()))
            assert not await batches.add(more, made_at=NOON)
            with pytest.raises(InputError, match="'batch-1' is final and cannot change"):
                await batches.add(batch, made_at=NOON)

    asyncio.run(_work())


def test_a_task_is_one_and_the_same_for_all_its_batches(tmp_path: Path) -> None:
    """A batch that does not say it loses nobody's; another text under the same name is refused."""
    url = f"sqlite:///{tmp_path / 'registry.sqlite'}"
    told, quiet, other = (
        replace(batch, essays=tuple(replace(each, prompt_text=text) for each in batch.essays))
        for batch, text in zip(
            map(made_up_batch, ("told", "quiet", "other")), ("Write.", None, "Read."), strict=True
        )
    )

    async def _work() -> set[str | None]:
        async with open_batches(read_address(url)) as batches:
            await batches.add(other, made_at=NOON)
            assert await batches.add(replace(told, id="other"), made_at=NOON)  # its own may change
            await batches.add(quiet, made_at=NOON)
            with pytest.raises(InputError, match="'task-1' has another text in batch 'other'; give.*--task"):
                await batches.add(replace(other, id="third"), made_at=NOON)
            kept = [await batches.batch(name) for name in ("other", "quiet")]
            return {each.prompt_text for batch in kept for each in batch.essays}

    assert {"Write."} == asyncio.run(_work())


def test_a_result_of_another_batch_is_refused(tmp_path: Path) -> None:
    """Nothing is written."""

    async def _work() -> None:
        async with open_batches(read_address(f"sqlite:///{tmp_path / 'r.sqlite'}")) as batches:
            with pytest.raises(InputError, match="'batch-1' is not batch 'batch-2'"):
                await batches.finalize("batch-2", lambda: (made_up_result(), ()))
            assert await batches.result("batch-1") is None

    asyncio.run(_work())


REAL = """
CREATE TABLE cj_batch_uploads (id INTEGER PRIMARY KEY, bos_batch_id TEXT, status TEXT, created_at TEXT,
                               assignment_id TEXT);
CREATE TABLE cj_processed_essays (els_essay_id TEXT PRIMARY KEY, cj_batch_id INTEGER, text_storage_id TEXT,
                                  assessment_input_text TEXT, is_anchor BOOLEAN, processing_metadata TEXT);
CREATE TABLE cj_comparison_pairs (id INTEGER PRIMARY KEY, cj_batch_id INTEGER, essay_a_els_id TEXT,
                                  essay_b_els_id TEXT, winner TEXT, confidence REAL);
CREATE TABLE anchor_essay_references (id INTEGER PRIMARY KEY, anchor_label TEXT, grade TEXT,
                                      grade_scale TEXT, text_storage_id TEXT);
INSERT INTO cj_batch_uploads VALUES (7, 'b', 'COMPLETE_STABLE', '2026-01-01', 'task-1'),
                                    (8, 'b', 'X', NULL, NULL);
INSERT INTO anchor_essay_references VALUES (1, 'high', 'A', 'swedish_8_anchor', 's-1'),
                                           (2, 'low', 'F', 'swedish_8_anchor', 's-9');
INSERT INTO cj_processed_essays VALUES
    ('a', 7, 's-0', 'One text.', 0, NULL), ('b', 7, 's-1', 'Two.', 1, '{}'),
    ('c', 7, 's-2', NULL, 1, '{"known_grade": "D"}'), ('d', 7, NULL, '', 1, '{"anchor_ref_id": 2}'),
    ('e', 7, NULL, 'Five.', 1, 'no JSON'), ('x', 8, NULL, 'Other.', 0, '[]');
INSERT INTO cj_comparison_pairs VALUES
    (3, 7, 'a', 'b', 'essay_b', 4.5), (1, 7, 'b', 'c', 'essay_a', NULL), (2, 7, 'a', 'c', 'error', NULL),
    (4, 7, 'a', 'x', 'essay_a', 1), (5, 7, 'a', 'a', 'essay_a', 1), (6, 7, NULL, 'a', 'essay_b', 1),
    (7, 8, 'x', 'x', 'essay_a', 1), (8, 7, 'c', 'd', NULL, 1);
"""
SEED = """
CREATE TABLE cj_batch_uploads (batch_id TEXT PRIMARY KEY, status TEXT, created_at TEXT);
CREATE TABLE cj_processed_essays (essay_id TEXT, batch_id TEXT, text_content TEXT, known_grade TEXT);
CREATE TABLE cj_comparison_pairs (id INTEGER PRIMARY KEY, essay_a_id TEXT, essay_b_id TEXT,
                                  winner_essay_id TEXT);
INSERT INTO cj_batch_uploads VALUES ('batch-123', 'COMPLETED', '2026-01-01');
INSERT INTO cj_processed_essays VALUES ('a', 'batch-123', 'One.', NULL), ('b', 'batch-123', 'Two.', 'B'),
                                       ('x', 'batch-9', 'Other.', NULL);
INSERT INTO cj_comparison_pairs VALUES (1, 'a', 'b', 'b'), (2, 'b', 'a', 'b'), (3, 'a', 'x', 'a'),
                                       (4, 'a', 'b', NULL);
"""


def _laid_out(path: Path, script: str) -> str:
    with sqlite3.connect(path) as connection:
        connection.executescript(script)
    connection.close()
    return f"sqlite:///{path}"


def _read(url: str, batch_id: str, said: dict[str, object]) -> JudgedBatch:
    async def _work() -> JudgedBatch:
        async with open_batches(read_address(url), batch_tables(said)) as batches:
            return await batches.batch(batch_id)

    return asyncio.run(_work())


def test_tables_of_the_running_service_are_read_as_they_are(tmp_path: Path) -> None:
    """Known grades from metadata, texts and references; undecided comparisons counted; one scale known."""
    url = _laid_out(tmp_path / "real.sqlite", REAL)
    expected = JudgedBatch(
        id="7",
        essays=(
            BatchEssay(id="a", text="One text.", prompt="task-1"),
            BatchEssay(id="b", text="Two.", known_grade="A", is_anchor=True, prompt="task-1"),
            BatchEssay(id="c", text=None, known_grade="D", is_anchor=True, prompt="task-1"),
            BatchEssay(id="d", text=None, known_grade="F", is_anchor=True, prompt="task-1"),
            BatchEssay(id="e", text="Five.", known_grade=None, is_anchor=True, prompt="task-1"),
        ),
        comparisons=(
            Comparison("b", "c", first_won=True),
            Comparison("a", "b", first_won=False, confidence=4.5),
        ),
        set_aside={"undecided": 2, "unknown item": 1, "self-pair": 1, "missing item": 1},
        scale="swedish_8_anchor",
        status="COMPLETE_STABLE",
    )
    assert expected == _read(url, "7", {})


def test_tables_of_the_plans_are_read_by_their_preset(tmp_path: Path) -> None:
    """The winner is named by id, and a comparison belongs where both of its essays do."""
    url = _laid_out(tmp_path / "seed.sqlite", SEED)
    found = _read(url, "batch-123", {"preset": "judgement_seed"})
    assert ("a", "b") == tuple(essay.id for essay in found.essays)
    assert [None, "B"] == [essay.known_grade for essay in found.essays]
    assert [False, True] == [essay.is_anchor for essay in found.essays]
    assert (
        Comparison("a", "b", first_won=False), Comparison("b", "a", first_won=True)
    ) == found.comparisons  # fmt: skip
    assert {"undecided": 1} == found.set_aside


REFUSED: dict[str, tuple[str, dict[str, object], str]] = {
    "no such batch": ("9", {}, "has no batch '9'; the newest are 7, 8"),
    "no number": ("seven", {}, "has no batch 'seven'"),
    "another form of a number": ("07", {}, "has no batch '07'"),
    "a number that no database holds": ("9" * 25, {}, "has no batch '9999"),
    "a number that nobody reads": ("9" * 5000, {}, "has no batch '<5,000 characters>'"),
    "a column that was named": ("7", {"essays": {"text": "body"}}, "has no column 'body'"),
    "a table that was named": ("7", {"tasks": {"table": "nowhere"}}, "has no table 'nowhere'"),
    "a column that is needed": ("7", {"pairs": {"winner": ""}}, "has no column ''"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_not_there_is_refused(case: str, tmp_path: Path) -> None:
    """The message names it, and offers what there is."""
    batch_id, said, message = REFUSED[case]
    url = _laid_out(tmp_path / "real.sqlite", REAL)
    with pytest.raises(InputError, match=message):
        _read(url, batch_id, said)


def test_another_program_s_tables_are_not_written(tmp_path: Path) -> None:
    """They are read, and what comes of them is kept beside them."""
    url = _laid_out(tmp_path / "real.sqlite", REAL)

    async def _work() -> None:
        async with open_batches(read_address(url)) as batches:
            assert ("7", "8") == await batches.batch_ids()
            with pytest.raises(InputError, match="belongs to another program"):
                await batches.add(made_up_batch(), made_at=NOON)
            await batches.finalize("7", lambda: (made_up_result("7"), ()))
            assert made_up_result("7") == await batches.result("7")

    asyncio.run(_work())


def test_an_essay_twice_in_a_batch_is_refused(tmp_path: Path) -> None:
    """Which of the two was judged is not known."""
    twice = SEED.replace("('b', 'batch-123'", "('a', 'batch-123', 'Again.', NULL), ('b', 'batch-123'")
    with pytest.raises(InputError, match="has essay 'a' twice"):
        _read(_laid_out(tmp_path / "seed.sqlite", twice), "batch-123", {"preset": "judgement_seed"})
