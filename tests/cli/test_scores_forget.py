"""`gradewise scores forget`: shown first, asked about, taken out, and told of afterwards."""

import asyncio
import re
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from gradewise.bootstrap import score_log_from, shared_cache
from gradewise.essays.texts import text_sha256
from gradewise.settings import read_settings
from gradewise.testing.score_logs import made_up_correction, made_up_draft
from gradewise.workflows.scoring.kept_readings import reading_key_of
from trials import Command

TEXTS = [f"This is essay number {number}, about the sea." for number in range(6)]


@pytest.fixture
def logged(command: Command, monkeypatch: pytest.MonkeyPatch) -> Command:
    """Commands where six answers are logged, and a file says which of three students wrote what."""
    monkeypatch.setenv("GRADEWISE_USER", "anna@school")
    rows = "\n".join(f'own-{number},pupil-{number % 3},"{text}"' for number, text in enumerate(TEXTS))
    Path("essays.csv").write_text(f"essay_id,student_id,text\n{rows}\n", encoding="utf-8")
    drafts = [made_up_draft(n, text_sha256=text_sha256(text)) for n, text in enumerate(TEXTS)]
    drafts[4] = replace(drafts[4], batch_id="spring")

    async def _fill() -> None:
        async with score_log_from(read_settings()) as log:
            await log.add(drafts)
            await log.correct(made_up_correction(1, drafts[1]))

    asyncio.run(_fill())
    return command


ASKED = ("scores", "forget", "--student", "pupil-1", "--essays", "essays.csv")


def test_what_is_known_is_shown_and_nothing_changed(logged: Command) -> None:
    """A dry run needs no reason; a list of what it does not reach, with what to do there."""
    shown = logged(*ASKED, "--dry-run")
    assert 0 == shown.code
    for words in ("essay-1 ", "essay-4 ", "2 answers and 1 decision, of 2 essays", "judged batches: spring"):
        assert words in shown.out
    assert "essay-2 " not in shown.out
    assert shown.out.endswith("nothing was changed\n")
    assert "6 answers unchanged" in logged("scores", "verify", "-q").out


def test_nobody_is_forgotten_without_a_yes(logged: Command) -> None:
    """No, silence and no reason at all leave everything as it was."""
    for answer in (b"n\n", b""):
        said = logged(*ASKED, "--reason", "request 17", stdin=answer)
        assert (1, True) == (said.code, "nothing was changed; to be asked nothing: --yes" in said.out)
        assert "Take 2 answers out for good? [y/N]" in said.err
    assert "why answers are taken out is not said" in logged(*ASKED, "--yes").err
    assert "is kept for good" in logged(*ASKED, "--yes", "--reason", "pupil-1 asked").err
    assert "6 answers unchanged" in logged("scores", "verify", "-q").out


def test_a_student_is_forgotten(logged: Command) -> None:
    """After a yes; verify says by whom and why, and answers beside it say what is gone."""
    gone = made_up_draft(1).id
    done = logged(*ASKED, "--reason", "request 17", stdin=b"y\n")
    line = "by anna@school, records 2, 5: request 17"
    assert (0, True) == (done.code, line in done.out)
    (known,) = re.findall(r"--known-erasure: (\d+:[0-9a-f]{64})", done.out)
    verified = logged("scores", "verify", "-q", "--known-erasure", known)
    assert 0 == verified.code
    for words in ("4 answers unchanged", "2 answers taken out for good, in 1 erasure:", line, known):
        assert words in verified.out
    assert "0 corrections unchanged and in place (1 went with forgotten answers)" in verified.out
    other = f"{known[:2]}{'0' * 64}"
    missed = logged("scores", "verify", "-q", "--known-erasure", other)
    assert (1, True) == (missed.code, "the chain of erasures is broken: 1 break" in missed.out)
    shown = logged("scores", "show", made_up_draft(2).id).out
    assert "beside it 2 was taken out for good" in shown
    for command in ("show", "replay"):
        assert "it may have been forgotten" in logged("scores", command, gone).err
    assert "essay-1" not in logged("scores", "export").out
    assert "holds no answer about that" in logged(*ASKED, "--reason", "request 18", "-y").err


def test_what_was_removed_by_other_means_is_told_beside_what_was_taken_out(logged: Command) -> None:
    """An answer between one that was taken out and one that is missing says which is which."""
    assert 0 == logged("scores", "forget", "--essay", "essay-1", "--reason", "request 17", "-y").code
    with closing(sqlite3.connect("models/.registry/registry.sqlite")) as file:
        file.execute("DROP TRIGGER score_log_no_delete")
        file.execute("DELETE FROM score_log WHERE serial = 4")
        file.commit()
    assert "beside it 2 was taken out for good" in logged("scores", "show", made_up_draft(2).id).out
    broken = logged("scores", "show", made_up_draft(4).id).out
    assert "the chain is broken here\n  record 4 is missing" in broken
    assert "record 4 is missing" in logged("scores", "verify", "-q").out


def test_readings_of_the_texts_are_removed_from_the_cache(logged: Command) -> None:
    """Those of the student, and no other's; it is said how many."""
    keys = [
        reading_key_of(draft.text_sha256, "", "", shaped_by=draft.reading_fingerprint)
        for draft in (made_up_draft(n, text_sha256=text_sha256(text)) for n, text in enumerate(TEXTS))
    ]
    cache = shared_cache(read_settings())
    cache.put_many(dict.fromkeys(keys, b"numbers"))
    assert "feature cache: 2 readings of the texts" in logged(*ASKED, "--reason", "request 17", "-y").out
    assert {*keys} - {keys[1], keys[4]} == set(cache.get_many(keys))
    cache.close()


def test_an_answer_or_an_essay_is_forgotten(logged: Command) -> None:
    """By another than the user of the settings; what stays about the same essay is said."""
    twin = made_up_draft(9, essay_id="essay-0")

    async def _add() -> None:
        async with score_log_from(read_settings()) as log:
            await log.add([twin])

    asyncio.run(_add())
    one = ("scores", "forget", twin.id[:9], "--by", "kim", "--reason", "a test", "-y", "-q")
    assert "1 further answer about the same stays; name the essay to take all: --essay essay-0" in (
        logged(*one, "--dry-run").out
    )
    assert "by kim, record 7: a test" in logged(*one).out
    both = ("scores", "forget", "--essay", "essay-0", "--essay", "essay-3", "--reason", "moved", "-y")
    assert "records 1, 4: moved" in logged(*both).out
    verified = logged("scores", "verify", "-q").out
    assert "3 answers taken out for good, in 2 erasures:" in verified


def test_a_command_that_names_nobody_says_how(logged: Command) -> None:
    """Nothing at all, an empty name, or a file without a student."""
    assert "an empty name is nobody's" in logged("scores", "forget", "--student", "").err
    assert "who is to be forgotten?" in logged("scores", "forget").err
    assert "name the student too" in logged("scores", "forget", "--essays", "essays.csv", "--essay", "x").err


def test_much_is_shown_shortly(logged: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of many answers and erasures the first and the last ones."""
    monkeypatch.setattr("gradewise.cli.scores.forgetting.MOST_SHOWN", 1)
    monkeypatch.setattr("gradewise.cli.scores.proving.MOST_PLACES", 1)
    monkeypatch.setattr("gradewise.cli.scores.proving.MOST_SHOWN", 1)
    done = logged(*ASKED, "--reason", "request 17", "-y", "-q").out
    assert "and 1 answer more" in done
    assert "records 2 and 1 more: request 17" in done
    assert 0 == logged("scores", "forget", "--essay", "essay-0", "--reason", "x", "-y").code
    assert "  1 earlier, unchanged" in logged("scores", "verify", "-q").out
