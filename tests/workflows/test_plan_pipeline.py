"""`config.yaml`: what it accepts, what plan it means, and how it is told from a plan."""

import string
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from gradewise.errors import PlanError
from gradewise.workflows.plans.classifier import ClassifierPlan, Range
from gradewise.workflows.plans.pipeline import Pipeline
from gradewise.workflows.plans.pipeline_plans import make_pipeline, pipeline_plan
from gradewise.workflows.plans.pipeline_spellings import KINDS, LEARNERS, METRIC_NAMES, SEARCHES
from gradewise.workflows.plans.plan import Plan
from gradewise.workflows.plans.reading import parse_plan, plan_yaml, read_plan
from gradewise.workflows.plans.template import commented_pipeline

USUAL = """
data:
  path: data/texts.csv
  label_column: intent
  stratify: intent
  test_size: 0.25
  schema:
    text: string
    confidence: {kind: float, low: 0, high: 1}
    timestamp: ISO 8601 string
    has_personal_info: bool
    embeddings: list[float]
preprocessing:
  embedding_model: models/minilm
  embeddings_column: embeddings
  extra_columns: [has_personal_info, timestamp__hour]
  balancing: SMOTE
  tfidf: {n_components: 200}
model:
  type: 'LogisticRegression'
  hyperparameters:
    penalty: 'l1'
    C: 10
    solver: 'liblinear'
    random_state: 7
  search_method: 'random'
  search_space: {C: {low: 0.01, high: 1000, log: true}, penalty: [l1, elasticnet], solver: [saga]}
  n_iter: 20
  cross_val: false
  cv_folds: 4
  scoring: 'f1'
output:
  predictions: output/predictions.parquet
  monitoring_log: logs/monitoring_log.jsonl
  push: gs://bucket/models/intents
logging:
  level: DEBUG
"""


def plan_of(**sections: Any) -> Plan:
    """The plan of a configuration that says no more than this."""
    raw = {"data": {"path": "texts.csv"}, "model": {"type": "logistic_regression"}}
    return pipeline_plan(make_pipeline(raw | sections, location="config.yaml"))


def test_the_sections_of_a_usual_pipeline_become_a_plan() -> None:
    """Other tools' spellings are understood, and each setting has its place."""
    plan = parse_plan(USUAL, location="config.yaml")
    learns, search = plan.classifier, plan.classifier.search
    assert ("nominal", Path("data/texts.csv"), "intent") == (
        plan.task,
        plan.data.train,
        plan.data.columns.label,
    )
    assert (0.25, 4, "stratified_text") == (plan.split.test_share, plan.split.folds, plan.split.scheme)
    assert ["text", "number", "time", "boolean", "vector"] == [
        each.kind for each in plan.data.expected.values()
    ]
    assert ("has_personal_info", "timestamp__hour", "embeddings__*") == plan.features.given
    assert plan.features.embedder is not None
    assert ("combined", Path("models/minilm"), 200) == (
        plan.features.set,
        plan.features.embedder.model,
        plan.features.tfidf.components,
    )
    assert ("l1", 10.0, "smote", 7) == (learns.penalty, learns.c, learns.balancing, learns.seed)
    assert ("random", 20, "macro_f1") == (search.method, search.trials, search.metric)
    assert {"c": Range(low=0.01, high=1000, log=True), "penalty": ("l1", "elastic_net")} == search.space
    assert plan.push is not None
    assert ("gs://bucket", "models/intents") == (plan.push.url, plan.push.prefix)
    assert (Path("logs/monitoring_log.jsonl"), True) == (
        plan.files.monitoring_log,
        plan.tracking.register_model,
    )


def test_what_is_done_otherwise_than_written_is_noted() -> None:
    """Each note names the key and what is done instead; they are saved with the run."""
    plan = parse_plan(USUAL, location="config.yaml")
    told = [note.split(" ", 1)[0] for note in plan.notes]
    assert [
        "model.hyperparameters.solver",
        "model.search_space.solver",
        "model.cross_val",
        "model.scoring",
        "output.predictions",
        "logging.level",
    ] == told
    assert plan.notes == parse_plan(plan_yaml(plan), location="saved").notes


@pytest.mark.parametrize(
    ("sections", "said"),
    [
        ({"data": {"path": "a.csv", "stratify": False}}, "data.stratify is false"),
        ({"preprocessing": {"embedding_components": 9}}, "no embedding_model is named"),
        (
            {
                "preprocessing": {"balancing": "smote"},
                "model": {"hyperparameters": {"class_weight": "balanced"}},
            },
            "preprocessing.balancing is smote",
        ),
        ({"model": {"type": "SVM", "hyperparameters": {"n_estimators": 9}}}, "n_estimators is not used"),
        ({"model": {"type": "SVM", "hyperparameters": {"solver": "saga"}}}, "solver is not used"),
        ({"model": {"type": "gradient_boosting", "hyperparameters": {"C": 1}}}, "C is not used"),
        ({"model": {"scoring": "roc_auc"}}, "log_loss is used"),
    ],
    ids=["stratify", "components", "class_weight", "trees", "svm_solver", "linear", "scoring"],
)
def test_a_setting_without_a_part_is_noted(sections: dict[str, object], said: str) -> None:
    """A configuration of another tool is followed as far as it has sense, and never silently."""
    notes = plan_of(**sections).notes
    assert (1, True) == (len(notes), said in notes[0])


def test_defaults_are_those_of_the_plan() -> None:
    """The front adds no opinion: what it leaves open is as a plan has it, without a note."""
    plan = plan_of()
    assert (ClassifierPlan(), ()) == (plan.classifier, plan.notes)
    assert Plan.model_validate({"data": {"train": "a.csv"}}).features.tfidf == plan.features.tfidf


def test_balanced_classes_are_weighted() -> None:
    """The spelling of scikit-learn for what a plan calls balancing."""
    weighted = plan_of(model={"hyperparameters": {"class_weight": "balanced"}})
    assert ("class_weights", ()) == (weighted.classifier.balancing, weighted.notes)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("data: {path: a.csv}", "`data.path` stands in a config.yaml"),
        (
            "data: {path: a.csv, train: b.csv}\nmodel: {type: svm}",
            "`model.type` stands in a config.yaml, `data.train`",
        ),
        ("data: {path: a.csv}\nlogging:\nsplit: {folds: 3}", "`split` in a plan; write one kind"),
        ("data: {path: a.csv}\npreprocesing:\nlogging:", "did you mean `preprocessing`?"),
        (
            "data: {path: a.csv}\nmodel: {type: svm, hyperparameters: {penality: l1}}",
            "did you mean `penalty`?",
        ),
        ("data: {path: a.csv}\nmodel: {type: svm, seach_space: {}}", "did you mean `search_space`?"),
        ("data: {path: a.csv}\nmodel: {type: svm, search_space: {C: {lw: 1}}}", "`model.search_space.C.lw`"),
        ("data: {path: a.csv}\nmodel: {type: svm, search_space: {zz: [1]}}", "'zz' is no setting"),
        ("data: {path: a.csv}\nmodel: {type: svm, search_space: 3}", "`model.search_space` is 3"),
        ("data: {path: a.csv}\nmodel: {type: forest}", "`model.type` is 'forest'"),
        (
            "data: {path: a.csv, label: b, label_column: c}\nlogging:",
            "`label` and `label_column` are one setting",
        ),
        (
            "data: {path: a.csv, schema: {x: {kind: float, lo: 1}}}\nlogging:",
            "`data.schema.x.lo`; did you mean `low`?",
        ),
        ("data: {path: a.csv, schema: {x: blob}}\nlogging:", "`data.schema.x.kind` is 'blob'"),
        ("data: {path: a.csv, stratify: topic}\nlogging:", "by the column of classes alone"),
        ("data: {path: a.csv}\npreprocessing: {tfidf: {kind: none}}", "nothing is left to learn from"),
        ("data: {path: a.csv}\npreprocessing: {extra_columns: all, embeddings_column: e}", "stands alone"),
        ("data: {path: a.csv}\noutput: {push: 's3://u:geheimnis@b/x'}", "holds no user and no key"),
        ("data: {path: a.csv}\noutput: {metrics: all.json}", "use a name that ends in metrics.json"),
        ("model: {type: svm}", "`data` is missing"),
        ("data: 3\nmodel: {type: svm}", "`data` is 3"),
    ],
    ids=[
        "too_little", "two_files", "two_kinds", "section", "hyperparameter", "key", "range_key", "setting",
        "no_space", "learner", "twice", "column_key", "column_kind", "stratify", "nothing", "all_and_vectors",
        "secret", "file", "no_data", "no_section",
    ],
)  # fmt: skip
def test_a_configuration_that_cannot_be_followed_is_refused_in_one_line(content: str, said: str) -> None:
    """By the keys of the configuration, not of the plan behind it."""
    with pytest.raises(PlanError) as refusal:
        parse_plan(content, location="config.yaml")
    assert said in str(refusal.value)
    assert "geheimnis" not in str(refusal.value)


def test_data_lie_beside_the_configuration(tmp_path: Path) -> None:
    """As with a plan: it can be moved together with its data."""
    file = tmp_path / "config.yaml"
    file.write_text("data: {path: a.csv}\npreprocessing: {embedding_model: mini}", encoding="utf-8")
    plan = read_plan(file)
    assert plan.features.embedder is not None
    assert (tmp_path / "a.csv", tmp_path / "mini") == (plan.data.train, plan.features.embedder.model)


NAMES = st.text(string.ascii_lowercase, min_size=1, max_size=8)
SHARES = st.floats(0.01, 0.99)


def some(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Any choice of keys."""
    return st.fixed_dictionaries({}, optional=fields)


def spelled(*own: str, others: dict[str, str] | None = None) -> st.SearchStrategy[str]:
    """A value in one of its spellings, in any case."""
    words = st.sampled_from([*own, *(others or {})])
    return words | words.map(str.upper) | words.map(str.lower)


def known_penalty(model: dict[str, Any]) -> bool:
    """Whether everything that learns knows the penalty: linear SVMs, alone or joined, know l2 and l1."""
    penalty = str(model.get("hyperparameters", {}).get("penalty", "l2")).lower()
    return penalty in ("l1", "l2") or model["type"].lower().startswith(("log", "gradient", "hist"))


COLUMNS = st.dictionaries(NAMES, spelled("number", others=KINDS) | some(required=st.booleans()).map(
    lambda held: {"kind": "number", **held}
), max_size=3)  # fmt: skip
VALID = st.fixed_dictionaries(
    {
        "data": some(
            test_path=NAMES, text=NAMES, label_column=NAMES, schema=COLUMNS | st.lists(NAMES, max_size=2),
            on_bad_rows=st.sampled_from(["stop", "set_aside"]), allow_pickle=st.booleans(),
            out_of_scope=NAMES, min_per_class=st.integers(1, 9),
            split=st.sampled_from(["stratified", "temporal"]),
            stratify=st.booleans(), test_size=SHARES, random_state=st.integers(0, 99),
        ).map(lambda held: {"path": "texts.csv", **held}),
    },
    optional={
        "name": NAMES,
        "preprocessing": st.none() | some(
            tfidf=st.none() | some(
                kind=st.sampled_from(["words", "characters"]), max_features=st.integers(10, 99)
            ),
            embedding_model=NAMES, embedding_components=st.integers(1, 99), embeddings_column=NAMES,
            extra_columns=st.lists(NAMES, unique=True, max_size=3), k_neighbors=st.integers(1, 9),
            balancing=st.none() | spelled("none", "class_weights", "smote", others={"balanced": ""}),
        ),
        "model": some(
            members=st.lists(
                spelled("linear_svm", others={"LogisticRegression": ""}), min_size=2, max_size=3
            ),
            hyperparameters=some(
                penalty=st.none() | spelled("l1", "l2", "elastic_net", "none", others={"elasticnet": ""}),
                C=st.floats(0.001, 1e6), solver=spelled("auto", "liblinear", "saga", "newton-cg"),
                l1_ratio=st.floats(0, 1), max_iter=st.integers(1, 999),
                class_weight=st.none() | st.just("balanced"),
            ),
            search_method=st.none() | spelled("grid", "none", others=SEARCHES), n_iter=st.integers(1, 200),
            search_space=some(C=st.lists(st.floats(0.1, 9), min_size=1), solver=st.just(["saga"])),
            search_folds=st.integers(2, 20), cross_val=st.booleans(), cv_folds=st.integers(2, 20),
            scoring=spelled("f1", "roc_auc", "macro_f1", others=METRIC_NAMES), search_seed=st.integers(0, 9),
        ).flatmap(
            lambda held: spelled("voting", others=LEARNERS).map(lambda learner: {"type": learner, **held})
        ).filter(known_penalty),
        "output": some(
            directory=NAMES, predictions=NAMES.map("{}/predictions.parquet".format), register=st.booleans(),
            push=st.none() | NAMES.map("s3://bucket/{}".format)
            | NAMES.map(lambda name: {"url": f"gs://{name}"}),
        ),
    },
).map(lambda raw: {**raw, "logging": {"level": "info"}})  # fmt: skip


@given(raw=VALID)
@settings(max_examples=20)
def test_every_configuration_has_a_plan_that_can_be_saved(raw: dict[str, Any]) -> None:
    """The plan is valid and read back as it was written; so is the configuration, in its template."""
    pipeline = make_pipeline(raw, location="config.yaml")
    plan = pipeline_plan(pipeline)
    assert plan == parse_plan(plan_yaml(plan), location="saved")
    again = yaml.safe_load(commented_pipeline(pipeline))
    assert pipeline == make_pipeline(again, location="template")


def test_a_configuration_never_changes() -> None:
    """It is read once."""
    pipeline = make_pipeline({"data": {"path": "a.csv"}}, location="config.yaml")
    with pytest.raises(ValueError, match="frozen"):
        pipeline.name = "other"  # type: ignore[misc]
    assert isinstance(pipeline, Pipeline)
