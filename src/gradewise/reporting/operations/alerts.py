"""When somebody is to be told about a scoring service; and a service of which nobody need be told."""

from gradewise.reporting.operations.alert import BY, GRADED_WELL, Alert, Told
from gradewise.reporting.operations.record_alerts import ANSWERED, RECORDS

DISTRUST = "digest|unsigned|signature|revoked|replayed|unsafe"
"""Reasons to refuse a model that nobody should take for an accident."""
PASSING = "missing|changed|unavailable"
"""Reasons that go away by themselves, or that other alerts tell of."""
_ERRORS = f'{BY} (rate(cj_ml_prediction_errors_total{{error_type!="input"}}[5m]))'
_AWAY = f'{BY} (rate(cj_ml_prediction_errors_total{{error_type=~"busy|deadline"}}[5m]))'
_GRADED = f"{BY} (rate(cj_ml_prediction_total[5m]))"


def _p95(metric: str) -> str:
    return f"histogram_quantile(0.95, sum by (job, instance, le) (rate({metric}_bucket[5m])))"


def _slow(metric: str, limit: str) -> tuple[Told, ...]:
    """A histogram of which nothing is within a limit."""
    return (
        Told(f"{metric}_bucket", "0x120", {"le": limit}),
        Told(f"{metric}_bucket", "0+60x120", {"le": "30.0"}),
        Told(f"{metric}_bucket", "0+60x120", {"le": "+Inf"}),
    )


_MODELS = (
    Alert(
        name="GradewiseDown", expression='up{job="gradewise"} == 0', lasts="2m", severity="critical",
        summary="The scoring service does not answer.",
        means="Prometheus cannot fetch /metrics: the process has ended, hangs, or cannot be reached.",
        do="See whether it runs and what it said last (systemctl status gradewise, journalctl -u "
        "gradewise); start it again. What it had accepted is in the score log, or in its spool, which "
        "it takes up by itself.",
        trial=(Told("up", "0x120"),),
    ),
    Alert(
        name="GradewiseNoModel", expression='cj_ml_model_loaded{slot="champion"} == 0', lasts="1m",
        severity="critical", summary="No model is in service; no essay is graded.",
        means="The service runs, and nothing could be loaded since it was started.",
        do="GET /v1/models says what is wanted and why it is refused. Deploy a model, or roll back: "
        "gradewise registry rollback NAME. The service takes it up by itself, or upon SIGHUP.",
        trial=(Told("cj_ml_model_loaded", "0x120", {"slot": "champion"}),), labels={"slot": "champion"},
    ),
    Alert(
        name="GradewiseModelStale", expression="cj_ml_model_stale == 1 and cj_ml_model_loaded == 1",
        lasts="10m", severity="warning", summary="An older model answers than is wanted.",
        means="What was deployed is refused, or cannot be fetched; the model before it goes on.",
        do="GET /v1/models says why. Repair what is said there, then POST /v1/models/reload; or roll "
        "back, so that what is wanted is what answers.",
        trial=(
            Told("cj_ml_model_stale", "1x120", {"slot": "champion"}),
            Told("cj_ml_model_loaded", "1x120", {"slot": "champion"}),
        ),
        labels={"slot": "champion"},
    ),
    Alert(
        name="GradewiseModelNotTrusted",
        expression="sum by (job, instance, slot, reason) "
        f'(increase(cj_ml_model_reload_refused_total{{reason=~"{DISTRUST}"}}[1h])) > 0',
        lasts="0m", severity="critical", summary="A model was refused that nobody vouches for.",
        means="Files are not what their digests say, the manifest is missing, of an unknown or revoked key "
        "or an old one brought back, or the files are unsafe. The model before it goes on.",
        do="Find out who wrote to the models directory. If it was a deployment, sign and deploy it "
        "again; if it was nobody you know, take the machine from the network, and revoke the key: "
        "gradewise keys revoke.",
        trial=(
            Told(
                "cj_ml_model_reload_refused_total", "0x60 1x60", {"slot": "champion", "reason": "signature"}
            ),
        ),
        goes_off="90m", labels={"slot": "champion", "reason": "signature"},
    ),
    Alert(
        name="GradewiseModelRefused",
        expression="sum by (job, instance, slot, reason) "
        f'(increase(cj_ml_model_reload_refused_total{{reason!~"{DISTRUST}|{PASSING}"}}[1h])) > 0',
        lasts="0m", severity="warning", summary="A model was refused; the one before it goes on.",
        means="Its trial crashed, took too long or too much memory, it grades otherwise than when it was "
        "made, or this installation measures otherwise.",
        do="GET /v1/models says which, in words. Train it anew with this version of gradewise, or "
        "install the version that it was made with; deploy it again.",
        trial=(
            Told("cj_ml_model_reload_refused_total", "0x60 1x60", {"slot": "champion", "reason": "parity"}),
        ),
        goes_off="90m", labels={"slot": "champion", "reason": "parity"},
    ),
)  # fmt: skip

_ANSWERS = (
    Alert(
        name="GradewiseSlow", expression=f"{_p95('cj_ml_prediction_duration_seconds')} > 0.1", lasts="10m",
        severity="warning", summary="One essay in twenty takes more than 100 ms.",
        means="Texts are read more slowly than they come, or the machine has other work.",
        do="Look at essays that wait, at the time to read an essay and at the processor on the "
        "dashboard. Give it more cores and --workers-for-reading, or a second instance behind a "
        "balancer.",
        trial=_slow("cj_ml_prediction_duration_seconds", "0.25"),
    ),
    Alert(
        name="GradewiseBatchesSlow",
        expression=f"{_p95('cj_ml_batch_prediction_duration_seconds')} > 2", lasts="10m", severity="warning",
        summary="One batch in twenty takes more than 2 s.",
        means="As GradewiseSlow, of requests for several essays; it is no fault where batches are large.",
        do="As GradewiseSlow; or ask for fewer essays at once.",
        trial=_slow("cj_ml_batch_prediction_duration_seconds", "5.0"),
    ),
    Alert(
        name="GradewiseErrors", expression=f"{_ERRORS} / ({_ERRORS} + ({_GRADED} or {_ERRORS} * 0)) > 0.02",
        lasts="5m", severity="critical", summary="More than 2 % of essays get no grade.",
        means="For reasons that are not the clients': no model, a model that fails, a database that is "
        "away, too much work.",
        do="The dashboard says why there was no grade. no_model, model: GET /v1/models, roll back. "
        "unavailable: start the database. busy, deadline: see GradewiseOverloaded. internal: see "
        "GradewiseFault.",
        trial=(GRADED_WELL, Told("cj_ml_prediction_errors_total", "0+6x120", {"error_type": "model"})),
    ),
    Alert(
        name="GradewiseFault",
        expression=f'{BY} (increase(cj_ml_prediction_errors_total{{error_type="internal"}}[1h])) > 0',
        lasts="0m", severity="warning", summary="A fault of gradewise itself.",
        means="A request ended with an error that nobody foresaw; the others go on.",
        do="Find the line of level error in the log, by the correlation id of the request; report its "
        "stack, which holds no essay text.",
        trial=(Told("cj_ml_prediction_errors_total", "0x60 1x60", {"error_type": "internal"}),),
        goes_off="90m",
    ),
    Alert(
        name="GradewiseOverloaded", expression=f"{_AWAY} / ({_AWAY} + ({_GRADED} or {_AWAY} * 0)) > 0.05",
        lasts="10m", severity="warning", summary="More than 5 % of essays are turned away, or come too late.",
        means="More is asked than can be read. Clients are told when to come back; nothing is lost.",
        do="Find out who asks so much (the log names tokens). Spread the work, give it more cores, or a "
        "second instance.",
        trial=(GRADED_WELL, Told("cj_ml_prediction_errors_total", "0+6x120", {"error_type": "busy"})),
    ),
    Alert(
        name="GradewiseDegraded",
        expression="sum by (job, instance, lack) "
        '(rate(cj_ml_degraded_total{lack=~"feature_cache|challenger"}[15m])) > 0',
        lasts="15m", severity="warning", summary="Essays are graded while something is lacking.",
        means="feature_cache: the cache that hosts share is away, every text is read anew. challenger: it "
        "was its turn, it could not, and the champion answered. The grades are no less right.",
        do="feature_cache: start Redis or Valkey. challenger: GET /v1/models says why; end the trial if "
        "need be.",
        trial=(Told("cj_ml_degraded_total", "0+6x120", {"lack": "feature_cache"}),),
        labels={"lack": "feature_cache"},
    ),
    Alert(
        name="GradewiseBreakerOpen", expression="cj_ml_breaker_open == 1", lasts="10m", severity="warning",
        summary="Something failed so often that it is left alone.",
        means="It is tried again every half minute, and still fails. judgement: batches are graded by "
        "judgement alone. challenger, shadow: only the champion answers.",
        do="judgement: see GradewiseErrors. challenger, shadow: look for its failures in the log; end "
        "the trial.",
        trial=(Told("cj_ml_breaker_open", "1x120", {"part": "judgement"}),), labels={"part": "judgement"},
    ),
)  # fmt: skip

ALERTS = (*_MODELS, *_ANSWERS, *RECORDS)
"""Every alert."""
WELL = (
    Told("up", "1x120"),
    Told("cj_ml_model_loaded", "1x120", {"slot": "champion"}),
    Told("cj_ml_model_stale", "0x120", {"slot": "champion"}),
    Told("cj_ml_model_reload_refused_total", "0x120", {"slot": "champion", "reason": "signature"}),
    Told("cj_ml_model_reload_refused_total", "0x120", {"slot": "champion", "reason": "parity"}),
    Told("cj_ml_model_reload_refused_total", "0x60 1x60", {"slot": "champion", "reason": "changed"}),
    Told("cj_ml_prediction_duration_seconds_bucket", "0+60x120", {"le": "0.1"}),
    Told("cj_ml_prediction_duration_seconds_bucket", "0+60x120", {"le": "+Inf"}),
    Told("cj_ml_batch_prediction_duration_seconds_bucket", "0+60x120", {"le": "1.0"}),
    Told("cj_ml_batch_prediction_duration_seconds_bucket", "0+60x120", {"le": "+Inf"}),
    GRADED_WELL,
    Told("cj_ml_training_grade_share", "1x120", {"grade": "C"}),
    Told("cj_ml_prediction_errors_total", "0+30x120", {"error_type": "input"}),
    Told("cj_ml_prediction_errors_total", "0x120", {"error_type": "internal"}),
    Told("cj_ml_prediction_errors_total", "0x120", {"error_type": "busy"}),
    Told("cj_ml_degraded_total", "0x120", {"lack": "feature_cache"}),
    Told("cj_ml_breaker_open", "0x120", {"part": "judgement"}),
    Told("cj_ml_score_log_up", "1x120"),
    Told("cj_ml_score_log_unwritable", "0x120"),
    Told("cj_ml_score_log_spooling", "0x120"),
    Told("cj_ml_fallback_total", "0+5x120", {"reason": "anchor"}),
    Told("cj_ml_fallback_total", "0x120", {"reason": "model_error"}),
    Told("cj_ml_batch_essays_total", "0+5x120"),
    Told("cj_ml_review_queue_oldest_seconds", "3600x120"),
    Told("cj_ml_review_queue_length", "20x120", {"route": "review"}),
    Told("cj_ml_review_capacity", "100x120"),
    Told("cj_ml_corrections_total", "0+5x120", {"steps": "0"}),
    Told("cj_ml_corrections_total", "0x120", {"steps": "2"}),
    Told("gradewise_drift_alarm", "0x120", {"model": "essays"}),
    Told("cj_ml_drift_alarm", "0x120", ANSWERED),
    Told("cj_ml_drift_timestamp_seconds", "0x120", ANSWERED),
)
"""A service that fares well: no alert goes off."""
