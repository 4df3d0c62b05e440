"""What a dashboard of a scoring service shows of judged batches, of teachers, and of a model on trial."""

from gradewise.reporting.operations.panel import Panel, Query, Section, share

JUDGEMENT = Section(
    "Judged batches",
    (
        Panel(
            title="Batches made final", says="By what their grades rest on.",
            queries=(
                Query(
                    "sum by (scoring_method) (increase(cj_ml_batches_finalized_total{I}[W]))",
                    "{{scoring_method}}",
                ),
            ),
        ),
        Panel(
            title="Judgement alone", unit="percentunit",
            says="Share of essays, by reason; anchors and essays that were hardly compared are meant to be.",
            queries=(
                Query(
                    "sum by (reason) (increase(cj_ml_fallback_total{I}[1d])) / "
                    "scalar(sum(increase(cj_ml_batch_essays_total{I}[1d]))) > 0",
                    "{{reason}}",
                ),
            ),
        ),
        Panel(
            title="Judgement and model disagree", unit="percentunit",
            says="Share of essays on which they are further apart than both uncertainties allow.",
            queries=(
                Query(
                    share("cj_ml_disagreements_total{I}", "cj_ml_batch_essays_total{I}"), "disagree"
                ),
            ),
        ),
        Panel(
            title="Time to make a batch final", unit="s", says="Mean.",
            queries=(
                Query(
                    share(""
                    "cj_ml_finalize_duration_seconds_sum{I}", "cj_ml_finalize_duration_seconds_count{I}"),
                    "mean",
                ),
            ),
        ),
    ),
)  # fmt: skip
"""Batches that people judged."""

TEACHERS = Section(
    "Teachers",
    (
        Panel(
            title="Review queue", says="Held-back grades, the audit sample, and what teachers do in a day.",
            queries=(
                Query("max by (route) (cj_ml_review_queue_length{I})", "{{route}}"),
                Query("max(cj_ml_review_capacity{I})", "a day's work"),
            ),
        ),
        Panel(
            title="Oldest that waits", unit="s", limit=3 * 86400, says="Since it was answered.",
            queries=(Query("max(cj_ml_review_queue_oldest_seconds{I})", "oldest"),),
        ),
        Panel(
            title="Teachers and the model", unit="percentunit",
            says="Share of decisions of the last week. What is held back is what the model is least sure of.",
            queries=(
                Query(
                    'sum(increase(cj_ml_corrections_total{I,steps="0"}[7d])) / '
                    "sum(increase(cj_ml_corrections_total{I}[7d]))",
                    "same grade",
                ),
                Query(
                    'sum(increase(cj_ml_corrections_total{I,steps=~"-1|0|1"}[7d])) / '
                    "sum(increase(cj_ml_corrections_total{I}[7d]))",
                    "at most one apart",
                ),
            ),
        ),
        Panel(
            title="Decisions", says="By grades above the model's; -2 and 2 are two or more.",
            queries=(Query("sum by (steps) (increase(cj_ml_corrections_total{I}[W])) > 0", "{{steps}}"),),
        ),
    ),
)  # fmt: skip
"""What waits for teachers, and what they decide."""

TRIAL = Section(
    "Champion and challenger",
    (
        Panel(
            title="Who answers", unit="percentunit", says="Share of essays by the role of the model.",
            queries=(
                Query(
                    "sum by (arm) (rate(cj_ml_answers_total{I}[W])) / "
                    "scalar(sum(rate(cj_ml_answers_total{I}[W])))",
                    "{{arm}}",
                ),
            ),
        ),
        Panel(
            title="Behind the answers", unit="reqps", says="Work that the challenger did unseen, or did not.",
            queries=(Query("sum by (fate) (rate(cj_ml_shadow_total{I}[W])) > 0", "{{fate}}"),),
        ),
        Panel(
            title="Models that answer", kind="stat", name_only=True, says="By role.",
            queries=(Query("cj_ml_model_info{I}", "{{slot}}: {{model_name}} {{model_version}}"),),
        ),
    ),
)  # fmt: skip
"""A model on trial beside the one in production."""
