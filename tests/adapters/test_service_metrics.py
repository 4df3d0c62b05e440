"""Metrics of a scoring service, as Prometheus reads them."""

import shutil
import subprocess
from dataclasses import replace
from typing import Any, get_args, get_type_hints

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from prometheus_client.parser import text_string_to_metric_families

from gradewise.adapters.metric_names import MOST_VALUES, metrics_markdown
from gradewise.adapters.service_metric_names import (
    ACCESS,
    ERRORS,
    FALLBACKS,
    FATES,
    LACKS,
    REFUSALS,
    ROUTES,
    SERVICE_METRICS,
    SLOTS,
)
from gradewise.adapters.service_metrics import ServiceMetrics
from gradewise.adapters.service_standing import QueueStanding, SlotStanding, Standing
from gradewise.judgement.outcomes import FallbackReason
from gradewise.scores.records import Route
from gradewise.service_events import (
    AccessRefused,
    BatchFinalized,
    CorrectionTaken,
    EssaysScored,
    ModelReloaded,
    RequestAnswered,
    ScoringFailed,
    ShadowEnded,
)
from gradewise.telemetry import Event
from gradewise.workflows.scoring.refusals import RefusalReason
from gradewise.workflows.scoring.requests import Lack
from gradewise.workflows.scoring.slot_status import SlotName

PROMTOOL = shutil.which("promtool")
SCORED = EssaysScored(
    arm="champion", grades=(("A", 0.95), ("B", 0.5), ("B", 0.6)), routes=("release", "review", "audit"),
    model_name="essays", model_version="20260131_120000", read_seconds=0.5, seconds=0.75, n_cached=1,
    lacks=("score_log",),
)  # fmt: skip
SWAPPED = ModelReloaded(slot="champion", asked_by="watch", outcome="swapped", seconds=1.5)
REFUSED = ModelReloaded(
    slot="champion", asked_by="request", outcome="refused", reason="signature", seconds=0.5
)
LIFE: tuple[Event, ...] = (
    SWAPPED,
    SCORED,
    replace(SCORED, grades=(("A", 1.0),), routes=("release",), n_cached=0, read_seconds=0.04, seconds=0.08),
    REFUSED,
    ScoringFailed("busy", 3),
    ShadowEnded("full"),
    BatchFinalized(
        scoring_method="bt_only", reasons=("no_model", "anchor", "no_model"), n_essays=5, n_disagree=1,
        seconds=2.0,
    ),
    CorrectionTaken(confirms=True, steps=0),
    CorrectionTaken(confirms=False, steps=-7),
    RequestAnswered(route="POST /v1/score", status=200, seconds=0.5),
    AccessRefused("role", "admin"),
)  # fmt: skip
"""Something of everything."""
CHAMPION = SlotStanding(
    slot="champion", model_name="essays", model_version="20260131_120000", model_digest="d" * 64,
    trained_at=100.0, training_date="2026-01-31", loaded_at=200.0, looked_at=300.0, stale=False,
)  # fmt: skip
STANDING = Standing(
    now=1000.0, slots=(CHAMPION, SlotStanding(slot="challenger")), grades=("A", "B"),
    training_shares={"A": 0.25, "B": 0.75}, waiting=4, breakers={"judgement": True}, cache_away=False,
    keeps_log=True, queue=QueueStanding(n_review=7, n_audit=2, oldest_at=400.0, serial=90), spooling=False,
    review_capacity=30,
)  # fmt: skip


def service(*events: Event, standing: Standing = STANDING) -> ServiceMetrics:
    """Metrics of a service that stands so and has told this."""
    metrics = ServiceMetrics(version="1.2")
    metrics.watch(lambda: standing)
    for event in events:
        metrics.hear(event)
    return metrics


def samples(metrics: ServiceMetrics) -> dict[str, float]:
    """Every sample by its name and labels, as Prometheus' own parser reads them."""
    return {
        " ".join(
            [sample.name, *(f"{key}={value}" for key, value in sorted(sample.labels.items()))]
        ): sample.value
        for family in text_string_to_metric_families(metrics.exposition().decode())
        for sample in family.samples
    }


def test_a_life_is_told_in_figures() -> None:
    """Grades, times, errors, models, judgement, teachers, and how things stand."""
    found = samples(service(*LIFE))
    expected = {
        "cj_ml_prediction_total confidence_bucket=0.9-1.0 grade=A": 2,
        "cj_ml_prediction_total confidence_bucket=0.5-0.7 grade=B": 2,
        "cj_ml_prediction_total confidence_bucket=0.0-0.5 grade=B": 0,
        "cj_ml_prediction_duration_seconds_count": 1,
        "cj_ml_prediction_duration_seconds_bucket le=0.05": 0,
        "cj_ml_prediction_duration_seconds_bucket le=0.1": 1,
        "cj_ml_batch_prediction_duration_seconds_sum": 0.75,
        "cj_ml_feature_extraction_duration_seconds_count": 3,
        "cj_ml_feature_extraction_duration_seconds_bucket le=0.25": 3,
        "cj_ml_feature_extraction_duration_seconds_bucket le=0.1": 1,
        "cj_ml_feature_cache_hit_total": 1,
        "cj_ml_feature_cache_miss_total": 3,
        "cj_ml_answers_total arm=champion": 4,
        "cj_ml_routes_total route=review": 1,
        "cj_ml_degraded_total lack=score_log": 4,
        "cj_ml_model_reload_total": 1,
        "cj_ml_model_reload_refused_total reason=signature slot=champion": 1,
        "cj_ml_model_reload_duration_seconds_sum outcome=swapped": 1.5,
        "cj_ml_prediction_errors_total error_type=busy": 3,
        "cj_ml_shadow_total fate=full": 1,
        "cj_ml_batches_finalized_total scoring_method=bt_only": 1,
        "cj_ml_batch_essays_total": 5,
        "cj_ml_fallback_total reason=no_model": 2,
        "cj_ml_disagreements_total": 1,
        "cj_ml_corrections_total steps=0": 1,
        "cj_ml_corrections_total steps=-2": 1,
        "cj_ml_requests_total route=POST /v1/score status=200": 1,
        "cj_ml_access_refused_total reason=role": 1,
        "cj_ml_active_model_version model_version=20260131_120000 training_date=2026-01-31": 1,
        "cj_ml_model_loaded slot=challenger": 0,
        "cj_ml_model_stale slot=champion": 0,
        "cj_ml_model_trained_timestamp_seconds slot=champion": 100,
        "cj_ml_training_grade_share grade=B": 0.75,
        "cj_ml_waiting_essays": 4,
        "cj_ml_breaker_open part=judgement": 1,
        "cj_ml_review_queue_length route=audit": 2,
        "cj_ml_review_queue_oldest_seconds": 600,
        "cj_ml_score_log_serial": 90,
        "cj_ml_score_log_unwritable": 0,
        "cj_ml_score_log_up": 1,
        "cj_ml_service_info version=1.2": 1,
    }
    assert expected == {name: found.get(name) for name in expected}


def test_every_metric_of_the_table_is_offered_and_no_other() -> None:
    """The table that documentation shows is what there is."""
    families = list(text_string_to_metric_families(service(*LIFE).exposition().decode()))
    offered = {family.name for family in families if not family.name.startswith("gradewise_process_")}
    assert {each.name.removesuffix("_total") for each in SERVICE_METRICS} == {
        name.removesuffix("_total") for name in offered
    }
    assert all(f"`{each.name}`" in metrics_markdown(SERVICE_METRICS) for each in SERVICE_METRICS)
    assert not any("_created" in sample.name for family in families for sample in family.samples)


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        (REFUSALS, get_args(RefusalReason)),
        (FALLBACKS, get_args(FallbackReason)),
        (LACKS, get_args(Lack)),
        (ROUTES, get_args(Route)),
        (SLOTS, get_args(SlotName)),
        (ERRORS, get_args(get_type_hints(ScoringFailed)["reason"])),
        (FATES, get_args(get_type_hints(ShadowEnded)["fate"])),
        (ACCESS, get_args(get_type_hints(AccessRefused)["reason"])),
    ],
    ids=["refusals", "fallbacks", "lacks", "routes", "slots", "errors", "fates", "access"],
)
def test_labels_say_what_the_service_says(said: tuple[str, ...], meant: tuple[str, ...]) -> None:
    """Every code of the service has its series, and no other."""
    assert set(meant) == set(said)


def test_what_may_happen_is_shown_as_0_before_it_does() -> None:
    """So that the first time counts as a rise."""
    found = samples(service())
    assert 0 == found["cj_ml_model_reload_refused_total reason=digest slot=champion"]
    assert 0 == found["cj_ml_prediction_errors_total error_type=internal"]
    assert 0 == found["cj_ml_prediction_total confidence_bucket=0.9-1.0 grade=B"]
    assert 0 == found["cj_ml_corrections_total steps=2"]


def test_nothing_is_shown_of_a_model_that_is_gone() -> None:
    """After a swap the new one alone is active, and totals go on from where they were."""
    standing = [STANDING]
    metrics = ServiceMetrics(version="1.2")
    metrics.watch(lambda: standing[-1])
    metrics.hear(SCORED)
    newer = replace(CHAMPION, model_version="20260301_120000", training_date="2026-03-01")
    standing.append(replace(STANDING, slots=(newer,), grades=("B", "C"), training_shares={"C": 1.0}))
    metrics.hear(SWAPPED)
    metrics.hear(replace(SCORED, grades=(("C", 0.8), ("A", 0.8))))  # the second by the one that is gone
    found = samples(metrics)
    assert ["cj_ml_active_model_version model_version=20260301_120000 training_date=2026-03-01"] == [
        name for name in found if name.startswith("cj_ml_active_model_version")
    ]
    assert not any("20260131_120000" in name for name in found)
    assert {"cj_ml_training_grade_share grade=C"} == {
        name for name in found if name.startswith("cj_ml_training_grade_share")
    }
    assert 1 == found["cj_ml_prediction_total confidence_bucket=0.9-1.0 grade=A"]
    assert 1 == found["cj_ml_prediction_total confidence_bucket=0.7-0.9 grade=C"]
    assert 1 == found["cj_ml_prediction_total confidence_bucket=0.7-0.9 grade=other"]


def test_a_service_without_a_model_says_so() -> None:
    """None is active, and the log that does not answer has no queue."""
    found = samples(service(standing=Standing(slots=(SlotStanding(slot="champion"),), keeps_log=True)))
    assert 0 == found["cj_ml_model_loaded slot=champion"]
    assert 1 == found["cj_ml_model_stale slot=champion"]
    assert 0 == found["cj_ml_score_log_up"]
    assert not any(name.startswith(("cj_ml_active", "cj_ml_model_info", "cj_ml_review_")) for name in found)


def test_a_log_that_answers_and_takes_nothing_is_not_up() -> None:
    """A full disk can be read."""
    found = samples(service(standing=replace(STANDING, unwritable=True)))
    assert (0, 1) == (found["cj_ml_score_log_up"], found["cj_ml_score_log_unwritable"])


def test_a_service_that_starts_again_begins_anew() -> None:
    """Totals are of one process; how things stand is of nobody once it has ended."""
    metrics = service(*LIFE)
    metrics.watch(Standing)
    assert not any(name.startswith("cj_ml_active") for name in samples(metrics))
    assert 0 == samples(service())["cj_ml_prediction_errors_total error_type=busy"]


def test_what_nobody_sees_is_no_answer() -> None:
    """What works in the shadow has no part in grades, times and the cache."""
    assert samples(service()).keys() == samples(service(replace(SCORED, arm="shadow"))).keys()
    assert 0 == samples(service(replace(SCORED, arm="shadow")))["cj_ml_feature_cache_miss_total"]


@pytest.mark.skipif(PROMTOOL is None, reason="promtool is not installed; Debian has it in: prometheus")
def test_prometheus_itself_finds_no_fault() -> None:
    """Neither with the format nor with names, units and help."""
    said = subprocess.run(
        [PROMTOOL or "", "check", "metrics"],
        input=service(*LIFE).exposition(),
        capture_output=True,
        check=False,
        timeout=60,
    )
    assert (0, b"", b"") == (said.returncode, said.stdout, said.stderr)


def test_labels_take_few_values() -> None:
    """Whatever clients ask for and codes say, the number of series is bounded."""
    odd: Any = "x" * 500
    answered = [
        RequestAnswered(route=f"GET /{number}", status=200, seconds=0.1) for number in range(MOST_VALUES + 40)
    ]
    found = samples(service(*answered, ScoringFailed(odd), replace(REFUSED, reason="reason-of-tomorrow")))
    routes = [name for name in found if name.startswith("cj_ml_requests_total")]
    assert len(routes) == MOST_VALUES + 1
    assert 1 == found["cj_ml_prediction_errors_total error_type=other"]
    assert 1 == found["cj_ml_model_reload_refused_total reason=other slot=champion"]


@settings(max_examples=25)
@given(st.lists(st.sampled_from(LIFE), max_size=12))
def test_totals_never_fall(events: list[Event]) -> None:
    """Whatever happens in whatever order, reloads among it."""
    metrics = service()
    half = len(events) // 2
    for event in events[:half]:
        metrics.hear(event)
    before = {name: value for name, value in samples(metrics).items() if "_total" in name}
    for event in (SWAPPED, *events[half:]):
        metrics.hear(event)
    now = samples(metrics)
    assert before
    assert all(now[name] >= value for name, value in before.items())
