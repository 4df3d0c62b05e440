"""What teachers decided, against the grades that were given."""

from datetime import datetime

from gradewise.protocols.scoring import ScoreLog
from gradewise.scores.audits import Decided, ReviewFindings, review_findings


async def decided_answers(
    log: ScoreLog, *, since: datetime | None = None, model_name: str | None = None
) -> tuple[Decided, ...]:
    """Answers that teachers decided about, each with the newest decision; earliest decision first.

    Args:
        log: where answers are.
        since: decisions from then on.
        model_name: of the models that answered; any when absent.
    """
    newest = {each.score_id: each for each in await log.corrections(since=since)}
    found = [(await log.find(score_id), correction) for score_id, correction in newest.items()]
    return tuple(
        Decided(answer=record.draft, correction=correction)
        for record, correction in found
        if record is not None and model_name in (None, record.draft.model_name)
    )


async def audit_findings(
    log: ScoreLog, *, since: datetime | None = None, model_name: str | None = None
) -> ReviewFindings | None:
    """How grades agree with teachers, by the audit sample and by reviews; ``None`` before any decision."""
    n_waiting = (await log.count_waiting(model_name=model_name)).n_audit
    decided = await decided_answers(log, since=since, model_name=model_name)
    return review_findings(decided, n_audits_waiting=n_waiting)
