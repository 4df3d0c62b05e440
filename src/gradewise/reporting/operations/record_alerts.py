"""When somebody is to be told about what is written down: answers, batches, what teachers say, and drift."""

from gradewise.reporting.operations.alert import BY, GRADED_WELL, Alert, Told

MEANT = "anchor|disabled|too_few_comparisons|no_text"
"""Reasons for judgement alone that are meant so."""
ANSWERED = {"model_name": "essays", "model_version": "20260131_120000"}
"""A model whose answers are looked at, in trials."""
_WEEK = f"{BY} (increase(cj_ml_prediction_total[7d]))"
_DECIDED = f"{BY} (increase(cj_ml_corrections_total[7d]))"

RECORDS = (
    Alert(
        name="GradewiseScoreLogUnwritable", expression="cj_ml_score_log_unwritable == 1", lasts="1m",
        severity="critical", summary="Answers can be written down nowhere; every essay is refused.",
        means="Neither the score log nor the spool takes another answer: the disk of both is full, mostly. "
        "Essays are answered 503, /readyz is not ready. No answer that was given is lost.",
        do="See the disk (df -h) and the line score_log_changed in the log, which says what takes none. Make "
        "room: old logs, gradewise registry prune --dry-run, the cache. Within seconds it goes on by itself. "
        "With GRADEWISE_STATE_DIR on a disk of its own answers would have waited there.",
        trial=(Told("cj_ml_score_log_unwritable", "1x120"),),
    ),
    Alert(
        name="GradewiseScoreLogAway",
        expression="(cj_ml_score_log_up == 0 or cj_ml_score_log_spooling == 1) "
        "unless on (job, instance) cj_ml_score_log_unwritable == 1",
        lasts="5m",
        severity="critical", summary="Answers are not in the score log.",
        means="The database of the score log does not answer. Answers wait in the spool on this machine's "
        "disk, and say so; reviews and corrections cannot be looked at.",
        do="Start the database, and see that its disk has room. The spool empties by itself. Do not "
        "throw this machine away before cj_ml_score_log_spooling is 0.",
        trial=(Told("cj_ml_score_log_up", "0x120"), Told("cj_ml_score_log_spooling", "1x120")),
    ),
    Alert(
        name="GradewiseFallback",
        expression=f'{BY} (increase(cj_ml_fallback_total{{reason!~"{MEANT}"}}[6h])) / '
        f"{BY} (increase(cj_ml_batch_essays_total[6h])) > 0.1",
        lasts="0m", severity="warning",
        summary="More than a tenth of judged essays got their grade without the model.",
        means="Judgement alone graded them, for a reason that is not meant so. The grades stand, and are "
        "less certain.",
        do="The dashboard says why. no_model, model_error, circuit_open: see GradewiseNoModel, "
        "GradewiseErrors. scale_differs: the batch is graded on another scale than the model's. busy, "
        "deadline: make batches final when less is going on.",
        trial=(
            Told("cj_ml_fallback_total", "0+1x120", {"reason": "model_error"}),
            Told("cj_ml_batch_essays_total", "0+5x120"),
        ),
    ),
    Alert(
        name="GradewiseReviewsOld", expression="cj_ml_review_queue_oldest_seconds > 3 * 86400", lasts="1h",
        severity="warning", summary="Somebody has waited for a teacher for more than three days.",
        means="Grades that are held back are not released by themselves, however long they wait.",
        do="gradewise reviews list shows what waits, most urgent first. Tell the teachers.",
        trial=(Told("cj_ml_review_queue_oldest_seconds", "300000+60x120"),),
    ),
    Alert(
        name="GradewiseReviewsTooMany",
        expression=f"{BY} (cj_ml_review_queue_length) > 3 * cj_ml_review_capacity", lasts="1h",
        severity="warning", summary="More waits for teachers than they look at in three days.",
        means="More grades are held back than was planned for: other essays than the model knows, or fewer "
        "teachers.",
        do="Compare grades and confidence on the dashboard with those of last month. If essays have "
        "changed, train on corrected ones (gradewise retrain); if not, find more teachers.",
        trial=(
            Told("cj_ml_review_queue_length", "400x120", {"route": "review"}),
            Told("cj_ml_review_capacity", "100x120"),
        ),
    ),
    Alert(
        name="GradewiseTeachersFarOff",
        expression=f'{BY} (increase(cj_ml_corrections_total{{steps=~"-2|2"}}[7d])) / {_DECIDED} > 0.1 '
        f"and {_DECIDED} >= 50",
        lasts="0m", severity="warning", summary="Teachers are often two grades or more from the model.",
        means="In more than a tenth of at least fifty decisions of a week. What is held back is what the "
        "model is least sure of, so that this is worse than its grades are as a whole.",
        do="gradewise reviews report says how good released grades are, by the audit sample. Look at the "
        "decisions for a class, a task or a teacher that stands out; train on corrected essays.",
        trial=(
            Told("cj_ml_corrections_total", "0+1x120", {"steps": "-2"}),
            Told("cj_ml_corrections_total", "0+2x120", {"steps": "0"}),
        ),
    ),
    Alert(
        name="GradewiseGradesShifted",
        expression="sum by (job, instance) (abs(sum by (job, instance, grade) "
        "(increase(cj_ml_prediction_total[7d])) / on (job, instance) group_left () "
        f"{_WEEK} - on (job, instance, grade) cj_ml_training_grade_share)) / 2 > 0.2 and {_WEEK} >= 500",
        lasts="1h", severity="info", summary="Grades are not distributed as in training.",
        means="A fifth of at least five hundred grades of a week would have to be others. Other pupils or "
        "tasks do that as well as a model that no longer fits.",
        do="gradewise reviews report: as long as the audit sample agrees with teachers, nothing. "
        "Otherwise train on corrected essays.",
        trial=(
            GRADED_WELL,
            Told("cj_ml_training_grade_share", "0.5x120", {"grade": "C"}),
            Told("cj_ml_training_grade_share", "0.5x120", {"grade": "B"}),
            Told("cj_ml_prediction_total", "0x120", {"grade": "B", "confidence_bucket": "0.5-0.7"}),
        ),
    ),
    Alert(
        name="GradewiseTextsDrifted", expression="gradewise_drift_alarm == 1", lasts="0m",
        severity="warning", summary="Texts are no longer like those that the model learnt from.",
        means="gradewise drift --metrics held texts against what the model learnt from: something has moved "
        "that is more than luck and large enough to matter.",
        do="gradewise drift FILE --model MODEL --output drift.html shows what. Look at some of the answers; "
        "where they no longer fit, train again with such texts.",
        trial=(Told("gradewise_drift_alarm", "1x120", {"model": "essays"}),), labels={"model": "essays"},
    ),
    Alert(
        name="GradewiseAnswersDrifted", expression="cj_ml_drift_alarm == 1", lasts="0m",
        severity="warning", summary="What is answered is no longer like what the model learnt from.",
        means="gradewise scores drift --metrics held what the model read and answered against its training: "
        "something has moved that is more than luck and large enough to matter.",
        do="gradewise scores drift --output drift.html shows what. gradewise reviews report says whether "
        "grades still agree with teachers; where they do not, train on corrected essays (gradewise "
        "retrain).",
        trial=(Told("cj_ml_drift_alarm", "1x120", ANSWERED),), labels=ANSWERED,
    ),
    Alert(
        name="GradewiseDriftNotMeasured",
        expression="time() - cj_ml_drift_timestamp_seconds > 3 * 86400", lasts="0m", severity="warning",
        summary="Nobody has looked for three days whether what is answered has changed.",
        means="gradewise scores drift --metrics ran before, and does not any more.",
        do="See what its timer says; run it by hand: gradewise scores drift --since 7d.",
        trial=(Told("cj_ml_drift_timestamp_seconds", "-300000x120", ANSWERED),), labels=ANSWERED,
    ),
)  # fmt: skip
"""About the score log, judged batches, reviews and drift."""
