"""One person is forgotten: found by name, by file and by answer, and taken out without being named."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from gradewise.bootstrap import open_table
from gradewise.errors import InputError, NotFoundError
from gradewise.essays.texts import text_sha256
from gradewise.scores.records import ScoreDraft
from gradewise.testing.score_logs import MemoryScoreLog, made_up_correction, made_up_draft, made_up_note
from gradewise.workflows.scoring import forgetting, log_pages
from gradewise.workflows.scoring.forgetting import (
    FoundAnswers,
    Sought,
    erase_answers,
    essays_of,
    find_answers,
    names_of,
    refuse_names,
)

TEXTS = [f"This is essay number {number}, about the sea." for number in range(6)]
ROWS = "\n".join(f'own-{number},s{number % 3},"{text}"' for number, text in enumerate(TEXTS))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Six essays of three students."""
    path = tmp_path / "essays.csv"
    path.write_text(f"essay_id,student_id,text\n{ROWS}\n", encoding="utf-8")
    return path


def draft(number: int) -> ScoreDraft:
    """An answer about one of them, sent under another name."""
    return made_up_draft(number, text_sha256=text_sha256(TEXTS[number]))


def log_of(*drafts: ScoreDraft) -> MemoryScoreLog:
    """A log with these answers, of which the first was decided about."""

    async def _made() -> MemoryScoreLog:
        log = MemoryScoreLog()
        await log.add(drafts)
        await log.correct(made_up_correction(1, drafts[0]))
        return log

    return asyncio.run(_made())


def found(log: MemoryScoreLog, sought: Sought) -> FoundAnswers:
    """What the log holds of it."""
    return asyncio.run(find_answers(log, sought))


def serials(log: MemoryScoreLog, sought: Sought) -> list[int]:
    """Which answers those are."""
    return [each.serial for each in found(log, sought).records]


def test_what_a_file_says_that_somebody_wrote_is_found(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By its text whatever it was called when it was sent, and by its name whatever the text was then."""
    monkeypatch.setattr(log_pages, "PAGE", 2)
    sought = names_of(essays_of("s1", [open_table(file)], column=None))
    renamed = replace(draft(5), essay_id="own-1")
    log = log_of(*map(draft, range(5)), renamed)
    assert [2, 5, 6] == serials(log, sought)
    assert sought == names_of(essays_of(" s1 ", [open_table(file)], column="student_id"))


def test_answers_are_found_by_name_and_by_id(monkeypatch: pytest.MonkeyPatch) -> None:
    """All about an essay, page after page; of one answer that alone, and how many stand beside it."""
    monkeypatch.setattr(forgetting, "AT_ONCE", 2)
    log = log_of(*(made_up_draft(number, essay_id="kim" if number else "lou") for number in range(6)))
    assert [2, 3, 4, 5, 6] == serials(log, Sought(essay_ids=frozenset({"kim", "nobody"})))
    one = found(log, Sought(score_ids=(made_up_draft(3).id[:9],)))
    assert ([4], 4, ("kim",)) == ([each.serial for each in one.records], one.n_beside, one.essay_ids)
    every = found(log, Sought(score_ids=(made_up_draft(3).id,), essay_ids=frozenset({"kim", "lou"})))
    assert (6, 0, 1) == (len(every.records), every.n_beside, len(every.corrections))


def test_what_is_nowhere_is_said(file: Path, tmp_path: Path) -> None:
    """An answer, an essay, a student, a column: each in words that say what to do."""
    log = log_of(draft(0))
    with pytest.raises(InputError, match="may have been forgotten"):
        found(log, Sought(score_ids=("0" * 32,)))
    with pytest.raises(NotFoundError, match="holds no answer about that"):
        found(log, Sought(essay_ids=frozenset({"nobody"}), texts=frozenset({"0" * 64})))
    with pytest.raises(NotFoundError, match="no essay of student 's9'"):
        essays_of("s9", [open_table(file)], column=None)
    other = tmp_path / "other.csv"
    other.write_text("essay_id,text\n1,Some words here.\n", encoding="utf-8")
    with pytest.raises(InputError, match="no column of students found among essay_id, text"):
        essays_of("s1", [open_table(other)], column=None)


def test_what_was_found_is_taken_out() -> None:
    """With what was decided; batches that it was part of are known."""
    log = log_of(replace(draft(0), batch_id="spring"), draft(1))
    wanted = found(log, Sought(essay_ids=frozenset({"essay-0"})))
    erasure = asyncio.run(erase_answers(log, wanted, made_up_note(1)))
    assert (("spring",), [1]) == (wanted.batch_ids, [each.serial for each in erasure.answers])
    assert ((), 1) == (asyncio.run(log.corrections()), len(asyncio.run(log.records())))
    with pytest.raises(NotFoundError, match="forgotten meanwhile"):
        asyncio.run(erase_answers(log, wanted, made_up_note(2)))


@pytest.mark.parametrize(
    ("reason", "refused"),
    [
        pytest.param("request of Kim Andersson", True, id="name"),
        pytest.param("REQUEST OF KIM ANDERSSON.", True, id="other letters"),
        pytest.param("because of essay-0", True, id="essay"),
        pytest.param("request 17", False, id="number"),
        pytest.param("Kimberley asked", False, id="part of a word"),
        pytest.param("9b moved away", False, id="short"),
    ],
)
def test_a_reason_that_names_the_person_is_refused(reason: str, refused: bool) -> None:  # noqa: FBT001 - a case
    """It is kept for good; a short name may be any word."""
    names = {"Kim Andersson", "Kim", "essay-0", "9b"}
    if refused:
        with pytest.raises(InputError, match="is kept for good; say why without naming"):
            refuse_names(reason, names)
    else:
        refuse_names(reason, names)
