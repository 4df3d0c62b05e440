"""Corrections as the terminal shows them."""

from collections.abc import Sequence

from gradewise.cli.columns import in_columns
from gradewise.cli.moments import moment, moment_of
from gradewise.cli.reviews.reviewing import ID_SHOWN, correction_to_json
from gradewise.cli.scores.running import with_score_log
from gradewise.cli.terminal import err, out, printable
from gradewise.protocols.scoring import ScoreLog
from gradewise.reporting.wording import shortened
from gradewise.scores.corrections import Correction
from gradewise.workflows.registry.export import answer_json

_LONG = 60


def show_corrections(*, since: str | None, limit: int, json: bool) -> None:
    """List what teachers decided, newest first."""
    from_when = moment_of(since)

    async def asked(log: ScoreLog) -> tuple[Correction, ...]:
        """What was decided."""
        return await log.corrections(since=from_when)

    newest = with_score_log(asked)[: -limit - 1 : -1]
    if json:
        decided = [correction_to_json(each) for each in newest]
        out.print(answer_json(corrections=decided), soft_wrap=True)
    elif newest:
        out.print(printable(_table(newest)), soft_wrap=True)
    else:
        err.print(
            "no teacher has decided anything yet; see what waits: gradewise reviews list", soft_wrap=True
        )


def _table(corrections: Sequence[Correction]) -> str:
    rows = [("decided at", "answer", "essay", "model", "teacher", "by", "reason")]
    rows += [
        (
            moment(each.corrected_at),
            each.score_id[:ID_SHOWN],
            shortened(each.essay_id, most=24),
            each.model_grade,
            each.grade,
            shortened(each.corrected_by, most=24),
            shortened(each.reason, most=_LONG),
        )
        for each in corrections
    ]
    return in_columns(rows)
