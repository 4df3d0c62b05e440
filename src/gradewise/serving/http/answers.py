"""What clients get, as it is encoded and described."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Self

import msgspec
from msgspec import Meta

from gradewise.features.advisories.advisory import Advisory, Severity
from gradewise.judgement.batches import BatchResult, EssayResult, ScoringMethod
from gradewise.reporting.likelier import likeliest_other
from gradewise.scores.records import Arm, Route
from gradewise.workflows.reasons import Reason
from gradewise.workflows.score import TraitPrediction
from gradewise.workflows.scoring.models import ModelIdentity
from gradewise.workflows.scoring.requests import Lack, Scored

Probability = Annotated[float, Meta(ge=0, le=1)]
Digest = Annotated[str, Meta(description="64 hex digits.")]


class ModelBody(msgspec.Struct, kw_only=True, frozen=True):
    """The model that answered."""

    name: str
    """Which."""
    version: str
    """Which version."""
    digest: Digest
    """Content id of its bundle."""

    @classmethod
    def of(cls, identity: ModelIdentity) -> Self:
        """A model as clients see it."""
        return cls(name=identity.name, version=identity.version, digest=identity.digest)


class AdvisoryBody(msgspec.Struct, kw_only=True, frozen=True):
    """What speaks against believing a grade; never quotes the essay."""

    code: str
    """Which kind."""
    severity: Severity
    """What is to be done."""
    message: str
    """The evidence."""
    value: float
    """What was measured."""
    limit: float
    """What it was held against."""

    @classmethod
    def of(cls, advisory: Advisory) -> Self:
        """An advisory as clients see it."""
        return cls(
            code=advisory.code, severity=advisory.severity, message=advisory.message, value=advisory.value,
            limit=advisory.limit,
        )  # fmt: skip


class ReasonBody(msgspec.Struct, kw_only=True, frozen=True):
    """A part that something had in a score."""

    feature: str
    """What was measured."""
    construct: str
    """The side of writing that it belongs to."""
    value: float | None
    """In this essay."""
    average: float | None
    """Among the training essays."""
    effect: float
    """Grade steps that it moved the score by."""
    sentence: str
    """The same in words."""

    @classmethod
    def of(cls, reason: Reason) -> Self:
        """A reason as clients see it."""
        return cls(
            feature=reason.feature, construct=reason.construct, value=reason.value, average=reason.average,
            effect=reason.effect, sentence=reason.sentence,
        )  # fmt: skip


class TraitBody(msgspec.Struct, kw_only=True, frozen=True):
    """The grade of one trait."""

    grade: str
    """The grade."""
    confidence: Probability
    """Its probability."""
    probabilities: dict[str, Probability]
    """P(grade), lowest first; they sum to 1."""
    grade_set: list[str]
    """Neighbouring grades that are plausible, lowest first."""
    score: float
    """On the axis of grade positions, 0 the lowest grade."""

    @classmethod
    def of(cls, trait: TraitPrediction) -> Self:
        """A trait's grade as clients see it."""
        return cls(
            grade=trait.grade, confidence=trait.confidence, probabilities=dict(trait.probabilities),
            grade_set=list(trait.grade_set), score=trait.score,
        )  # fmt: skip


class ScoredBody(TraitBody, kw_only=True, frozen=True):
    """The grade of an essay, and what goes with it."""

    score_id: Annotated[str, Meta(description="Names the answer in the score log: 32 hex digits.")]
    """Names the answer."""
    essay_id: str
    """Which essay."""
    agreement: Annotated[Probability, Meta(description="That a teacher agrees about every cut that matters.")]
    """Sureness."""
    cuts: Annotated[
        dict[str, Probability],
        Meta(description="For each cut, named by the lowest grade above it: to be on the right side."),
    ]
    """Sureness of each cut."""
    released: Annotated[bool, Meta(description="Whether the review policy lets the grade out unseen.")]
    """Whether it may go out."""
    route: Annotated[
        Route,
        Meta(
            description="release: it may go out. review: a teacher looks first. audit: it may go out, and "
            "was drawn by chance for a look."
        ),
    ]
    """What happens to it."""
    traits: dict[str, TraitBody]
    """Grades of single traits."""
    advisories: list[AdvisoryBody]
    """What speaks against believing it, most urgent first."""
    reasons: list[ReasonBody]
    """What moved the score most, as many as were asked for."""
    model: ModelBody
    """The one model that answered."""
    arm: Arm
    """In which role."""
    cached: Annotated[bool, Meta(description="Whether the text had been read before.")]
    """Whether the text had been read before."""
    lacks: Annotated[
        list[Lack],
        Meta(description="What could not be done meanwhile; the grade is no less right, mostly nothing."),
    ]
    """What could not be done."""
    in_scope: Annotated[
        bool | msgspec.UnsetType,
        Meta(
            description="Of models of classes alone: whether the text is taken for one of the known classes "
            "at all. Their grade_set begins with the class that is given; then come the most probable others."
        ),
    ] = msgspec.UNSET
    """Whether it is one of the classes at all."""
    out_of_scope: Annotated[
        str | msgspec.UnsetType,
        Meta(
            description="Of models of classes that know one: the label of texts that belong to none of them. "
            "A correction may give it as its grade."
        ),
    ] = msgspec.UNSET
    """What a teacher says of a text of no class."""
    likeliest: Annotated[
        str | msgspec.UnsetType,
        Meta(
            description="The most probable grade, only where it is not the one given: a grade is where the "
            "score lies among boundaries that were learnt for agreement over the whole scale."
        ),
    ] = msgspec.UNSET
    """The most probable grade, where another was given."""

    @classmethod
    def of_scored(cls, scored: Scored) -> Self:
        """An answer as clients see it."""
        said = scored.prediction
        return cls(
            score_id=scored.score_id, essay_id=said.essay_id, grade=said.grade, confidence=said.confidence,
            probabilities=dict(said.probabilities), grade_set=list(said.grade_set), score=said.score,
            agreement=said.agreement, cuts=dict(said.cuts), released=said.released, route=scored.route,
            traits={name: TraitBody.of(trait) for name, trait in said.traits.items()},
            advisories=[AdvisoryBody.of(each) for each in said.advisories],
            reasons=[ReasonBody.of(each) for each in said.reasons],
            model=ModelBody.of(scored.model), arm=scored.arm, cached=scored.cached, lacks=list(scored.lacks),
            in_scope=msgspec.UNSET if said.in_scope is None else said.in_scope,
            out_of_scope=said.out_of_scope or msgspec.UNSET,
            likeliest=likeliest_other(said.grade, said.probabilities) or msgspec.UNSET,
        )  # fmt: skip


class ScoredBatchBody(msgspec.Struct, kw_only=True, frozen=True):
    """Grades of a batch, in the order of its essays."""

    scores: list[ScoredBody]
    """The grades."""

    @classmethod
    def of_scored(cls, scored: Sequence[Scored]) -> Self:
        """Answers as clients see them."""
        return cls(scores=[ScoredBody.of_scored(each) for each in scored])


class EssayResultBody(msgspec.Struct, kw_only=True, frozen=True):
    """What a batch came to for one essay."""

    essay_id: str
    """Which."""
    is_anchor: bool
    """Whether it lends its grade."""
    rank: int
    """By judgement, 1 the best."""
    bt_score: float
    """Bradley-Terry score, logits."""
    bt_se: float
    """Its standard error."""
    bt_grade: str | None
    """The grade by judgement."""
    bt_probabilities: dict[str, float]
    """P(grade) by judgement."""
    ml_grade: str | None
    """The model's grade."""
    ml_confidence: float | None
    """Its probability."""
    ml_probabilities: dict[str, float]
    """P(grade) by the model."""
    grade: Annotated[
        str | None, Meta(description="The known grade of an anchor, else the grade of judgement and model.")
    ]
    """The known grade of an anchor, else the grade of both."""
    confidence: Annotated[
        float | None, Meta(description="Probability of the grade; null where the grade is known.")
    ]
    """Its probability; nothing where it is known."""
    probabilities: Annotated[
        dict[str, float], Meta(description="P(grade) of judgement and model; empty where the grade is known.")
    ]
    """P(grade) of both; empty where the grade is known."""
    scoring_method: ScoringMethod
    """What it rests on."""
    reason: Annotated[str, Meta(description="Why judgement alone: a code; empty where both spoke.")]
    """Why judgement alone."""
    disagrees: bool
    """Whether judgement and model are far apart."""
    score_id: str | None
    """The model's answer in the score log."""

    @classmethod
    def of(cls, result: EssayResult) -> Self:
        """An essay's result as clients see it."""
        return cls(**{name: getattr(result, name) for name in cls.__struct_fields__})


class BatchResultBody(msgspec.Struct, kw_only=True, frozen=True):
    """What a batch came to."""

    batch_id: str
    """Which."""
    finalized_at: datetime
    """When."""
    scale: str | None
    """Of its grades."""
    scoring_method: ScoringMethod
    """What grades rest on."""
    model: ModelBody | None
    """The one model that spoke, if any did."""
    essays: list[EssayResultBody]
    """By rank."""

    @classmethod
    def of(cls, result: BatchResult) -> Self:
        """A batch's result as clients see it."""
        model = None
        if result.model_name and result.model_version and result.model_digest:
            model = ModelBody(
                name=result.model_name, version=result.model_version, digest=result.model_digest
            )
        return cls(
            batch_id=result.batch_id, finalized_at=result.finalized_at, scale=result.scale,
            scoring_method=result.scoring_method, model=model,
            essays=[EssayResultBody.of(essay) for essay in result.essays],
        )  # fmt: skip
