"""A trial judged from the score log and from a file of graded essays, and its report."""

import asyncio
import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from gradewise.bootstrap import find_checker
from gradewise.errors import InputError
from gradewise.scores.records import Route
from gradewise.telemetry import Event, Notice
from gradewise.testing.score_logs import MemoryScoreLog, made_up_correction, made_up_digest, made_up_draft
from gradewise.testing.synthetic import generate_essays, to_rows
from gradewise.workflows.plans.data import DataPlan
from gradewise.workflows.plans.plan import Plan
from gradewise.workflows.registry.opened import OpenedModel, open_directory
from gradewise.workflows.scoring.challenging import (
    JudgedChallenge,
    challenge_in_log,
    challenge_on_file,
    write_challenge,
)
from gradewise.workflows.services import Services
from gradewise.workflows.training.learnt_texts import text_digest
from trials import Trained, write_csv

GRADES = ("E", "D", "C", "B", "A")
BOTH: tuple[Route, ...] = ("audit", "review") * 12
REVIEWS: tuple[Route, ...] = ("review",) * 60
CHAMPION, CHALLENGER = made_up_digest("champion"), made_up_digest("challenger")


def served(*routes: Route, challenger_right: bool = True) -> MemoryScoreLog:
    """A log of essays with these routes: the champion always says D, the challenger what the teacher says."""

    def told(grade: str) -> str:
        return json.dumps({"score": 1.0, "probabilities": dict.fromkeys(GRADES, 0.2), "grade": grade})

    async def filled() -> MemoryScoreLog:
        log = MemoryScoreLog()
        for number, route in enumerate(routes):
            changes: dict[str, Any] = {"essay_id": f"e{number}", "text_sha256": made_up_digest(number)}
            grade = "B" if challenger_right else "E"
            first = made_up_draft(
                2 * number, model_digest=CHAMPION, grade="D", prediction=told("D"), route=route, **changes
            )
            second = made_up_draft(
                2 * number + 1, model_digest=CHALLENGER, arm="shadow", grade=grade, prediction=told(grade),
                **changes,
            )  # fmt: skip
            await log.add((first, second))
            await log.correct(made_up_correction(number, first, grade="B"))
        return log

    return asyncio.run(filled())


def judged(log: MemoryScoreLog, **asked: Any) -> JudgedChallenge:
    """The verdict of a log."""
    return asyncio.run(challenge_in_log(log, **asked))


def test_a_log_is_judged_by_its_audit_sample() -> None:
    """Corrections of hard essays do not count where chance drew others."""
    found = judged(served(*BOTH))
    assert 12 == found.found.n
    assert "audit sample" in found.source
    assert not any("hard ones" in notice for notice in found.notices)


def test_every_correction_counts_where_asked() -> None:
    """The report then says whose essays those are."""
    told: list[Event] = []
    found = judged(served(*BOTH), selection="all", listener=told.append)
    assert 24 == found.found.n
    assert found.notices == tuple(each.message for each in told if isinstance(each, Notice))
    assert any("hard ones" in notice for notice in found.notices)


@pytest.mark.parametrize(("right", "readiness"), [(True, "ready"), (False, "worse")], ids=["ready", "worse"])
def test_without_an_audit_sample_every_correction_counts(right: bool, readiness: str) -> None:  # noqa: FBT001
    """A challenger that is always right is ready after some dozens; one that is always worse is not."""
    log = served(*REVIEWS, challenger_right=right)
    found = judged(log, champion=CHAMPION, challenger=CHALLENGER)
    assert readiness == found.found.readiness
    assert "every correction" in found.source


def test_models_that_never_met_are_not_judged() -> None:
    """A content id that answered nothing makes no pair."""
    with pytest.raises(InputError, match="no text that both models answered"):
        judged(served("audit"), champion=CHAMPION, challenger=made_up_digest("another"))


def test_a_report_has_three_renderings_that_agree(tmp_path: Path) -> None:
    """Page, text and record say the same verdict."""
    found = judged(served(*REVIEWS))
    places = write_challenge(found, tmp_path / "new", clock=lambda: datetime(2026, 1, 2, tzinfo=UTC))
    record = json.loads(places["json"].read_text(encoding="utf-8"))
    assert "ready" == record["sections"]["nearer"]["readiness"]
    verdict = record["verdict"][0]["text"]
    assert verdict.startswith("Ready to promote")
    assert verdict in places["html"].read_text(encoding="utf-8")
    assert "Ready to promote" in places["md"].read_text(encoding="utf-8")
    assert "What was known after each grade" in places["html"].read_text(encoding="utf-8")


@pytest.fixture
def model(trained: Trained) -> OpenedModel:
    """A trained model."""
    return open_directory(trained.bundle)


@pytest.fixture
def real(services: Services, trained: Trained) -> Services:
    """Services as the model needs them."""
    del trained
    return replace(services, find_checker=find_checker)


def new_essays(n: int = 24) -> Plan:
    """Essays that no model here has seen."""
    columns, rows = to_rows(generate_essays(n, seed=99))
    path = write_csv(Path("new.csv"), [dict(zip(columns, row, strict=True)) for row in rows])
    return Plan(data=DataPlan(train=path))


def test_a_model_beside_itself_is_not_ready(model: OpenedModel, real: Services) -> None:
    """Champion and challenger that are one differ nowhere."""
    unknown = replace(model, learnt_from=None)
    found = challenge_on_file(model, unknown, new_essays(), real)
    assert ("not yet", None, 24) == (found.found.readiness, found.found.more, found.found.n)
    assert any("is not known" in notice for notice in found.notices)


def test_essays_that_a_model_has_learnt_from_do_not_count(model: OpenedModel, real: Services) -> None:
    """They are left out, and the report says so; where none is left there is no verdict."""
    plan = new_essays()
    texts = [essay.text for essay in generate_essays(24, seed=99)]
    some, every = (replace(model, learnt_from=frozenset(map(text_digest, of))) for of in (texts[:4], texts))
    found = challenge_on_file(model, some, plan, real)
    assert 20 == found.found.n
    assert any("4 of 24" in notice for notice in found.notices)
    with pytest.raises(InputError, match="name others"):
        challenge_on_file(model, every, plan, real)
