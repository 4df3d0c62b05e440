"""A trial judged: champion and challenger held to grades of teachers, from a file or from the score log."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from gradewise.errors import InputError
from gradewise.essays.records import Essay
from gradewise.evaluation.challenge import Challenge, judge_challenge
from gradewise.evaluation.results import Resampling
from gradewise.evaluation.sequential import LEVEL
from gradewise.protocols.scoring import ScoreLog
from gradewise.reporting.class_wording import terms_of
from gradewise.reporting.page import Page, page_record, render_page_html, render_page_markdown
from gradewise.reporting.parts import Table
from gradewise.reporting.topics.challenge import challenge_sections, challenge_statements
from gradewise.reporting.wording import counted
from gradewise.scores.answer_pairs import (
    Selection,
    decided_by_chance,
    graded_pairs,
    models_on_trial,
    pair_answers,
)
from gradewise.scores.records import ScoreDraft
from gradewise.telemetry import Listener, Notice, silent, stage
from gradewise.whole_files import write_whole
from gradewise.workflows.measuring.bundle_needs import require_tasks
from gradewise.workflows.plans.plan import Plan
from gradewise.workflows.registry.candidate import grade_essays
from gradewise.workflows.registry.compare import require_same_scale
from gradewise.workflows.registry.held_out import GradedFile, read_graded
from gradewise.workflows.registry.opened import OpenedModel
from gradewise.workflows.scoring.auditing import decided_answers
from gradewise.workflows.services import Services
from gradewise.workflows.training.learnt_texts import unknown_to

RESAMPLES, SEED = 1_000, 0
"""Of the intervals that hold for one look."""
REPORT = "challenger_report"
"""What the files of a report are called."""

_CHOSEN = {
    "audit": "corrections of the audit sample, which chance drew from released grades",
    "all": "every correction",
}
_HARD = (
    "the corrections are mostly of essays that the champion itself held back: the hard ones; only an audit "
    "sample speaks for all essays"
)
_SEEN = (
    "teachers had seen the grade of the model that answered, mostly the champion’s, which draws their own "
    "towards it"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedChallenge:
    """A trial, judged."""

    found: Challenge
    """The verdict."""
    champion: str
    """What is there."""
    challenger: str
    """What may replace it."""
    source: str
    """Whose grades of which essays."""
    notices: tuple[str, ...]
    """What a reader must know; a line each."""


def challenge_on_file(
    champion: OpenedModel,
    challenger: OpenedModel,
    plan: Plan,
    services: Services,
    *,
    level: float = LEVEL,
    listener: Listener = silent,
) -> JudgedChallenge:
    """Let both models grade the essays of a file, and judge; essays that either has learnt from are left out.

    Args:
        champion: what is there.
        challenger: what may replace it.
        plan: names the essays, which stand in the order in which they were graded or in none.
        services: what opens files and measures texts.
        level: confidence.
        listener: hears stages and notices.

    Raises:
        InputError: the scales differ, or the essays cannot be used or were learnt from.
        BundleError: this installation does not measure as a model needs.
    """
    require_same_scale(champion, challenger)
    file = read_graded(plan, champion.bundle, services, listener)
    require_tasks(challenger.bundle, file.essays)
    essays, notices = _unlearnt(file, (champion, challenger))
    reference, candidate = (
        grade_essays(model.bundle, essays, services, listener) for model in (champion, challenger)
    )
    with stage(listener, "verdict"):
        found = judge_challenge(
            reference, candidate, scale=champion.bundle.scale, resampling=_resampling(level)
        )
    return JudgedChallenge(
        found=found,
        champion=champion.label,
        challenger=challenger.label,
        source=f"{counted(found.n, terms_of(champion.bundle.scale).item)} of {file.path.name}, sha256 "
        f"{file.sha256[:12]}",
        notices=_told(notices, listener),
    )


def _unlearnt(file: GradedFile, models: Sequence[OpenedModel]) -> tuple[Sequence[Essay], list[str]]:
    """Essays that no model has learnt from, and what must be known of that.

    Raises:
        InputError: there are none.
    """
    essays, notices = file.essays, []
    for model in models:
        if model.learnt_from is None:
            notices.append(f"which texts {model.label} has learnt from is not known; those here flatter it")
        else:
            essays = unknown_to(essays, model.learnt_from)
    if not essays:
        raise InputError(f"{file.path}: one model or the other has learnt from all these essays; name others")
    if left_out := len(file.essays) - len(essays):
        notices.append(f"{left_out} of {len(file.essays)} essays are left out: a model has learnt from them")
    return essays, notices


async def challenge_in_log(
    log: ScoreLog,
    *,
    champion: str | None = None,
    challenger: str | None = None,
    selection: Selection | None = None,
    level: float = LEVEL,
    listener: Listener = silent,
) -> JudgedChallenge:
    """Judge by what both models answered while they served, and by what teachers decided.

    Args:
        log: where answers and corrections are.
        champion: content id of what is there; of the newest answer in that role when absent.
        challenger: content id of what may replace it; of the newest answer on trial, seen or unseen.
        selection: which corrections count; the audit sample when there is one, else every one.
        level: confidence.
        listener: hears notices.

    Raises:
        InputError: no text was answered by both and decided about.
        UnavailableError: the log does not answer.
    """
    decided = await decided_answers(log)
    drawn = decided_by_chance(decided)
    chosen: Selection = selection or ("audit" if drawn else "all")
    counted_in = drawn if chosen == "audit" else decided
    answers = await _answers_about(log, {each.answer.essay_id for each in counted_in})
    newest = models_on_trial(answers) if None in (champion, challenger) else ("", "")
    first, second = champion or newest[0], challenger or newest[1]
    pairs = pair_answers(counted_in, answers, reference=first, candidate=second)
    scale, reference, candidate = graded_pairs(pairs)
    found = judge_challenge(reference, candidate, scale=scale, resampling=_resampling(level))
    notices = [_SEEN] if chosen == "audit" else [_HARD, _SEEN]
    return JudgedChallenge(
        found=found,
        champion=_label(pairs[0].reference),
        challenger=_label(pairs[0].candidate),
        source=f"the score log: {_CHOSEN[chosen]}",
        notices=_told(notices, listener),
    )


def write_challenge(
    judged: JudgedChallenge, directory: Path, *, clock: Callable[[], datetime]
) -> dict[str, Path]:
    """Write a verdict as a page, a text and a record; where each lies, by kind."""
    page = _page(judged, made_at=clock())
    contents = {
        "html": render_page_html(page),
        "md": render_page_markdown(page),
        "json": f"{json.dumps(page_record(page), indent=1, ensure_ascii=False, allow_nan=False)}\n",
    }
    directory.mkdir(parents=True, exist_ok=True)
    return {
        ending: write_whole(directory / f"{REPORT}.{ending}", content) for ending, content in contents.items()
    }


def _page(judged: JudgedChallenge, *, made_at: datetime) -> Page:
    found = judged.found
    resampling = found.comparison.resampling
    facts = (
        ("Champion", judged.champion),
        ("Challenger", judged.challenger),
        ("Grades of teachers", judged.source),
        ("Band", f"{100 * found.sequence.level:g} % at every look at once, by betting"),
        (
            "Ordinary intervals",
            f"{100 * resampling.confidence:g} % for one look, {resampling.n_resamples:,} paired resamples",
        ),
    )
    return Page(
        title=f"{judged.challenger} beside {judged.champion}",
        subtitle=f"{counted(found.n, 'grade')} of teachers",
        made_at=made_at,
        statements=challenge_statements(found, judged.notices),
        sections=challenge_sections(found),
        making=Table(("About", "What"), facts, prose=True),
    )


async def _answers_about(log: ScoreLog, essay_ids: set[str]) -> tuple[ScoreDraft, ...]:
    found: list[ScoreDraft] = []
    for essay_id in sorted(essay_ids):
        found += [record.draft for record in await log.records(essay_id=essay_id)]
    return tuple(found)


def _resampling(level: float) -> Resampling:
    return Resampling(RESAMPLES, level, SEED)


def _label(draft: ScoreDraft) -> str:
    return f"{draft.model_name} {draft.model_version} ({draft.model_digest[:12]})"


def _told(notices: Sequence[str], listener: Listener) -> tuple[str, ...]:
    for notice in notices:
        listener(Notice(notice))
    return tuple(notices)
