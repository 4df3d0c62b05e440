"""Models of classes: held to gates, beside production, compared; never with models of another kind."""

from dataclasses import replace
from pathlib import Path

import pytest

from gradewise.errors import InputError
from gradewise.essays.scales import Scale, class_scale
from gradewise.models.bundles.contents import write_bundle
from gradewise.testing.class_bundles import CLASSES, made_up_class_bundle, made_up_texts
from gradewise.testing.graders import made_up_bundle, made_up_grader
from gradewise.workflows.plans.data import DataPlan
from gradewise.workflows.plans.evaluation import EvaluationPlan
from gradewise.workflows.plans.plan import Plan
from gradewise.workflows.plans.registry import CLASS_GATES, GatePlan, PromotionPlan
from gradewise.workflows.registry.beside import other_classes
from gradewise.workflows.registry.compare import compare_models, require_same_scale
from gradewise.workflows.registry.opened import OpenedModel, open_directory
from gradewise.workflows.registry.validate import rules_of, validate
from gradewise.workflows.services import Services
from trials import read_json, write_csv

QUICK = tuple(gate for gate in CLASS_GATES if gate.metric not in {"latency_p95_ms", "batch_of_50_s"})


@pytest.fixture(scope="module")
def bundles(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model of classes and one of grades."""
    directory = tmp_path_factory.mktemp("bundles")
    write_bundle(made_up_class_bundle(), directory / "classes")
    grader, boosters = made_up_grader()
    write_bundle(made_up_bundle(grader, boosters), directory / "grades")
    return directory


@pytest.fixture
def model(bundles: Path) -> OpenedModel:
    """The model of classes; what it learnt is known, and none of it is asked here."""
    return replace(open_directory(bundles / "classes"), learnt_from=frozenset({"0" * 16}))


@pytest.fixture
def texts() -> DataPlan:
    """Eighty texts that are new to it."""
    made, codes = made_up_texts(80, seed=9)
    rows = [
        {"text": text, "label": CLASSES.grades[code]} for text, code in zip(made, codes.tolist(), strict=True)
    ]
    return DataPlan(train=write_csv(Path("new.csv"), rows))


def asking(texts: DataPlan, *gates: GatePlan) -> Plan:
    """A plan with quick rules and intervals."""
    return Plan(
        task="nominal",
        data=texts,
        promotion=PromotionPlan(gates=gates or QUICK),
        evaluation=EvaluationPlan(resamples=100),
    )


def test_classes_have_rules_of_their_own(texts: DataPlan) -> None:
    """Where a plan writes none; what it writes counts for any task."""
    usual = {rule.metric for rule in rules_of(Plan(task="nominal", data=texts)).rules}
    assert {"macro_f1_over_commonest", "macro_f1_over_production", "lost_classes"} <= usual
    assert not usual & {"qwk", "changed_grades", "group_dsm"}
    assert {"ece"} == {rule.metric for rule in rules_of(asking(texts, GatePlan(metric="ece", below=1))).rules}


def test_a_model_of_classes_is_held_to_them(model: OpenedModel, real: Services, texts: DataPlan) -> None:
    """Beside production by macro F1, paired on the same texts; the record and the page have it."""
    run = validate(model, real, plan=asking(texts), essays=texts, production=model)
    record = read_json(run.directory / "artifacts" / "validation.json")
    assert record["macro_f1"] == record["figures"]["macro_f1"]["estimate"] > 0.9
    assert {"estimate": 0, "low": 0, "high": 0} == record["figures"]["macro_f1_over_production"]
    assert (None, 80) == (record["parity"], record["against"]["n"])
    found = {judged.rule.metric: judged.verdict for judged in run.report.rules}
    assert {"passed"} == {found[name] for name in ("macro_f1_over_commonest", "lost_classes")}
    assert "Macro F1" in run.html.read_text(encoding="utf-8")


def test_a_model_of_grades_in_production_is_not_held_against_it(
    model: OpenedModel, bundles: Path, real: Services, texts: DataPlan
) -> None:
    """That is said, and the rule is not measured."""
    graded = open_directory(bundles / "grades")
    run = validate(model, real, plan=asking(texts), essays=texts, production=graded)
    assert any("gives grades and" in notice for notice in run.notices)
    found = {judged.rule.metric: judged.verdict for judged in run.report.rules}
    assert "not measured" == found["macro_f1_over_production"]


def with_classes(model: OpenedModel, scale: Scale) -> OpenedModel:
    """A model that says it knows other classes."""
    metadata = replace(model.bundle.metadata, scale=scale)
    return replace(model, bundle=replace(model.bundle, metadata=metadata))


def test_a_model_of_other_classes_is_not_compared_either(
    model: OpenedModel, real: Services, texts: DataPlan
) -> None:
    """Which came and which went is said."""
    other = with_classes(model, class_scale((*CLASSES.grades, "new one")))
    run = validate(model, real, plan=asking(texts), essays=texts, production=other)
    assert any("gone: new one" in notice for notice in run.notices)
    with pytest.raises(InputError, match="know other classes.*new: new one"):
        require_same_scale(model, other)


def test_many_other_classes_are_counted() -> None:
    """A few are named."""
    told = other_classes(class_scale("ab"), class_scale("bcdefg"))
    assert "new: c, d, e and 2 more; gone: a" == told


def test_grades_and_classes_are_never_compared(model: OpenedModel, bundles: Path) -> None:
    """The message says which gives what."""
    with pytest.raises(InputError, match="gives classes and .* gives grades"):
        require_same_scale(model, open_directory(bundles / "grades"))


def test_two_models_of_classes_are_compared_by_macro_f1(
    model: OpenedModel, real: Services, texts: DataPlan
) -> None:
    """With itself a model has no difference."""
    run = compare_models(model, model, asking(texts), real)
    difference = run.found.comparison.whole.differences["macro_f1"]
    assert (0, 0, 0) == (difference.estimate, difference.low, difference.high)
    assert f"both are {model.label}, one model, byte for byte: nothing can differ" == run.notices[0]
    page = run.html.read_text(encoding="utf-8")
    assert all(words in page for words in ("gives the very same classes", "weighted F1", "lost card"))
    assert not any("QWK" in line for line in page.splitlines() if "<style" not in line)
