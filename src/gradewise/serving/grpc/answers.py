"""What callers by gRPC get."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from google.protobuf.timestamp_pb2 import Timestamp

from gradewise.features.advisories.advisory import Advisory
from gradewise.judgement.batches import BatchResult, EssayResult
from gradewise.scores.records import ScoreRecord
from gradewise.service_events import ModelReloaded
from gradewise.serving.grpc import gradewise_pb2 as pb
from gradewise.workflows.reasons import Reason
from gradewise.workflows.score import TraitPrediction
from gradewise.workflows.scoring.requests import Scored
from gradewise.workflows.scoring.reviewing import ReviewQueue, Taken
from gradewise.workflows.scoring.slot_status import SlotStatus


def scored_message(scored: Scored) -> pb.Scored:
    """An answer."""
    said, model = scored.prediction, scored.model
    return pb.Scored(
        score_id=scored.score_id, essay_id=said.essay_id, grade=said.grade, confidence=said.confidence,
        probabilities=_ordered(said.probabilities), grade_set=said.grade_set, score=said.score,
        agreement=said.agreement, cuts=_ordered(said.cuts), released=said.released, route=scored.route,
        traits=[_trait(name, trait) for name, trait in said.traits.items()],
        advisories=[_advisory(each) for each in said.advisories],
        reasons=[_reason(each) for each in said.reasons],
        model=pb.Model(name=model.name, version=model.version, digest=model.digest),
        arm=scored.arm, cached=scored.cached, lacks=scored.lacks, in_scope=said.in_scope,
        out_of_scope=said.out_of_scope,
    )  # fmt: skip


def batch_scored_message(scored: Sequence[Scored]) -> pb.ScoredBatch:
    """Answers, in order."""
    return pb.ScoredBatch(scores=[scored_message(each) for each in scored])


def batch_message(result: BatchResult) -> pb.BatchResult:
    """What a batch came to."""
    model = None
    if result.model_name and result.model_version and result.model_digest:
        model = pb.Model(name=result.model_name, version=result.model_version, digest=result.model_digest)
    return pb.BatchResult(
        batch_id=result.batch_id, finalized_at=_timestamp(result.finalized_at), scale=result.scale,
        scoring_method=result.scoring_method, model=model,
        essays=[_essay_result(essay) for essay in result.essays],
    )  # fmt: skip


def reload_message(told: ModelReloaded) -> pb.Reload:
    """What came of looking for another model."""
    model = None
    if told.model_digest:
        model = pb.Model(name=told.model_name, version=told.model_version, digest=told.model_digest)
    return pb.Reload(
        slot=told.slot, outcome=told.outcome, reason=told.reason, detail=told.detail, model=model,
        seconds=told.seconds,
    )  # fmt: skip


def correction_message(taken: Taken) -> pb.Correction:
    """What a teacher decided, as it is kept."""
    kept = taken.correction
    return pb.Correction(
        id=kept.id, score_id=kept.score_id, essay_id=kept.essay_id, model_digest=kept.model_digest,
        model_grade=kept.model_grade, grade=kept.grade, confirms=kept.confirms,
        corrected_by=kept.corrected_by, corrected_at=_timestamp(kept.corrected_at), reason=kept.reason,
        already=taken.already,
    )  # fmt: skip


def record_message(record: ScoreRecord) -> pb.Record:
    """An answer as the score log holds it."""
    draft = record.draft
    return pb.Record(
        score_id=draft.id, serial=record.serial, made_at=_timestamp(draft.made_at), essay_id=draft.essay_id,
        text_sha256=draft.text_sha256, grade=draft.grade, route=draft.route, urgency=draft.urgency,
        model=pb.Model(name=draft.model_name, version=draft.model_version, digest=draft.model_digest),
        arm=draft.arm, batch_id=draft.batch_id, correlation_id=draft.correlation_id,
        prediction=draft.prediction, digest=record.digest,
    )  # fmt: skip


def queue_message(found: ReviewQueue) -> pb.Queue:
    """What waits for a teacher."""
    state = found.state
    return pb.Queue(
        n_review=state.n_review, n_audit=state.n_audit, oldest=_moment(state.oldest), days=state.days,
        waiting=[record_message(record) for record in found.waiting],
    )  # fmt: skip


def slot_message(status: SlotStatus) -> pb.Slot:
    """A place for a model, and what is in it."""
    identity, refusal = status.identity, status.refusal
    model = None
    if identity is not None:
        model = pb.Model(name=identity.name, version=identity.version, digest=identity.digest)
    return pb.Slot(
        slot=status.slot, place=status.place, model=model, loaded_at=_moment(status.loaded_at),
        looked_at=_moment(status.looked_at), refused=refusal.reason if refusal else "",
        detail=refusal.detail if refusal else "",
    )  # fmt: skip


def _ordered(probabilities: Mapping[str, float]) -> list[pb.GradeProbability]:
    return [pb.GradeProbability(grade=grade, probability=value) for grade, value in probabilities.items()]


def _trait(name: str, trait: TraitPrediction) -> pb.Trait:
    return pb.Trait(
        name=name, grade=trait.grade, confidence=trait.confidence,
        probabilities=_ordered(trait.probabilities), grade_set=trait.grade_set, score=trait.score,
    )  # fmt: skip


def _advisory(advisory: Advisory) -> pb.Advisory:
    return pb.Advisory(
        code=advisory.code, severity=advisory.severity, message=advisory.message, value=advisory.value,
        limit=advisory.limit,
    )  # fmt: skip


def _reason(reason: Reason) -> pb.Reason:
    return pb.Reason(
        feature=reason.feature, construct=reason.construct, value=reason.value, average=reason.average,
        effect=reason.effect, sentence=reason.sentence,
    )  # fmt: skip


def _essay_result(essay: EssayResult) -> pb.EssayResult:
    return pb.EssayResult(
        essay_id=essay.essay_id, is_anchor=essay.is_anchor, rank=essay.rank, bt_score=essay.bt_score,
        bt_se=essay.bt_se, bt_grade=essay.bt_grade, bt_probabilities=_ordered(essay.bt_probabilities),
        ml_grade=essay.ml_grade, ml_confidence=essay.ml_confidence,
        ml_probabilities=_ordered(essay.ml_probabilities), grade=essay.grade, confidence=essay.confidence,
        probabilities=_ordered(essay.probabilities), scoring_method=essay.scoring_method,
        reason=essay.reason, disagrees=essay.disagrees, score_id=essay.score_id,
    )  # fmt: skip


def _moment(moment: datetime | None) -> Timestamp | None:
    return None if moment is None else _timestamp(moment)


def _timestamp(moment: datetime) -> Timestamp:
    stamp = Timestamp()
    stamp.FromDatetime(moment)
    return stamp
