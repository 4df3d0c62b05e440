import datetime

from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Essay(_message.Message):
    __slots__ = ("text", "essay_id", "prompt", "prompt_text", "unit", "given")
    class GivenEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: float
        def __init__(self, key: _Optional[str] = ..., value: _Optional[float] = ...) -> None: ...
    TEXT_FIELD_NUMBER: _ClassVar[int]
    ESSAY_ID_FIELD_NUMBER: _ClassVar[int]
    PROMPT_FIELD_NUMBER: _ClassVar[int]
    PROMPT_TEXT_FIELD_NUMBER: _ClassVar[int]
    UNIT_FIELD_NUMBER: _ClassVar[int]
    GIVEN_FIELD_NUMBER: _ClassVar[int]
    text: str
    essay_id: str
    prompt: str
    prompt_text: str
    unit: str
    given: _containers.ScalarMap[str, float]
    def __init__(self, text: _Optional[str] = ..., essay_id: _Optional[str] = ..., prompt: _Optional[str] = ..., prompt_text: _Optional[str] = ..., unit: _Optional[str] = ..., given: _Optional[_Mapping[str, float]] = ...) -> None: ...

class ScoreRequest(_message.Message):
    __slots__ = ("essay", "reasons")
    ESSAY_FIELD_NUMBER: _ClassVar[int]
    REASONS_FIELD_NUMBER: _ClassVar[int]
    essay: Essay
    reasons: int
    def __init__(self, essay: _Optional[_Union[Essay, _Mapping]] = ..., reasons: _Optional[int] = ...) -> None: ...

class ScoreBatchRequest(_message.Message):
    __slots__ = ("essays", "batch_id", "reasons")
    ESSAYS_FIELD_NUMBER: _ClassVar[int]
    BATCH_ID_FIELD_NUMBER: _ClassVar[int]
    REASONS_FIELD_NUMBER: _ClassVar[int]
    essays: _containers.RepeatedCompositeFieldContainer[Essay]
    batch_id: str
    reasons: int
    def __init__(self, essays: _Optional[_Iterable[_Union[Essay, _Mapping]]] = ..., batch_id: _Optional[str] = ..., reasons: _Optional[int] = ...) -> None: ...

class Model(_message.Message):
    __slots__ = ("name", "version", "digest")
    NAME_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    DIGEST_FIELD_NUMBER: _ClassVar[int]
    name: str
    version: str
    digest: str
    def __init__(self, name: _Optional[str] = ..., version: _Optional[str] = ..., digest: _Optional[str] = ...) -> None: ...

class GradeProbability(_message.Message):
    __slots__ = ("grade", "probability")
    GRADE_FIELD_NUMBER: _ClassVar[int]
    PROBABILITY_FIELD_NUMBER: _ClassVar[int]
    grade: str
    probability: float
    def __init__(self, grade: _Optional[str] = ..., probability: _Optional[float] = ...) -> None: ...

class Trait(_message.Message):
    __slots__ = ("name", "grade", "confidence", "probabilities", "grade_set", "score")
    NAME_FIELD_NUMBER: _ClassVar[int]
    GRADE_FIELD_NUMBER: _ClassVar[int]
    CONFIDENCE_FIELD_NUMBER: _ClassVar[int]
    PROBABILITIES_FIELD_NUMBER: _ClassVar[int]
    GRADE_SET_FIELD_NUMBER: _ClassVar[int]
    SCORE_FIELD_NUMBER: _ClassVar[int]
    name: str
    grade: str
    confidence: float
    probabilities: _containers.RepeatedCompositeFieldContainer[GradeProbability]
    grade_set: _containers.RepeatedScalarFieldContainer[str]
    score: float
    def __init__(self, name: _Optional[str] = ..., grade: _Optional[str] = ..., confidence: _Optional[float] = ..., probabilities: _Optional[_Iterable[_Union[GradeProbability, _Mapping]]] = ..., grade_set: _Optional[_Iterable[str]] = ..., score: _Optional[float] = ...) -> None: ...

class Advisory(_message.Message):
    __slots__ = ("code", "severity", "message", "value", "limit")
    CODE_FIELD_NUMBER: _ClassVar[int]
    SEVERITY_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_FIELD_NUMBER: _ClassVar[int]
    VALUE_FIELD_NUMBER: _ClassVar[int]
    LIMIT_FIELD_NUMBER: _ClassVar[int]
    code: str
    severity: str
    message: str
    value: float
    limit: float
    def __init__(self, code: _Optional[str] = ..., severity: _Optional[str] = ..., message: _Optional[str] = ..., value: _Optional[float] = ..., limit: _Optional[float] = ...) -> None: ...

class Reason(_message.Message):
    __slots__ = ("feature", "construct", "value", "average", "effect", "sentence")
    FEATURE_FIELD_NUMBER: _ClassVar[int]
    CONSTRUCT_FIELD_NUMBER: _ClassVar[int]
    VALUE_FIELD_NUMBER: _ClassVar[int]
    AVERAGE_FIELD_NUMBER: _ClassVar[int]
    EFFECT_FIELD_NUMBER: _ClassVar[int]
    SENTENCE_FIELD_NUMBER: _ClassVar[int]
    feature: str
    construct: str
    value: float
    average: float
    effect: float
    sentence: str
    def __init__(self, feature: _Optional[str] = ..., construct: _Optional[str] = ..., value: _Optional[float] = ..., average: _Optional[float] = ..., effect: _Optional[float] = ..., sentence: _Optional[str] = ...) -> None: ...

class Scored(_message.Message):
    __slots__ = ("score_id", "essay_id", "grade", "confidence", "probabilities", "grade_set", "score", "agreement", "cuts", "released", "route", "traits", "advisories", "reasons", "model", "arm", "cached", "lacks", "in_scope", "out_of_scope")
    SCORE_ID_FIELD_NUMBER: _ClassVar[int]
    ESSAY_ID_FIELD_NUMBER: _ClassVar[int]
    GRADE_FIELD_NUMBER: _ClassVar[int]
    CONFIDENCE_FIELD_NUMBER: _ClassVar[int]
    PROBABILITIES_FIELD_NUMBER: _ClassVar[int]
    GRADE_SET_FIELD_NUMBER: _ClassVar[int]
    SCORE_FIELD_NUMBER: _ClassVar[int]
    AGREEMENT_FIELD_NUMBER: _ClassVar[int]
    CUTS_FIELD_NUMBER: _ClassVar[int]
    RELEASED_FIELD_NUMBER: _ClassVar[int]
    ROUTE_FIELD_NUMBER: _ClassVar[int]
    TRAITS_FIELD_NUMBER: _ClassVar[int]
    ADVISORIES_FIELD_NUMBER: _ClassVar[int]
    REASONS_FIELD_NUMBER: _ClassVar[int]
    MODEL_FIELD_NUMBER: _ClassVar[int]
    ARM_FIELD_NUMBER: _ClassVar[int]
    CACHED_FIELD_NUMBER: _ClassVar[int]
    LACKS_FIELD_NUMBER: _ClassVar[int]
    IN_SCOPE_FIELD_NUMBER: _ClassVar[int]
    OUT_OF_SCOPE_FIELD_NUMBER: _ClassVar[int]
    score_id: str
    essay_id: str
    grade: str
    confidence: float
    probabilities: _containers.RepeatedCompositeFieldContainer[GradeProbability]
    grade_set: _containers.RepeatedScalarFieldContainer[str]
    score: float
    agreement: float
    cuts: _containers.RepeatedCompositeFieldContainer[GradeProbability]
    released: bool
    route: str
    traits: _containers.RepeatedCompositeFieldContainer[Trait]
    advisories: _containers.RepeatedCompositeFieldContainer[Advisory]
    reasons: _containers.RepeatedCompositeFieldContainer[Reason]
    model: Model
    arm: str
    cached: bool
    lacks: _containers.RepeatedScalarFieldContainer[str]
    in_scope: bool
    out_of_scope: str
    def __init__(self, score_id: _Optional[str] = ..., essay_id: _Optional[str] = ..., grade: _Optional[str] = ..., confidence: _Optional[float] = ..., probabilities: _Optional[_Iterable[_Union[GradeProbability, _Mapping]]] = ..., grade_set: _Optional[_Iterable[str]] = ..., score: _Optional[float] = ..., agreement: _Optional[float] = ..., cuts: _Optional[_Iterable[_Union[GradeProbability, _Mapping]]] = ..., released: _Optional[bool] = ..., route: _Optional[str] = ..., traits: _Optional[_Iterable[_Union[Trait, _Mapping]]] = ..., advisories: _Optional[_Iterable[_Union[Advisory, _Mapping]]] = ..., reasons: _Optional[_Iterable[_Union[Reason, _Mapping]]] = ..., model: _Optional[_Union[Model, _Mapping]] = ..., arm: _Optional[str] = ..., cached: _Optional[bool] = ..., lacks: _Optional[_Iterable[str]] = ..., in_scope: _Optional[bool] = ..., out_of_scope: _Optional[str] = ...) -> None: ...

class ScoredBatch(_message.Message):
    __slots__ = ("scores",)
    SCORES_FIELD_NUMBER: _ClassVar[int]
    scores: _containers.RepeatedCompositeFieldContainer[Scored]
    def __init__(self, scores: _Optional[_Iterable[_Union[Scored, _Mapping]]] = ...) -> None: ...

class FinalizeRequest(_message.Message):
    __slots__ = ("batch_id",)
    BATCH_ID_FIELD_NUMBER: _ClassVar[int]
    batch_id: str
    def __init__(self, batch_id: _Optional[str] = ...) -> None: ...

class EssayResult(_message.Message):
    __slots__ = ("essay_id", "is_anchor", "rank", "bt_score", "bt_se", "bt_grade", "bt_probabilities", "ml_grade", "ml_confidence", "ml_probabilities", "grade", "confidence", "probabilities", "scoring_method", "reason", "disagrees", "score_id")
    ESSAY_ID_FIELD_NUMBER: _ClassVar[int]
    IS_ANCHOR_FIELD_NUMBER: _ClassVar[int]
    RANK_FIELD_NUMBER: _ClassVar[int]
    BT_SCORE_FIELD_NUMBER: _ClassVar[int]
    BT_SE_FIELD_NUMBER: _ClassVar[int]
    BT_GRADE_FIELD_NUMBER: _ClassVar[int]
    BT_PROBABILITIES_FIELD_NUMBER: _ClassVar[int]
    ML_GRADE_FIELD_NUMBER: _ClassVar[int]
    ML_CONFIDENCE_FIELD_NUMBER: _ClassVar[int]
    ML_PROBABILITIES_FIELD_NUMBER: _ClassVar[int]
    GRADE_FIELD_NUMBER: _ClassVar[int]
    CONFIDENCE_FIELD_NUMBER: _ClassVar[int]
    PROBABILITIES_FIELD_NUMBER: _ClassVar[int]
    SCORING_METHOD_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    DISAGREES_FIELD_NUMBER: _ClassVar[int]
    SCORE_ID_FIELD_NUMBER: _ClassVar[int]
    essay_id: str
    is_anchor: bool
    rank: int
    bt_score: float
    bt_se: float
    bt_grade: str
    bt_probabilities: _containers.RepeatedCompositeFieldContainer[GradeProbability]
    ml_grade: str
    ml_confidence: float
    ml_probabilities: _containers.RepeatedCompositeFieldContainer[GradeProbability]
    grade: str
    confidence: float
    probabilities: _containers.RepeatedCompositeFieldContainer[GradeProbability]
    scoring_method: str
    reason: str
    disagrees: bool
    score_id: str
    def __init__(self, essay_id: _Optional[str] = ..., is_anchor: _Optional[bool] = ..., rank: _Optional[int] = ..., bt_score: _Optional[float] = ..., bt_se: _Optional[float] = ..., bt_grade: _Optional[str] = ..., bt_probabilities: _Optional[_Iterable[_Union[GradeProbability, _Mapping]]] = ..., ml_grade: _Optional[str] = ..., ml_confidence: _Optional[float] = ..., ml_probabilities: _Optional[_Iterable[_Union[GradeProbability, _Mapping]]] = ..., grade: _Optional[str] = ..., confidence: _Optional[float] = ..., probabilities: _Optional[_Iterable[_Union[GradeProbability, _Mapping]]] = ..., scoring_method: _Optional[str] = ..., reason: _Optional[str] = ..., disagrees: _Optional[bool] = ..., score_id: _Optional[str] = ...) -> None: ...

class BatchResult(_message.Message):
    __slots__ = ("batch_id", "finalized_at", "scale", "scoring_method", "model", "essays")
    BATCH_ID_FIELD_NUMBER: _ClassVar[int]
    FINALIZED_AT_FIELD_NUMBER: _ClassVar[int]
    SCALE_FIELD_NUMBER: _ClassVar[int]
    SCORING_METHOD_FIELD_NUMBER: _ClassVar[int]
    MODEL_FIELD_NUMBER: _ClassVar[int]
    ESSAYS_FIELD_NUMBER: _ClassVar[int]
    batch_id: str
    finalized_at: _timestamp_pb2.Timestamp
    scale: str
    scoring_method: str
    model: Model
    essays: _containers.RepeatedCompositeFieldContainer[EssayResult]
    def __init__(self, batch_id: _Optional[str] = ..., finalized_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., scale: _Optional[str] = ..., scoring_method: _Optional[str] = ..., model: _Optional[_Union[Model, _Mapping]] = ..., essays: _Optional[_Iterable[_Union[EssayResult, _Mapping]]] = ...) -> None: ...

class ReloadRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class Reload(_message.Message):
    __slots__ = ("slot", "outcome", "reason", "detail", "model", "seconds")
    SLOT_FIELD_NUMBER: _ClassVar[int]
    OUTCOME_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    DETAIL_FIELD_NUMBER: _ClassVar[int]
    MODEL_FIELD_NUMBER: _ClassVar[int]
    SECONDS_FIELD_NUMBER: _ClassVar[int]
    slot: str
    outcome: str
    reason: str
    detail: str
    model: Model
    seconds: float
    def __init__(self, slot: _Optional[str] = ..., outcome: _Optional[str] = ..., reason: _Optional[str] = ..., detail: _Optional[str] = ..., model: _Optional[_Union[Model, _Mapping]] = ..., seconds: _Optional[float] = ...) -> None: ...

class Reloads(_message.Message):
    __slots__ = ("reloads",)
    RELOADS_FIELD_NUMBER: _ClassVar[int]
    reloads: _containers.RepeatedCompositeFieldContainer[Reload]
    def __init__(self, reloads: _Optional[_Iterable[_Union[Reload, _Mapping]]] = ...) -> None: ...

class CorrectRequest(_message.Message):
    __slots__ = ("score_id", "grade", "corrected_by", "reason", "id")
    SCORE_ID_FIELD_NUMBER: _ClassVar[int]
    GRADE_FIELD_NUMBER: _ClassVar[int]
    CORRECTED_BY_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    ID_FIELD_NUMBER: _ClassVar[int]
    score_id: str
    grade: str
    corrected_by: str
    reason: str
    id: str
    def __init__(self, score_id: _Optional[str] = ..., grade: _Optional[str] = ..., corrected_by: _Optional[str] = ..., reason: _Optional[str] = ..., id: _Optional[str] = ...) -> None: ...

class Correction(_message.Message):
    __slots__ = ("id", "score_id", "essay_id", "model_digest", "model_grade", "grade", "confirms", "corrected_by", "corrected_at", "reason", "already")
    ID_FIELD_NUMBER: _ClassVar[int]
    SCORE_ID_FIELD_NUMBER: _ClassVar[int]
    ESSAY_ID_FIELD_NUMBER: _ClassVar[int]
    MODEL_DIGEST_FIELD_NUMBER: _ClassVar[int]
    MODEL_GRADE_FIELD_NUMBER: _ClassVar[int]
    GRADE_FIELD_NUMBER: _ClassVar[int]
    CONFIRMS_FIELD_NUMBER: _ClassVar[int]
    CORRECTED_BY_FIELD_NUMBER: _ClassVar[int]
    CORRECTED_AT_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    ALREADY_FIELD_NUMBER: _ClassVar[int]
    id: str
    score_id: str
    essay_id: str
    model_digest: str
    model_grade: str
    grade: str
    confirms: bool
    corrected_by: str
    corrected_at: _timestamp_pb2.Timestamp
    reason: str
    already: bool
    def __init__(self, id: _Optional[str] = ..., score_id: _Optional[str] = ..., essay_id: _Optional[str] = ..., model_digest: _Optional[str] = ..., model_grade: _Optional[str] = ..., grade: _Optional[str] = ..., confirms: _Optional[bool] = ..., corrected_by: _Optional[str] = ..., corrected_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., reason: _Optional[str] = ..., already: _Optional[bool] = ...) -> None: ...

class FindScoreRequest(_message.Message):
    __slots__ = ("score_id",)
    SCORE_ID_FIELD_NUMBER: _ClassVar[int]
    score_id: str
    def __init__(self, score_id: _Optional[str] = ...) -> None: ...

class Record(_message.Message):
    __slots__ = ("score_id", "serial", "made_at", "essay_id", "text_sha256", "grade", "route", "urgency", "model", "arm", "batch_id", "correlation_id", "prediction", "digest")
    SCORE_ID_FIELD_NUMBER: _ClassVar[int]
    SERIAL_FIELD_NUMBER: _ClassVar[int]
    MADE_AT_FIELD_NUMBER: _ClassVar[int]
    ESSAY_ID_FIELD_NUMBER: _ClassVar[int]
    TEXT_SHA256_FIELD_NUMBER: _ClassVar[int]
    GRADE_FIELD_NUMBER: _ClassVar[int]
    ROUTE_FIELD_NUMBER: _ClassVar[int]
    URGENCY_FIELD_NUMBER: _ClassVar[int]
    MODEL_FIELD_NUMBER: _ClassVar[int]
    ARM_FIELD_NUMBER: _ClassVar[int]
    BATCH_ID_FIELD_NUMBER: _ClassVar[int]
    CORRELATION_ID_FIELD_NUMBER: _ClassVar[int]
    PREDICTION_FIELD_NUMBER: _ClassVar[int]
    DIGEST_FIELD_NUMBER: _ClassVar[int]
    score_id: str
    serial: int
    made_at: _timestamp_pb2.Timestamp
    essay_id: str
    text_sha256: str
    grade: str
    route: str
    urgency: float
    model: Model
    arm: str
    batch_id: str
    correlation_id: str
    prediction: str
    digest: str
    def __init__(self, score_id: _Optional[str] = ..., serial: _Optional[int] = ..., made_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., essay_id: _Optional[str] = ..., text_sha256: _Optional[str] = ..., grade: _Optional[str] = ..., route: _Optional[str] = ..., urgency: _Optional[float] = ..., model: _Optional[_Union[Model, _Mapping]] = ..., arm: _Optional[str] = ..., batch_id: _Optional[str] = ..., correlation_id: _Optional[str] = ..., prediction: _Optional[str] = ..., digest: _Optional[str] = ...) -> None: ...

class ReviewQueueRequest(_message.Message):
    __slots__ = ("limit", "route")
    LIMIT_FIELD_NUMBER: _ClassVar[int]
    ROUTE_FIELD_NUMBER: _ClassVar[int]
    limit: int
    route: str
    def __init__(self, limit: _Optional[int] = ..., route: _Optional[str] = ...) -> None: ...

class Queue(_message.Message):
    __slots__ = ("n_review", "n_audit", "oldest", "days", "waiting")
    N_REVIEW_FIELD_NUMBER: _ClassVar[int]
    N_AUDIT_FIELD_NUMBER: _ClassVar[int]
    OLDEST_FIELD_NUMBER: _ClassVar[int]
    DAYS_FIELD_NUMBER: _ClassVar[int]
    WAITING_FIELD_NUMBER: _ClassVar[int]
    n_review: int
    n_audit: int
    oldest: _timestamp_pb2.Timestamp
    days: int
    waiting: _containers.RepeatedCompositeFieldContainer[Record]
    def __init__(self, n_review: _Optional[int] = ..., n_audit: _Optional[int] = ..., oldest: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., days: _Optional[int] = ..., waiting: _Optional[_Iterable[_Union[Record, _Mapping]]] = ...) -> None: ...

class ModelsRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class Slot(_message.Message):
    __slots__ = ("slot", "place", "model", "loaded_at", "looked_at", "refused", "detail")
    SLOT_FIELD_NUMBER: _ClassVar[int]
    PLACE_FIELD_NUMBER: _ClassVar[int]
    MODEL_FIELD_NUMBER: _ClassVar[int]
    LOADED_AT_FIELD_NUMBER: _ClassVar[int]
    LOOKED_AT_FIELD_NUMBER: _ClassVar[int]
    REFUSED_FIELD_NUMBER: _ClassVar[int]
    DETAIL_FIELD_NUMBER: _ClassVar[int]
    slot: str
    place: str
    model: Model
    loaded_at: _timestamp_pb2.Timestamp
    looked_at: _timestamp_pb2.Timestamp
    refused: str
    detail: str
    def __init__(self, slot: _Optional[str] = ..., place: _Optional[str] = ..., model: _Optional[_Union[Model, _Mapping]] = ..., loaded_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., looked_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., refused: _Optional[str] = ..., detail: _Optional[str] = ...) -> None: ...

class Slots(_message.Message):
    __slots__ = ("slots",)
    SLOTS_FIELD_NUMBER: _ClassVar[int]
    slots: _containers.RepeatedCompositeFieldContainer[Slot]
    def __init__(self, slots: _Optional[_Iterable[_Union[Slot, _Mapping]]] = ...) -> None: ...
