"""The metrics that a scoring service offers: one table, of which collectors and documentation are made."""

from gradewise.adapters.metric_names import MetricName

SLOTS = ("champion", "challenger")
CONFIDENCES = ("0.0-0.5", "0.5-0.7", "0.7-0.9", "0.9-1.0")
"""Buckets of confidence; the upper limit belongs to the next one, save for the last."""
STEPS = ("-2", "-1", "0", "1", "2")
"""How far a teacher's grade is above the model's; the first and the last are two grades or more."""
REFUSALS = (
    "missing", "changed", "digest", "unsigned", "signature", "revoked", "replayed", "format", "unsafe",
    "task", "crashed", "timeout", "memory", "parity", "tools", "unavailable", "internal",
)  # fmt: skip
ERRORS = ("input", "busy", "deadline", "no_model", "model", "unavailable", "internal")
FALLBACKS = (
    "anchor", "disabled", "no_model", "too_few_comparisons", "no_text", "not_readable", "scale_differs",
    "model_changed", "model_error", "unavailable", "busy", "deadline", "circuit_open",
)  # fmt: skip
LACKS = ("feature_cache", "score_log", "challenger", "review_capacity")
ROUTES = ("release", "review", "audit")
FATES = ("done", "full", "held back", "late", "failed", "nonsense", "not kept")
ACCESS = ("no_token", "unknown_token", "role", "too_often", "host")
PARTS = ("challenger", "shadow", "judgement")
"""What is left alone for a while after failures."""

ANSWER_BUCKETS = (0.005, 0.01, 0.02, 0.03, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0)
"""Seconds: those that promises are about, from 5 ms for a text that was read before on."""

SERVICE_METRICS = (
    MetricName("cj_ml_service_info", "gauge", ("version",), "1, with the version of gradewise."),
    # Models.
    MetricName("cj_ml_model_reload_total", "counter", (), "Models that took over, the first one included."),
    MetricName(
        "cj_ml_model_reload_refused_total", "counter", ("slot", "reason"),
        "Models that were wanted and are not served; the one before goes on.",
        values={"slot": SLOTS, "reason": REFUSALS},
    ),
    MetricName(
        "cj_ml_model_reload_duration_seconds", "summary", ("outcome",),
        "Time to look for a model, verify, try and build it, seconds.",
        values={"outcome": ("same", "swapped", "refused")},
    ),
    MetricName(
        "cj_ml_active_model_version", "gauge", ("model_version", "training_date"),
        "1 for the model in production; none while there is no model.",
    ),
    MetricName(
        "cj_ml_model_info", "gauge", ("slot", "model_name", "model_version", "model_digest"),
        "1 for each model that answers.",
    ),
    MetricName("cj_ml_model_loaded", "gauge", ("slot",), "1 where a model answers, 0 where none does."),
    MetricName(
        "cj_ml_model_stale", "gauge", ("slot",), "1 where another model is wanted than answers, or none does."
    ),
    MetricName(
        "cj_ml_model_trained_timestamp_seconds", "gauge", ("slot",),
        "When the model was trained, seconds since 1970.",
    ),
    MetricName(
        "cj_ml_model_loaded_timestamp_seconds", "gauge", ("slot",),
        "Since when it answers, seconds since 1970.",
    ),
    MetricName(
        "cj_ml_model_looked_timestamp_seconds", "gauge", ("slot",),
        "When another one was last looked for, seconds since 1970.",
    ),
    MetricName(
        "cj_ml_training_grade_share", "gauge", ("grade",),
        "Share of each grade among the essays that the model in production learnt from, 0 to 1.",
    ),
    # Grading.
    MetricName(
        "cj_ml_prediction_duration_seconds", "histogram", (),
        "Time to answer a request for one essay, seconds, from its text to its record.",
        buckets=ANSWER_BUCKETS,
    ),
    MetricName(
        "cj_ml_batch_prediction_duration_seconds", "histogram", (),
        "Time to answer a request for several essays, seconds.", buckets=ANSWER_BUCKETS,
    ),
    MetricName(
        "cj_ml_prediction_total", "counter", ("grade", "confidence_bucket"),
        "Essays graded; grades are those that are served now.",
        values={"confidence_bucket": CONFIDENCES},
    ),
    MetricName(
        "cj_ml_prediction_errors_total", "counter", ("error_type",),
        "Essays that got no grade; busy is answered with 429, deadline with 504.",
        values={"error_type": ERRORS},
    ),
    MetricName(
        "cj_ml_answers_total", "counter", ("arm",), "Essays graded, by the role of the model.",
        values={"arm": SLOTS},
    ),
    MetricName(
        "cj_ml_routes_total", "counter", ("route",), "Essays graded, by what happens to the grade.",
        values={"route": ROUTES},
    ),
    MetricName(
        "cj_ml_degraded_total", "counter", ("lack",),
        "Essays graded while something could not be done; the grades are no less right.",
        values={"lack": LACKS},
    ),
    MetricName(
        "cj_ml_shadow_total", "counter", ("fate",), "Work that the challenger did unseen, or did not.",
        values={"fate": FATES},
    ),
    MetricName("cj_ml_waiting_essays", "gauge", (), "Essays that are being read or wait for it."),
    MetricName(
        "cj_ml_breaker_open", "gauge", ("part",), "1 where failures have something left alone for a while.",
        values={"part": PARTS},
    ),
    # Reading.
    MetricName(
        "cj_ml_feature_extraction_duration_seconds", "histogram", (),
        "Time to read an essay that was not read before, seconds; of a batch, its time over its essays.",
        buckets=ANSWER_BUCKETS,
    ),
    MetricName("cj_ml_feature_cache_hit_total", "counter", (), "Essays that had been read before."),
    MetricName("cj_ml_feature_cache_miss_total", "counter", (), "Essays that had not."),
    MetricName("cj_ml_feature_cache_away", "gauge", (), "1 while the cache that hosts share is not there."),
    # Judgement.
    MetricName(
        "cj_ml_batches_finalized_total", "counter", ("scoring_method",), "Judged batches made final.",
        values={"scoring_method": ("hybrid_bt_ml", "bt_only")},
    ),
    MetricName("cj_ml_batch_essays_total", "counter", (), "Essays of those batches."),
    MetricName(
        "cj_ml_fallback_total", "counter", ("reason",), "Essays of those that judgement alone graded.",
        values={"reason": FALLBACKS},
    ),
    MetricName(
        "cj_ml_disagreements_total", "counter", (),
        "Essays of those on which judgement and model are further apart than both uncertainties allow.",
    ),
    MetricName("cj_ml_finalize_duration_seconds", "summary", (), "Time to make a batch final, seconds."),
    # Teachers.
    MetricName(
        "cj_ml_corrections_total", "counter", ("steps",),
        "Decisions of teachers, by grades above the model's: 0 confirms it; -2 and 2 are two or more.",
        values={"steps": STEPS},
    ),
    MetricName("cj_ml_review_queue_length", "gauge", ("route",), "Answers that wait for a teacher."),
    MetricName(
        "cj_ml_review_queue_oldest_seconds", "gauge", (), "How long the oldest of them has waited, seconds."
    ),
    MetricName(
        "cj_ml_review_capacity", "gauge", (), "Essays that teachers look at in a day, where somebody counts."
    ),
    MetricName(
        "cj_ml_score_log_up", "gauge", (),
        "1 where the score log answered when it was last asked, and answers can be written down.",
    ),
    MetricName(
        "cj_ml_score_log_unwritable", "gauge", (),
        "1 while answers can be written down nowhere, such as on a full disk: every essay is refused.",
    ),
    MetricName("cj_ml_score_log_serial", "gauge", (), "Number of the last answer in the score log's chain."),
    MetricName("cj_ml_score_log_spooling", "gauge", (), "1 while answers wait on disk for the score log."),
    # Requests.
    MetricName(
        "cj_ml_requests_total", "counter", ("route", "status"), "Requests answered, of every kind."
    ),
    MetricName("cj_ml_request_duration_seconds", "summary", ("route",), "Their duration, seconds."),
    MetricName(
        "cj_ml_access_refused_total", "counter", ("reason",), "Requests turned away for who asked.",
        values={"reason": ACCESS},
    ),
)  # fmt: skip
"""Every metric; those of the process itself, ``gradewise_process_*``, come besides."""
