"""Stored answers are made again from their records alone, and what differs is said in words."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gradewise.adapters.directory_store import DirectoryStore
from gradewise.errors import BundleError, UnavailableError
from gradewise.protocols.registry import ArtifactStore
from gradewise.scores.chain import START, chained
from gradewise.scores.records import ScoreDraft, ScoreRecord
from gradewise.workflows.scoring.replay import COMPUTED, HARMED, Replayed, model_finder, replay
from logged_answers import Answers, made_up_answers


@pytest.fixture(scope="module")
def answers() -> Answers:
    """Answers of one model."""
    return made_up_answers()


@pytest.fixture(scope="module")
def store(answers: Answers, tmp_path_factory: pytest.TempPathFactory) -> ArtifactStore:
    """A store that has the model."""
    made = DirectoryStore(tmp_path_factory.mktemp("store"))
    assert answers.bundle.digest == made.put(answers.files)
    return made


def recorded(*drafts: ScoreDraft) -> tuple[ScoreRecord, ...]:
    """Answers in a chain."""
    return tuple(chained(drafts, START))


def replayed(record: ScoreRecord, *stores: ArtifactStore) -> Replayed:
    """What comes of one."""
    return asyncio.run(replay(record, model_finder(stores)))


def test_every_answer_comes_out_letter_by_letter(answers: Answers, store: ArtifactStore) -> None:
    """One by one, though they were graded together; with doubts and reasons."""
    finder = model_finder([store])

    async def _all() -> list[Replayed]:
        return [await replay(record, finder) for record in recorded(*answers.drafts)]

    found = asyncio.run(_all())
    assert all(each.identical for each in found)
    said = [json.loads(each.record.draft.prediction) for each in found]
    assert 3 == len(said[0]["reasons"])
    assert [["too_long"], []] == [[doubt["code"] for doubt in each["advisories"]] for each in said[:2]]


def _bit_of_a_number(draft: ScoreDraft) -> ScoreDraft:
    values = np.frombuffer(draft.values, "<f4").copy()
    values[0] += 2
    return replace(draft, values=values.tobytes())


def _prediction(draft: ScoreDraft, **changes: Any) -> ScoreDraft:
    said = {**json.loads(draft.prediction), **changes}
    written = json.dumps(said, ensure_ascii=False, separators=(",", ":"))
    return replace(draft, prediction=written)


@pytest.mark.parametrize(
    ("harm", "words"),
    [
        pytest.param(_bit_of_a_number, "score was", id="numbers"),
        pytest.param(lambda draft: _prediction(draft, score=9.5), "score was 9.5, is", id="answer"),
        pytest.param(lambda draft: replace(draft, values=b"\0" * 8), "2 numbers were read", id="width"),
        pytest.param(lambda draft: replace(draft, prediction="{}"), "cannot be read back", id="unreadable"),
        pytest.param(lambda draft: replace(draft, grade="?"), "the grade kept beside", id="grade"),
        pytest.param(
            lambda draft: replace(draft, prediction=draft.prediction.replace(",", ", ")),
            "written otherwise",
            id="spelling",
        ),
        pytest.param(lambda draft: _prediction(draft, probabilities={}, cuts={}), "more", id="many"),
    ],
)
def test_a_harmed_record_is_said(
    answers: Answers, store: ArtifactStore, harm: Callable[[ScoreDraft], ScoreDraft], words: str
) -> None:
    """That its digest does not fit, and what came out otherwise."""
    (record,) = recorded(answers.drafts[1])
    found = replayed(replace(record, draft=harm(record.draft)), store)
    assert HARMED == found.differences[0]
    assert any(words in each for each in found.differences)
    assert COMPUTED not in found.differences


def test_another_way_of_computing_is_said(answers: Answers, store: ArtifactStore) -> None:
    """The record is whole and the bundle is the same: then it is the installation."""
    (record,) = recorded(_prediction(answers.drafts[1], score=9.5))
    found = replayed(record, store)
    assert not found.identical
    assert COMPUTED == found.differences[-1]


class SilentStore(DirectoryStore):
    """A store that does not answer."""

    def get(self, content_id: str) -> dict[str, bytes]:
        """Say so."""
        del content_id
        raise UnavailableError(f"{self.location} does not answer")


def test_the_model_is_found_in_the_first_store_that_has_it(
    answers: Answers, store: ArtifactStore, tmp_path: Path
) -> None:
    """Whole; else it is said where it was looked for, and whether asking again may help."""
    (record,) = recorded(answers.drafts[0])
    empty, silent = DirectoryStore(tmp_path / "empty"), SilentStore(tmp_path / "silent")
    harmed = DirectoryStore(tmp_path / "harmed")
    harmed.put(answers.files)
    file = next(path for path in (tmp_path / "harmed").rglob("model.onnx"))
    file.chmod(0o644)
    file.write_bytes(file.read_bytes()[:-1] + b"?")
    assert replayed(record, silent, empty, harmed, store).identical
    with pytest.raises(BundleError, match=r"is in no store .*empty.*gradewise registry register"):
        replayed(record, empty, harmed)
    with pytest.raises(UnavailableError, match="silent does not answer"):
        replayed(record, empty, silent)
