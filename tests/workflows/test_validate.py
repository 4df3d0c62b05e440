"""Holding a model to the rules of a plan: essays that can speak for it, what is found, what is kept."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from gradewise.errors import BundleError, InputError, RegistryError, UnavailableError
from gradewise.essays.texts import text_hash
from gradewise.models.bundles.storage import read_bundle_files
from gradewise.registry.records import GateRecord, ModelRecord
from gradewise.telemetry import Notice
from gradewise.testing.synthetic import generate_essays, to_rows
from gradewise.workflows.plans.data import CardPlan, DataPlan
from gradewise.workflows.plans.evaluation import EvaluationPlan
from gradewise.workflows.plans.plan import Plan
from gradewise.workflows.plans.registry import GatePlan, PromotionPlan
from gradewise.workflows.registry.beside import Beside, NotCompared, beside_production
from gradewise.workflows.registry.candidate import grade_essays
from gradewise.workflows.registry.opened import OpenedModel, open_directory, open_registered
from gradewise.workflows.registry.promotion_judge import find_reusable, judge_for
from gradewise.workflows.registry.services import RegistryServices
from gradewise.workflows.registry.validate import validate
from gradewise.workflows.services import Services
from gradewise.workflows.training.learnt_texts import known_texts, knows, read_learnt_from, text_digest
from trials import Trained, essay_rows, read_json, write_csv

Judge = Callable[[ModelRecord | None], Awaitable[GateRecord]]
NOW = datetime(2026, 1, 31, tzinfo=UTC)
EASY = (
    GatePlan(metric="qwk", at_least=0.1),
    GatePlan(metric="changed_grades", at_most=0),
    GatePlan(metric="qwk_over_production", at_least=-0.02, required=False),
)
"""Rules that a small model meets, without speed, which takes time to measure."""


def asking(*gates: GatePlan) -> Plan:
    """A plan with rules of its own, and quick intervals."""
    return Plan(
        data=DataPlan(train=Path("unread.csv")),
        promotion=PromotionPlan(gates=gates or EASY),
        evaluation=EvaluationPlan(resamples=100),
    )


@pytest.fixture
def model(trained: Trained) -> OpenedModel:
    """A trained model in its run directory."""
    return open_directory(trained.bundle)


@pytest.fixture
def new_essays() -> DataPlan:
    """Sixty essays that no model here has seen."""
    columns, rows = to_rows(generate_essays(60, seed=99))
    path = write_csv(Path("new.csv"), [dict(zip(columns, row, strict=True)) for row in rows])
    return DataPlan(train=path)


def test_a_run_says_which_texts_its_model_has_learnt_from(trained: Trained, model: OpenedModel) -> None:
    """All of training and none of the locked test, as digests that nobody can read."""
    splits = read_json(trained.run / "artifacts" / "splits.json")
    digests = {row["id"]: text_digest(row["text"]) for row in essay_rows()}
    locked = set(splits["test_record_ids"])
    assert model.learnt_from is not None
    assert {digest for name, digest in digests.items() if name not in locked} == set(model.learnt_from)
    taught = next(row["text"] for row in essay_rows() if row["id"] not in locked)
    assert knows(model.learnt_from, f"«{taught.upper()}»")
    assert knows({text_hash(taught)[:16]}, f" {taught}\n")  # as runs of old kept it
    content = json.loads((trained.run / "artifacts" / "learnt_from.json").read_text(encoding="utf-8"))
    assert sorted(content) == content
    assert {16} == {len(digest) for digest in content}


def test_what_is_no_list_of_digests_is_not_known(tmp_path: Path) -> None:
    """A run without the file, with damage, or with something else in it."""
    assert read_learnt_from(tmp_path) is None
    assert known_texts({"a": 1}) is None
    assert known_texts([1]) is None
    assert frozenset({"ab"}) == known_texts(["ab"])


def test_the_locked_test_speaks_for_a_model(model: OpenedModel, real: Services) -> None:
    """Without a file the essays are those that its run locked away; the record and the page say so."""
    run = validate(model, real, plan=asking(), production=model)
    assert run.report.passed
    assert ["passed"] * 3 == [judged.verdict for judged in run.report.rules]
    record = read_json(run.directory / "artifacts" / "validation.json")
    assert dict(run.record.report) == record
    assert (30, True) == (record["n"], record["passed"])
    assert record["figures"]["qwk"]["estimate"] == record["qwk"]
    assert 0 == record["parity"]["n_changed"]
    assert {"estimate": 0, "low": 0, "high": 0} == record["figures"]["qwk_over_production"]
    assert record["speed"] is None
    page = run.html.read_text(encoding="utf-8")
    assert "the locked test set of the run that made the model" in page
    assert not any(row["text"][:60] in page for row in essay_rows())


def test_essays_that_a_model_has_learnt_from_are_left_out(
    trained: Trained, model: OpenedModel, real: Services
) -> None:
    """Of its own training file the locked part is left, and the figures are those of the locked test."""
    told: list[str] = []
    mixed = validate(
        model,
        real,
        plan=asking(),
        essays=DataPlan(train=trained.essays),
        listener=lambda event: told.append(event.message) if isinstance(event, Notice) else None,
    )
    locked = validate(model, real, plan=asking())
    assert locked.report == mixed.report
    assert any("120 of 150 essays are left out" in line for line in told)
    assert locked.record.data_sha256 == mixed.record.data_sha256


def test_where_nothing_is_known_of_training_that_is_said(
    trained: Trained, model: OpenedModel, real: Services, new_essays: DataPlan
) -> None:
    """Other essays may be known to the model; those of its very file are refused, and so is none at all."""
    stranger = replace(model, learnt_from=None, run=None)
    run = validate(stranger, real, plan=asking(), essays=new_essays)
    assert any("is not known; those among these flatter it" in notice for notice in run.notices)
    with pytest.raises(InputError, match="trained on essays of this very file"):
        validate(stranger, real, plan=asking(), essays=DataPlan(train=trained.essays))
    with pytest.raises(InputError, match="the run that made .* is not known here; .*--data FILE"):
        validate(stranger, real, plan=asking())


def test_essays_that_were_all_learnt_from_are_refused(model: OpenedModel, real: Services) -> None:
    """Nothing is left that could speak for the model."""
    assert model.learnt_from is not None
    rows = [row for row in essay_rows() if text_digest(row["text"]) in model.learnt_from]
    path = write_csv(Path("known.csv"), rows)
    with pytest.raises(InputError, match="has learnt from all these essays"):
        validate(model, real, plan=asking(), essays=DataPlan(train=path))


def test_terms_that_allow_no_figures_allow_no_gates(
    model: OpenedModel, real: Services, new_essays: DataPlan
) -> None:
    """The dataset card decides, and nothing is measured or written."""
    blocked = new_essays.model_copy(update={"card": CardPlan(name="found", licence="unknown")})
    with pytest.raises(InputError, match="dataset found is for smoke tests only"):
        validate(model, real, plan=asking(), essays=blocked)
    assert not Path("output").exists()


def test_a_locked_test_that_has_changed_is_refused(
    trained: Trained, model: OpenedModel, real: Services, tmp_path: Path
) -> None:
    """Essays that are gone, and a run of another model, cannot stand in for it."""
    run = tmp_path / "run"
    (run / "artifacts").mkdir(parents=True)
    plan = (trained.run / "plan.yaml").read_text(encoding="utf-8")
    (run / "plan.yaml").write_text(plan, encoding="utf-8")
    with pytest.raises(InputError, match="the locked test set of .* is not there any more"):
        validate(replace(model, run=run), real)
    metadata = replace(model.bundle.metadata, split_plan="another")
    other = replace(model, bundle=replace(model.bundle, metadata=metadata))
    with pytest.raises(InputError, match="not those that .* was trained on any more"):
        validate(other, real, plan=asking())


def test_a_model_is_held_to_the_rules_of_its_run(model: OpenedModel, real: Services) -> None:
    """Other rules fail it: what clashes and what more essays would show is told."""
    gates = [
        gate
        for gate in PromotionPlan().asked(ordered=True)
        if gate.metric not in {"latency_p95_ms", "batch_of_50_s"}
    ]
    run = validate(model, real, plan=asking(*gates))
    found = {judged.rule.metric: judged.verdict for judged in run.report.rules}
    assert not run.report.passed
    assert ("failed", "passed") == (found["accuracy"], found["changed_grades"])
    assert any("the rule on accuracy decides" in notice for notice in run.notices)
    record = read_json(run.directory / "artifacts" / "validation.json")
    not_shown = {metric for metric, verdict in found.items() if verdict == "not shown"}
    assert {"training_share_difference", "ece"} <= not_shown
    assert not_shown == {power["metric"] for power in record["power"]}
    markdown = (run.directory / "reports" / "validation.md").read_text(encoding="utf-8")
    assert "What it takes to show a rule" in markdown


def test_speed_is_measured_where_it_is_asked_for(model: OpenedModel, real: Services) -> None:
    """From text, a hundred essays one by one and six batches of fifty, however few essays there are."""
    rows = [{"id": str(n), "text": f"It is good number {n}.", "grade": "EC"[n % 2]} for n in range(20)]
    essays = DataPlan(train=write_csv(Path("short.csv"), rows))
    speed = (GatePlan(metric="latency_p95_ms", below=1e5), GatePlan(metric="batch_of_50_s", below=1e3))
    run = validate(model, real, plan=asking(*speed), essays=essays)
    assert run.report.passed
    for judged in run.report.rules:
        assert judged.figure is not None
        assert 0 < judged.figure.low <= judged.figure.estimate <= judged.figure.high
    record = read_json(run.directory / "artifacts" / "validation.json")
    speed_kept = record["speed"]
    assert ("processor time", 100, 6) == tuple(
        speed_kept[key] for key in ("measured_by", "n_timings", "n_batches")
    )
    for judged, clock in zip(run.report.rules, ("latency_p95_clock_ms", "batch_of_50_clock_s"), strict=True):
        assert judged.figure is not None
        assert judged.rule.words.startswith("Processor time")
        assert judged.figure.estimate == speed_kept[judged.rule.metric]["estimate"]
        assert 0 < speed_kept[clock]["estimate"]
    assert "Is it fast enough?" in run.html.read_text(encoding="utf-8")


def compared(
    production: OpenedModel, model: OpenedModel, real: Services, new_essays: DataPlan
) -> Beside | NotCompared:
    """A candidate beside production on the new essays."""
    essays = tuple(generate_essays(60, seed=99))
    return beside_production(
        production,
        model,
        grade_essays(model.bundle, essays, real, lambda _event: None),
        essays=essays,
        grade=lambda bundle, some: grade_essays(bundle, some, real, lambda _event: None),
        plan=EvaluationPlan(resamples=100),
    )


def test_essays_that_production_has_learnt_from_are_left_out_of_the_pair(
    model: OpenedModel, real: Services, new_essays: DataPlan
) -> None:
    """Others are compared; below thirty, nothing is; where it is not known, that is said."""
    texts = [text_digest(essay.text) for essay in generate_essays(60, seed=99)]
    pair = compared(replace(model, learnt_from=frozenset(texts[:20])), model, real, new_essays)
    assert isinstance(pair, Beside)
    assert (40, 20, None) == (pair.n, pair.left_out, pair.notice)
    few = compared(replace(model, learnt_from=frozenset(texts[:31])), model, real, new_essays)
    assert isinstance(few, NotCompared)
    assert "29 of 60 essays are new to" in few.notice
    unknown = compared(replace(model, learnt_from=None), model, real, new_essays)
    assert isinstance(unknown, Beside)
    assert "has learnt from is not known" in str(unknown.notice)


def test_production_on_another_scale_is_not_compared(
    model: OpenedModel, real: Services, new_essays: DataPlan
) -> None:
    """Nor is one that cannot grade here; both are said."""
    scale = replace(model.bundle.metadata.scale, name="other", grades=("1", "2"))
    other = replace(model.bundle, metadata=replace(model.bundle.metadata, scale=scale))
    found = compared(replace(model, bundle=other), model, real, new_essays)
    assert isinstance(found, NotCompared)
    assert "grades on scale other" in found.notice

    def refuse(_bundle: object, _essays: object) -> Any:
        raise BundleError("other tools")

    essays = tuple(generate_essays(60, seed=99))
    graded = grade_essays(model.bundle, essays, real, lambda _event: None)
    stopped = beside_production(
        model, model, graded, essays=essays, grade=refuse, plan=EvaluationPlan(resamples=100)
    )
    assert (
        NotCompared("what is in production cannot grade here, so that the two are not compared: other tools")
        == stopped
    )


class _Store:
    """Bundles in memory; may be down."""

    def __init__(self, files: Mapping[str, bytes] | None) -> None:
        self._files = files

    def get(self, _content_id: str) -> dict[str, bytes]:
        """The one bundle."""
        if self._files is None:
            raise UnavailableError("the store is down")
        return dict(self._files)


class _Gates:
    """Gate records in memory, newest first."""

    def __init__(self) -> None:
        self.records: list[GateRecord] = []

    async def gate_records(self, content_id: str) -> tuple[GateRecord, ...]:
        """Those of a bundle."""
        return tuple(record for record in self.records if record.content_id == content_id)

    async def add_gate_record(self, record: GateRecord) -> None:
        """Keep one, once."""
        if record.id not in {each.id for each in self.records}:
            self.records.insert(0, record)


def registered(model: OpenedModel, **metadata: object) -> ModelRecord:
    """The model as a registry knows it."""
    return ModelRecord(
        id="1",
        model_name=model.bundle.metadata.name,
        version=model.bundle.metadata.version,
        content_id=model.bundle.digest,
        created_at=NOW,
        stage="staging",
        model_path="somewhere",
        serial=1,
        metrics={},
        hyperparameters={},
        feature_names=(),
        metadata=metadata,
    )


def registry_of(gates: _Gates, *stores: _Store) -> RegistryServices:
    """What a judge needs of a registry."""
    parts: Any = SimpleNamespace(registry=gates, stores=stores)
    return RegistryServices(
        registry=parts.registry,
        stores=parts.stores,
        models_directory=Path("models"),
        user="teacher@school",
        clock=lambda: NOW,
    )


def test_a_registered_model_is_judged_once(trained: Trained, model: OpenedModel, real: Services) -> None:
    """Asked again against the same production, what was said is said again; against another, it is not."""
    gates, files = _Gates(), read_bundle_files(trained.bundle)
    record = registered(model, run={"directory": str(trained.run), "id": "r"})
    judge = judge_for(record, real, registry_of(gates, _Store(None), _Store(files)), plan=asking())

    async def asked() -> list[GateRecord]:
        return [await judge(None), await judge(None), await judge(record)]

    first, again, beside = asyncio.run(asked())
    assert first is again
    assert (None, model.bundle.digest) == (first.against, beside.against)
    assert [beside, first] == gates.records
    assert first.passed
    assert beside.passed
    assert 2 == len(list(Path("output").glob("*/*/status.json")))


async def said(judge: Judge) -> GateRecord:
    """What a judge says where nothing is in production."""
    return await judge(None)


def test_gates_that_cannot_be_judged_stop_unless_they_are_set_aside(
    trained: Trained, model: OpenedModel, real: Services
) -> None:
    """With a reason given to do without, what is kept says why nothing was judged, and is not passed."""
    gates, files = _Gates(), read_bundle_files(trained.bundle)
    registry = registry_of(gates, _Store(files))
    record = registered(model, learnt_from=["0" * 16])
    with pytest.raises(InputError, match="is not known here"):
        asyncio.run(said(judge_for(record, real, registry)))
    kept = asyncio.run(said(judge_for(record, real, registry, overridden=True)))
    assert [kept] == gates.records
    assert not kept.passed
    assert "is not known here" in kept.report["not_judged"]


def test_a_model_is_opened_from_whichever_store_has_it(trained: Trained, model: OpenedModel) -> None:
    """Its texts come from the record, else from its run; without a bundle there is nothing to open."""
    files = read_bundle_files(trained.bundle)
    known = open_registered(registered(model, learnt_from=["ab"]), [_Store(files)])  # type: ignore[list-item]
    assert (frozenset({"ab"}), None) == (known.learnt_from, known.run)
    record = registered(model, run={"directory": str(trained.run)})
    assert model.learnt_from == open_registered(record, [_Store(files)]).learnt_from  # type: ignore[list-item]
    with pytest.raises(UnavailableError, match="down"):
        open_registered(record, [_Store(None), _Store(None)])  # type: ignore[list-item]
    for gone in (replace(record, pruned_at=NOW), replace(record, content_id=None)):
        with pytest.raises(RegistryError, match="has no bundle any more"):
            open_registered(gone, [_Store(files)])  # type: ignore[list-item]


@pytest.mark.parametrize(
    ("passed", "short", "reused"),
    [
        (True, (), True),
        (False, ("qwk",), True),
        (False, ("latency_p95_ms",), False),
        (False, ("latency_p95_ms", "qwk"), True),
    ],
    ids=["passed", "failed", "slow alone", "slow and bad"],
)
def test_a_report_is_used_again_unless_only_speed_stood_against_it(
    *, passed: bool, short: tuple[str, ...], reused: bool
) -> None:
    """What the machine may have been to blame for is measured anew."""
    rules = [
        {
            "metric": metric, "comparison": "at least", "bound": 0.5, "words": "", "source": "",
            "required": True,
            "figure": {"estimate": value, "low": value, "high": value}, "verdict": verdict,
        }
        for metric in ("qwk", "latency_p95_ms")
        for value, verdict in [(0.1, "failed") if metric in short else (0.9, "passed")]
    ]  # fmt: skip
    report = {"gates": {"format": 1, "preset": "p", "title": "t", "rules": rules}}
    record = GateRecord(
        id="1", content_id="c", model_name="m", version="v", against=None, made_at=NOW, passed=passed,
        rules_digest="r", data_sha256="d", report=report,
    )  # fmt: skip
    found = find_reusable([record], digest="r", data="d", against=None)
    assert (record if reused else None) == found
    assert find_reusable([record], digest="r", data="d", against="x") is None
