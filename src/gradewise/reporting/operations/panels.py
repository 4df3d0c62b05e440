"""What a dashboard of a scoring service shows, panel by panel."""

from gradewise.reporting.operations.panel import Panel, Query, Section, quantiles
from gradewise.reporting.operations.people_panels import JUDGEMENT, TEACHERS, TRIAL

_MODEL = Section(
    "Model",
    (
        Panel(
            title="Active model version", kind="stat", name_only=True,
            says="The model in production, and the day on which it was trained.",
            queries=(Query("cj_ml_active_model_version{I}", "{{model_version}} of {{training_date}}"),),
        ),
        Panel(
            title="Age of the model", kind="stat", unit="s", says="Since it was trained.",
            queries=(Query('time() - cj_ml_model_trained_timestamp_seconds{I,slot="champion"}'),),
        ),
        Panel(
            title="Another model is wanted", kind="stat", limit=1,
            says="1 where another model is wanted than answers, or none answers.",
            queries=(Query("cj_ml_model_stale{I}", "{{slot}}"),),
        ),
        Panel(
            title="Models that took over", says="Reloads, the first one of each start included.",
            queries=(Query("sum(increase(cj_ml_model_reload_total{I}[W]))", "took over"),),
        ),
        Panel(
            title="Models that were refused", says="The one before goes on answering.",
            queries=(
                Query(
                    "sum by (slot, reason) (increase(cj_ml_model_reload_refused_total{I}[W])) > 0",
                    "{{slot}}: {{reason}}",
                ),
            ),
        ),
        Panel(
            title="Time of a reload", unit="s", says="To look, verify, try and build; answers do not wait.",
            queries=(
                Query(
                    "sum by (outcome) (rate(cj_ml_model_reload_duration_seconds_sum{I}[W])) / "
                    "sum by (outcome) (rate(cj_ml_model_reload_duration_seconds_count{I}[W]))",
                    "{{outcome}}",
                ),
            ),
        ),
    ),
)  # fmt: skip

_ANSWERS = Section(
    "Answers",
    (
        Panel(
            title="Time of one essay", unit="s", limit=0.1,
            says="From its text to its record; a text that was read before takes milliseconds.",
            queries=quantiles("cj_ml_prediction_duration_seconds"),
        ),
        Panel(
            title="Time of several essays", unit="s", limit=2,
            says="Of requests for more than one.",
            queries=quantiles("cj_ml_batch_prediction_duration_seconds"),
        ),
        Panel(
            title="Essays graded and not graded", unit="reqps", says="A second.",
            queries=(
                Query("sum(rate(cj_ml_prediction_total{I}[W]))", "graded"),
                Query("sum(rate(cj_ml_prediction_errors_total{I}[W]))", "not graded"),
            ),
        ),
        Panel(
            title="Why there was no grade", unit="reqps",
            says="busy was answered with 429, deadline with 504; input is the client's.",
            queries=(
                Query(
                    "sum by (error_type) (rate(cj_ml_prediction_errors_total{I}[W])) > 0", "{{error_type}}"
                ),
            ),
        ),
        Panel(
            title="What was lacking", unit="reqps", says="Essays graded while something could not be done.",
            queries=(Query("sum by (lack) (rate(cj_ml_degraded_total{I}[W])) > 0", "{{lack}}"),),
        ),
        Panel(
            title="Essays that wait", says="They are being read, or wait for it.",
            queries=(Query("cj_ml_waiting_essays{I}", "{{instance}}"),),
        ),
        Panel(
            title="Requests by status", unit="reqps", says="Of every kind.",
            queries=(Query("sum by (status) (rate(cj_ml_requests_total{I}[W]))", "{{status}}"),),
        ),
        Panel(
            title="Requests turned away", unit="reqps", says="For who asked.",
            queries=(Query("sum by (reason) (rate(cj_ml_access_refused_total{I}[W])) > 0", "{{reason}}"),),
        ),
        Panel(
            title="Left alone after failures", limit=1, says="1 while nothing is asked of it.",
            queries=(Query("cj_ml_breaker_open{I}", "{{part}}"),),
        ),
    ),
)  # fmt: skip

_GRADES = Section(
    "Grades",
    (
        Panel(
            title="Grades of the last day", unit="percentunit", says="Share of each grade.",
            queries=(
                Query(
                    "sum by (grade) (increase(cj_ml_prediction_total{I}[1d])) / "
                    "scalar(sum(increase(cj_ml_prediction_total{I}[1d])))",
                    "{{grade}}",
                ),
            ),
        ),
        Panel(
            title="Grades that the model learnt from", unit="percentunit", says="To compare with.",
            queries=(Query("avg by (grade) (cj_ml_training_grade_share{I})", "{{grade}}"),),
        ),
        Panel(
            title="More or less than in training", unit="percentunit",
            says="Share of each grade in the last day, less its share in "
            "training. A class or two says little.",
            queries=(
                Query(
                    "sum by (grade) (increase(cj_ml_prediction_total{I}[1d])) / "
                    "scalar(sum(increase(cj_ml_prediction_total{I}[1d]))) "
                    "- avg by (grade) (cj_ml_training_grade_share{I})",
                    "{{grade}}",
                ),
            ),
        ),
        Panel(
            title="Confidence", unit="percentunit", says="Share of essays by the model's confidence.",
            queries=(
                Query(
                    "sum by (confidence_bucket) (rate(cj_ml_prediction_total{I}[W])) / "
                    "scalar(sum(rate(cj_ml_prediction_total{I}[W])))",
                    "{{confidence_bucket}}",
                ),
            ),
        ),
        Panel(
            title="What happens to grades", unit="percentunit",
            says="Released, held back, or drawn for a look.",
            queries=(
                Query(
                    "sum by (route) (rate(cj_ml_routes_total{I}[W])) / "
                    "scalar(sum(rate(cj_ml_routes_total{I}[W])))",
                    "{{route}}",
                ),
            ),
        ),
        Panel(
            title="Moved since training", limit=1,
            says="What has moved most, by gradewise scores drift --metrics; from 1 on it is an alarm if it "
            "is not luck.",
            queries=(
                Query("topk(8, cj_ml_drift_moved)", "{{model_name}} {{model_version}}: {{check}}"),
            ),
        ),
        Panel(
            title="Drift", kind="stat", says="1 where what is answered is no longer like the training.",
            queries=(Query("cj_ml_drift_alarm", "{{model_name}} {{model_version}}"),),
        ),
    ),
)  # fmt: skip

_READING = Section(
    "Reading",
    (
        Panel(
            title="Time to read an essay", unit="s", says="That was not read before.",
            queries=quantiles("cj_ml_feature_extraction_duration_seconds"),
        ),
        Panel(
            title="Essays that had been read before", unit="percentunit",
            says="Hit rate of the feature cache.",
            queries=(
                Query(
                    "sum(rate(cj_ml_feature_cache_hit_total{I}[W])) / "
                    "(sum(rate(cj_ml_feature_cache_hit_total{I}[W])) "
                    "+ sum(rate(cj_ml_feature_cache_miss_total{I}[W])))",
                    "hit rate",
                ),
            ),
        ),
        Panel(
            title="The cache is away", limit=1, says="1 while the cache that hosts share is not there.",
            queries=(Query("cj_ml_feature_cache_away{I}", "{{instance}}"),),
        ),
    ),
)  # fmt: skip

_PROCESS = Section(
    "Records and process",
    (
        Panel(
            title="Score log",
            says="Whether it answers, whether answers wait on disk for it, whether they cannot even wait.",
            queries=(
                Query("cj_ml_score_log_up{I}", "answers {{instance}}"),
                Query("cj_ml_score_log_spooling{I}", "spooling {{instance}}"),
                Query("cj_ml_score_log_unwritable{I}", "unwritable {{instance}}"),
            ),
        ),
        Panel(
            title="Answers in the chain", says="Number of the last one.",
            queries=(Query("max(cj_ml_score_log_serial{I})", "serial"),),
        ),
        Panel(
            title="Memory", unit="bytes", says="Of the process.",
            queries=(Query("gradewise_process_resident_memory_bytes{I}", "{{instance}}"),),
        ),
        Panel(
            title="Processor", says="Cores that the process uses.",
            queries=(Query("rate(gradewise_process_cpu_seconds_total{I}[W])", "{{instance}}"),),
        ),
    ),
)  # fmt: skip

SECTIONS = (_MODEL, _ANSWERS, _GRADES, _READING, JUDGEMENT, TEACHERS, TRIAL, _PROCESS)
"""The dashboard, from top to bottom."""
