"""`gradewise scores`: answers are listed, shown, replayed, verified, exported and forgotten."""

import asyncio
import csv
import io
import json
import re
import sqlite3
from collections.abc import Awaitable, Callable, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

import numpy as np
import pytest

from gradewise.bootstrap import find_checker, score_log_from, stores_from
from gradewise.errors import InputError
from gradewise.essays.records import Essay
from gradewise.essays.texts import text_sha256
from gradewise.models.bundles.bundle import load_bundle
from gradewise.models.bundles.storage import read_bundle_files
from gradewise.protocols.scoring import ScoreLog
from gradewise.scores.records import ScoreDraft, ScoreRecord
from gradewise.settings import read_settings
from gradewise.testing.score_logs import made_up_correction, made_up_draft
from gradewise.workflows.measuring.nothing_kept import NothingKept
from gradewise.workflows.scoring.bundle_model import BundleModel
from gradewise.workflows.scoring.prediction_json import prediction_to_json
from gradewise.workflows.scoring.replay import reread
from gradewise.workflows.scoring.tools import Tools
from logged_answers import made_up_answers
from trials import Command, Trained

DATABASE = Path("models/.registry/registry.sqlite")
T = TypeVar("T")


def on_log(work: Callable[[ScoreLog], Awaitable[T]]) -> T:
    """Do something with the log of this directory."""

    async def _work() -> T:
        async with score_log_from(read_settings()) as log:
            return await work(log)

    return asyncio.run(_work())


def add(drafts: Sequence[ScoreDraft]) -> tuple[ScoreRecord, ...]:
    """Write answers down."""
    return on_log(lambda log: log.add(drafts))


def harm(statement: str) -> None:
    """Change the log past its guards."""
    with closing(sqlite3.connect(DATABASE)) as file:
        file.execute("DROP TRIGGER IF EXISTS score_log_no_update")
        file.execute(statement)
        file.commit()


@pytest.fixture
def logged(command: Command) -> Command:
    """Commands where twelve answers of a model are logged, of which the first was corrected."""
    answers = made_up_answers()
    store = stores_from(read_settings())[0]
    store.put(answers.files)
    add(answers.drafts)
    on_log(lambda log: log.correct(made_up_correction(1, answers.drafts[0], grade="A")))
    return command


def test_answers_are_listed_newest_first(logged: Command) -> None:
    """A line each, with what a teacher said; of one essay alone; as JSON."""
    lines = logged("scores", "list", "-n", "12").out.splitlines()
    assert ["id", "given", "essay", "grade", "sure", "route", "teacher", "model"] == lines[0].split()
    assert ["essay-11", "essay-0"] == [lines[1].split()[3], lines[-1].split()[3]]
    assert "A" == lines[-1].split()[-3]
    assert 1 + 1 == len(logged("scores", "list", "--essay", "essay-3").out.splitlines())
    told = json.loads(logged("scores", "list", "--essay", "essay-0", "--json").out)
    assert ("A", 1) == (told["scores"][0]["correction"]["grade"], told["scores"][0]["serial"])
    nobody = logged("scores", "list", "--essay", "nobody")
    assert (0, "", "no answer about essay nobody\n") == (nobody.code, nobody.out, nobody.err)


def test_an_empty_log_says_where_answers_come_from(command: Command) -> None:
    """On standard error; a log without answers is whole."""
    assert "gradewise serve" in command("scores", "list").err
    assert "0 answers unchanged" in command("scores", "verify", "-q").out


def test_an_answer_is_shown(logged: Command) -> None:
    """Probabilities, doubts, corrections, and that it is unchanged; by the beginning of its id."""
    first, *others = made_up_answers().drafts
    shown = logged("scores", "show", first.id[:10]).out
    for words in (
        "too long: 1,200 words",
        f"{first.grade} → A",
        "by anna@school",
        "█",
        "unchanged since",
        first.id,
    ):
        assert words in shown
    assert "decided" not in logged("scores", "show", others[-1].id).out
    told = json.loads(logged("scores", "show", first.id, "--json").out)
    assert first.grade == told["score"]["prediction"]["grade"]
    assert 2 == logged("scores", "show", "0" * 32).code


def test_an_odd_answer_is_shown(command: Command) -> None:
    """What another version wrote down, in a batch, with traits, or without anything."""
    said = json.dumps({"traits": {"style": {"grade": "B", "confidence": 0.5}}, "grade_set": ["C"]})
    first, second = add(
        [
            made_up_draft(
                1, prediction=said, batch_id="batch-7", correlation_id="request-7", task_sha256="7" * 64
            ),
            made_up_draft(2, prediction="nothing", arm="shadow"),
        ]
    )
    shown = command("scores", "show", first.draft.id).out
    assert {"batch-7", "request-7", "style", "7" * 64} <= set(shown.split())
    assert "the model on trial, unseen" in command("scores", "show", second.draft.id).out
    on_log(lambda log: log.correct(made_up_correction(1, first.draft, grade="C", reason="")))
    assert "confirmed  by anna@school\n" in command("scores", "show", first.draft.id).out


def test_answers_are_replayed(logged: Command) -> None:
    """One, all, or those since a day: identical, with exit code 0."""
    draft = made_up_answers().drafts[4]
    one = logged("scores", "replay", draft.id[:12])
    assert (0, True) == (one.code, one.out.endswith("identical, letter by letter\n"))
    assert "12 answers came out identical" in logged("scores", "replay", "--all").out
    assert "0 answers came out identical" in logged("scores", "replay", "--since", "2026-03-02", "-q").out
    for wrong in ([], [draft.id, "--all"], ["--all", "--text", "x"]):
        assert 2 == logged("scores", "replay", *wrong).code


def test_what_does_not_come_out_the_same_is_said(logged: Command) -> None:
    """Exit code 1, the answer and what differs; a model that is nowhere too."""
    drafts = made_up_answers().drafts
    add([made_up_draft(99, model_digest="1" * 64, prediction=drafts[1].prediction)])
    harm("UPDATE score_log SET prediction = replace(prediction, 'essay-5', 'essay-x') WHERE serial = 6")
    one = logged("scores", "replay", drafts[5].id)
    assert (1, True) == (one.code, "the record was changed after it was written" in one.out)
    every = logged("scores", "replay", "--all", "-q")
    assert (1, True) == (
        every.code,
        "11 answers came out identical, letter by letter; 2 did not" in every.out,
    )
    assert "is in no store" in every.out
    shown = logged("scores", "show", drafts[6].id).out
    assert "the chain is broken here" not in shown
    assert "the chain is broken here" in logged("scores", "show", drafts[5].id).out


def test_a_text_is_read_again(command: Command, trained: Trained, tmp_path: Path) -> None:
    """Every number comes out the same, bit by bit; another text, another number, no text: each is said."""
    store, bundle = stores_from(read_settings())[0], trained.bundle
    store.put(read_bundle_files(bundle))
    text = "The school should open later. Pupils are tired in the morning, and tired pupils learn less.\n" * 8
    tools = Tools(find_checker, readers=1)
    model = BundleModel(load_bundle(bundle), tools, NothingKept())
    essay = Essay(id="essay", text=text)
    (reading,) = model.read((essay,))
    (said,) = model.grade(("essay",), (reading,))
    draft = made_up_draft(
        1,
        text_sha256=text_sha256(text),
        model_digest=model.identity.digest,
        reading_fingerprint=model.reading_fingerprint,
        values=np.asarray(reading.values, "<f4").tobytes(),
        prediction=prediction_to_json(said),
        grade=said.grade,
    )
    other = (np.asarray(reading.values, "<f4") + np.float32(1)).tobytes()
    same, harmed, short = add(
        [
            draft,
            replace(draft, id="f" * 32, values=other, reading_fingerprint="0" * 64),
            replace(draft, id="e" * 32, values=b""),
        ]
    )

    def again(record: ScoreRecord, told: Essay = essay) -> tuple[str, ...]:
        return asyncio.run(reread(record, told, [store], tools)).differences

    versions, *_, columns = again(harmed)
    assert ("of another version than then" in versions, "more columns" in columns) == (True, True)
    assert "0 numbers were read then" in again(short)[0]
    with pytest.raises(InputError, match="this is not the text of answer"):
        again(same, replace(essay, text="Another text."))
    file, latin = tmp_path / "essay.txt", tmp_path / "latin.txt"
    file.write_text(f"\ufeff{text}\n".replace("\n", "\r\n"), encoding="utf-8", newline="")
    latin.write_bytes(b"\xe5")
    with pytest.MonkeyPatch.context() as patch:  # what reads is large, so the commands share it
        patch.setattr("gradewise.cli.scores.replaying.reading_tools", lambda *_, **__: tools)
        shown = command("scores", "replay", draft.id, "--text", file)
        assert (0, True) == (shown.code, "identical bit by bit" in shown.out)
        unlike = command("scores", "replay", harmed.draft.id, "--text", file)
        assert (1, True) == (unlike.code, "the text, read again: not the same" in unlike.out)
        assert "is not UTF-8" in command("scores", "replay", draft.id, "--text", latin).err


def test_the_chain_is_verified(logged: Command) -> None:
    """Whole: what to keep elsewhere, which is believed the next time; broken: exit code 1 and where."""
    whole = logged("scores", "verify")
    assert (0, True) == (whole.code, "12 answers unchanged and in place" in whole.out)
    known, known_correction = re.findall(r"\d+:[0-9a-f]{64}", whole.out)
    assert "1 correction unchanged and in place" in whole.out
    both = ("--known", known, "--known-correction", known_correction)
    assert 0 == logged("scores", "verify", *both, "-q").code
    assert 1 == logged("scores", "verify", "--known-correction", known, "-q").code
    assert 1 == logged("scores", "verify", "--known", f"3:{'0' * 64}", "-q").code
    assert 2 == logged("scores", "verify", "--known", "3", "-q").code
    harm("UPDATE score_log SET grade = 'A' WHERE serial IN (4, 9)")
    broken = logged("scores", "verify", "-q")
    assert (
        1,
        [
            "record 4 was changed after it was written",
            "record 9 was changed after it was written",
            "the chain is broken: 2 breaks in all, first at record 4",
        ],
    ) == (broken.code, broken.out.splitlines()[:3])


def test_answers_are_exported(logged: Command, tmp_path: Path) -> None:
    """As a table on standard output, as lines of JSON into a file; no file where it cannot be written."""
    rows = list(csv.DictReader(io.StringIO(logged("scores", "export").out)))
    assert (12, "A") == (len(rows), rows[0]["correction_grade"])
    written = logged("scores", "export", "-f", "jsonl", "-o", tmp_path / "all.jsonl", "-q")
    assert "12 answers written" in written.err
    lines = (tmp_path / "all.jsonl").read_text(encoding="utf-8").splitlines()
    assert [*range(1, 13)] == [json.loads(line)["serial"] for line in lines]


def test_an_answer_of_a_wrong_clock_that_keeps_others_is_named(command: Command) -> None:
    """What comes after it stays, and nobody should think that it is gone."""
    add(
        [
            replace(made_up_draft(number), made_at=datetime(year, 1, 1, tzinfo=UTC))
            for number, year in enumerate((2020, 2999, 2020))
        ]
    )
    kept = made_up_draft(1).id[:12]
    for asked in (("--dry-run",), (), ()):
        told = command("scores", "prune", "--older-than", "365", *asked).out
        assert f"answer {kept} says that it was given on 2999-01-01, which is yet to come" in told
    assert "0 answers given before" in told


def test_old_answers_are_forgotten(logged: Command, tmp_path: Path) -> None:
    """By days or by a plan; a dry run counts; what is left is whole, and says what is gone."""
    assert 2 == logged("scores", "prune").code
    plan = tmp_path / "plan.yaml"
    plan.write_text("name: x\ndata: {train: essays.csv}\n", encoding="utf-8")
    assert "has no retention.scores_days" in logged("scores", "prune", "--plan", plan).err
    assert "0 answers given before" in logged("scores", "prune", "--older-than", "36500").out
    plan.write_text("name: x\ndata: {train: essays.csv}\nretention: {scores_days: 1}\n", encoding="utf-8")
    assert "12 answers given before" in logged("scores", "prune", "--plan", plan, "--dry-run").out
    assert "12 answers" in logged("scores", "verify", "-q").out
    gone = logged("scores", "prune", "--older-than", "1")
    assert "forgotten, with what was decided about them" in gone.out
    assert (
        "0 answers unchanged and in place (those up to 12 were forgotten)"
        in logged("scores", "verify", "-q").out
    )
