"""The score log is read page by page: verified, counted, exported."""

import asyncio
import csv
import io
import json
from dataclasses import replace

import pytest

from gradewise.errors import InputError
from gradewise.scores.chain import Break, Link
from gradewise.scores.records import ScoreRecord
from gradewise.telemetry import Event, StageAdvanced
from gradewise.testing.score_logs import NOON, MemoryScoreLog, made_up_correction, made_up_draft, made_up_note
from gradewise.workflows.scoring import log_pages
from gradewise.workflows.scoring.log_json import csv_lines, jsonl_lines
from gradewise.workflows.scoring.log_pages import count_before, last_corrections
from gradewise.workflows.scoring.verify_log import MOST_TOLD, Verified, verify_log

N = 11


@pytest.fixture(autouse=True)
def _small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log_pages, "PAGE", 4)


class HarmableLog(MemoryScoreLog):
    """A log whose records somebody can harm, and of which old ones can be forgotten midway."""

    forgets_midway = False
    grows_midway = False
    erases_midway = False
    end: tuple[int, str] | None = None

    def harm(self, serial: int, **changes: str) -> None:
        """Change a record."""
        self._records = [
            replace(each, draft=replace(each.draft, **changes)) if each.serial == serial else each  # type: ignore[arg-type]
            for each in self._records
        ]

    def remove(self, serial: int) -> None:
        """Remove a record, without the head."""
        self._records = [each for each in self._records if each.serial != serial]

    def slip_in(self, serial: int) -> None:
        """Put a copy of a record where none belongs, without the head."""
        self.end = (self._records[-1].serial, self._records[-1].digest)
        self._records = sorted(
            [*self._records, replace(self._records[2], serial=serial)], key=lambda each: each.serial
        )

    async def head(self) -> tuple[int, str]:
        """The end, whatever comes after it."""
        return self.end or await super().head()

    async def records(
        self, *, after: int = 0, limit: int = 1000, essay_id: str | None = None
    ) -> tuple[ScoreRecord, ...]:
        """The same, after a moment of forgetting."""
        if self.forgets_midway:
            self.forgets_midway = False
            await self.forget(made_up_draft(3).made_at)
        if self.erases_midway and after > 0:
            self.erases_midway = False
            await self.erase([made_up_draft(6).id], made_up_note(1))
        if self.grows_midway:
            self.grows_midway = False
            await self.add([made_up_draft(number) for number in range(50, 60)])
        return await super().records(after=after, limit=limit, essay_id=essay_id)


def log_of(n: int = N) -> HarmableLog:
    """A log of made-up answers."""
    log = HarmableLog()
    asyncio.run(log.add([made_up_draft(number) for number in range(n)]))
    return log


def verified(log: HarmableLog, known: Link | None = None) -> Verified:
    """What is found."""
    return asyncio.run(verify_log(log, known=known))


def test_a_whole_log_is_whole() -> None:
    """Over pages, with progress; also when it is empty, or has been forgotten."""
    told: list[Event] = []
    log = log_of()
    found = asyncio.run(verify_log(log, listener=told.append))
    assert (N, (), N) == (found.n, found.breaks, found.head.serial)
    assert [4, 8, 11] == [each.done for each in told if isinstance(each, StageAdvanced)]
    assert 0 == verified(log_of(0)).n
    asyncio.run(log.forget(made_up_draft(6).made_at))
    assert (N - 6, 6, ()) == ((found := verified(log)).n, found.origin.serial, found.breaks)


@pytest.mark.parametrize("serial", [1, 4, 5, 11])
def test_harm_is_found_wherever_pages_end(serial: int) -> None:
    """A changed record, and a removed one; the last is missed by the head."""
    log = log_of()
    head = Link(*asyncio.run(log.head()))
    log.harm(serial, grade="A")
    assert (Break(serial=serial, kind="changed", until=serial),) == verified(log).breaks
    log.remove(serial)
    known = head if serial == N else None
    assert (Break(serial=serial, kind="missing", until=serial),) == verified(log, known).breaks


@pytest.mark.parametrize("serial", [-5, 0, N + 1, 10**9])
def test_what_was_slipped_in_before_the_beginning_or_after_the_end_is_found(serial: int) -> None:
    """Asked for by its id it would be taken for an answer."""
    log = log_of()
    log.slip_in(serial)
    assert {(serial, serial)} == {(found.serial, found.until) for found in verified(log).breaks}


def test_what_is_forgotten_midway_is_not_missing() -> None:
    """It is begun again from where the chain begins now."""
    log = log_of()
    log.forgets_midway = True
    assert (3, N - 3, ()) == ((found := verified(log)).origin.serial, found.n, found.breaks)


@pytest.mark.parametrize("n", [0, 3, 4])
def test_what_is_added_midway_is_not_looked_at(n: int) -> None:
    """Neither is it taken for something that was slipped in."""
    log = log_of(n)
    log.grows_midway = True
    assert (n, ()) == ((found := verified(log)).n, found.breaks)
    assert n + 10 == verified(log).n


def test_a_digest_that_was_kept_elsewhere_must_be_there() -> None:
    """A chain that was made anew as a whole holds, and is another."""
    known = Link(5, asyncio.run(log_of().records())[4].digest)
    assert () == verified(log_of(), known).breaks
    other = HarmableLog()
    asyncio.run(other.add([made_up_draft(number, grade="A") for number in range(N)]))
    assert () == verified(other).breaks
    assert (Break(serial=5, kind="changed", until=5),) == verified(other, known).breaks
    asyncio.run(other.forget(made_up_draft(8).made_at))
    with pytest.raises(InputError, match="record 5 was forgotten"):
        verified(other, known)


def test_only_so_many_breaks_are_told() -> None:
    """A log of which everything was changed is not read to its end."""
    log = log_of(MOST_TOLD + 50)
    for serial in range(1, MOST_TOLD + 51):
        log.harm(serial, grade="A")
    assert MOST_TOLD == len(verified(log).breaks)


def test_pages_go_back_over_what_was_taken_out() -> None:
    """Each answer that is left once, the newest first, also where a whole page is gone."""
    log = log_of()
    gone = [made_up_draft(number).id for number in (2, 3, 4, 5, 6, 9)]
    asyncio.run(log.erase(gone, made_up_note(1)))

    async def _back() -> list[int]:
        return [each.serial async for page in log_pages.pages_back(log) for each in page]

    assert [11, 9, 8, 2, 1] == asyncio.run(_back())


def test_what_is_taken_out_midway_is_not_missing() -> None:
    """It is begun again with what is left; a digest of it that was kept elsewhere still fits."""
    log = log_of()
    known = Link(7, asyncio.run(log.records())[6].digest)
    log.erases_midway = True
    assert (N - 1, 1, ()) == ((found := verified(log, known)).n, len(found.erasures), found.breaks)
    other = Link(7, "f" * 64)
    assert (Break(serial=7, kind="changed", until=7),) == verified(log, other).breaks


def test_what_would_be_forgotten_is_counted() -> None:
    """As many as forgetting removes."""
    for number in (0, 3, 4, 20):
        log = log_of()
        before = made_up_draft(number).made_at
        assert asyncio.run(count_before(log, before)) == asyncio.run(log.forget(before))


def test_an_export_holds_what_is_known() -> None:
    """Every answer with its last correction, as lines of JSON and as a table without formulas."""
    log = MemoryScoreLog()
    said = '{"score":2.5,"confidence":0.75,"advisories":[{"code":"too_long"},{"code":"too_short"}]}'
    drafts = [
        made_up_draft(1, prediction=said, essay_id="=1+1"),
        made_up_draft(2, prediction="harmed"),
        made_up_draft(3, prediction="[]"),
    ]

    async def _work() -> tuple[str, str]:
        records = await log.add(drafts)
        for number, grade in ((1, "B"), (2, "A")):
            await log.correct(made_up_correction(number, drafts[0], grade=grade))
        decided = await last_corrections(log, records)
        assert {} == await last_corrections(log, ())
        table = csv_lines(records[:2], decided, first=True) + csv_lines(records[2:], decided, first=False)
        return jsonl_lines(records, decided), table

    lines, table = asyncio.run(_work())
    first, second, third = map(json.loads, lines.splitlines())
    assert ("A", 2.5, 4) == (first["correction"]["grade"], first["prediction"]["score"], first["n_values"])
    assert [None, None] == [second["correction"], third["correction"]]
    assert [{}, {}] == [second["prediction"], third["prediction"]]
    assert "values" not in first
    rows = list(csv.DictReader(io.StringIO(table)))
    assert ["1", "2", "3"] == [row["serial"] for row in rows]
    assert ("'=1+1", "0.75", "too_long too_short", "A", "anna@school") == tuple(
        rows[0][name]
        for name in ("essay_id", "confidence", "advisories", "correction_grade", "correction_by")
    )
    assert "" == rows[1]["correction_grade"] == rows[2]["score"]
    assert NOON.isoformat()[:10] == rows[0]["made_at"][:10]
