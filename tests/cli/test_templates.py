"""`gradewise init --template text-classification`, `plan check` of it, and `plan schema`."""

import json
from pathlib import Path

import pytest
import yaml

from gradewise.workflows.plans.pipeline import Pipeline
from gradewise.workflows.plans.pipeline_plans import make_pipeline
from gradewise.workflows.plans.reading import read_plan
from gradewise.workflows.plans.schema import schema_json
from trials import Command, write_csv

CLASSIFICATION = ("--template", "text-classification")
SENT = (
    "refund me now",
    "hello there",
    "where is my card",
    "good day to you",
    "money back please",
    "my card is lost",
)


def intents(n: int = 60) -> list[dict[str, str]]:
    """Short texts of three classes, no two alike."""
    labels = ("refund", "greeting", "card", "greeting", "refund", "card")
    return [{"text": f"{SENT[i % 6]} {i}", "intent": labels[i % 6]} for i in range(n)]


def with_usual_columns(rows: list[dict[str, str]]) -> list[dict[str, str]]:
    """The same with what intent data usually come with."""
    return [
        {
            **row,
            "confidence": "0.9",
            "timestamp": f"2025-07-{1 + i % 28:02d}T08:00:00Z",
            "word_count": str(len(row["text"].split())),
            "has_personal_info": "true" if i % 2 else "false",
            "formality_score": "0.25",
            "embeddings": "[0.5, 0.25, -1.0]",
        }
        for i, row in enumerate(rows)
    ]


def written() -> Pipeline:
    """What stands in `config.yaml`."""
    return make_pipeline(
        yaml.safe_load(Path("config.yaml").read_text(encoding="utf-8")), location="config.yaml"
    )


def test_a_configuration_written_for_texts_is_checked_unedited(command: Command) -> None:
    """Columns are looked up; classes, splits and what is read of each text are told; nothing is trained."""
    Path("data").mkdir()
    write_csv(Path("data/chats.csv"), intents())
    made = command("init", "data/chats.csv", *CLASSIFICATION)
    assert (0, "config.yaml written; next: gradewise plan check config.yaml\n") == (made.code, made.err)
    data = written().data
    assert (Path("data/chats.csv"), "text", "intent") == (data.path, data.text_column, data.label_column)
    assert (("chats", {}), "chats") == ((written().name, data.expected), read_plan(Path("config.yaml")).name)
    before = set(Path().rglob("*"))
    checked = command("plan", "check", "config.yaml", "--show")
    assert 0 == checked.code, checked.err
    for said in (
        "task: nominal",
        "texts           60",
        "classes         3:",
        "words in up to 500 components",
    ):
        assert said in checked.out
    assert before == set(Path().rglob("*"))


def test_the_usual_columns_of_intent_data_are_declared(command: Command) -> None:
    """With the width of their vectors; how sure a labeller was is checked, and nothing is learnt from it."""
    write_csv(Path("chats.csv"), with_usual_columns(intents(6)))
    assert 0 == command("init", "chats.csv", *CLASSIFICATION).code
    pipeline = written()
    assert {"text", "intent", "confidence", "timestamp", "word_count", "has_personal_info", "formality_score",
            "embeddings"} == set(pipeline.data.expected)  # fmt: skip
    assert ("vector", 3) == (
        pipeline.data.expected["embeddings"].kind,
        pipeline.data.expected["embeddings"].width,
    )
    assert (
        "word_count",
        "has_personal_info",
        "formality_score",
        "embeddings__*",
    ) == pipeline.preprocessing.given
    assert "timestamp" == pipeline.data.time_column


def test_a_configuration_without_texts_holds_the_defaults(command: Command) -> None:
    """Something to fill in, which an existing file is not lost for."""
    assert 0 == command("init", *CLASSIFICATION, "--schema").code
    assert make_pipeline({"data": {"path": "texts.csv"}}, location="defaults") == written()
    assert schema_json(Pipeline) == Path("config.schema.json").read_text(encoding="utf-8")
    first = Path("config.yaml").read_text(encoding="utf-8").splitlines()[0]
    assert "# yaml-language-server: $schema=config.schema.json" == first
    assert "config.yaml exists" in command("init", *CLASSIFICATION).complaint


def test_a_plan_may_have_its_schema_beside_it(command: Command) -> None:
    """The same for the other kind."""
    assert 0 == command("init", "--schema", "--output", "mine.yaml").code
    assert (
        Path("mine.yaml")
        .read_text(encoding="utf-8")
        .startswith("# yaml-language-server: $schema=mine.schema")
    )
    assert "essays" == read_plan(Path("mine.yaml")).name
    assert "DataPlan" in json.loads(Path("mine.schema.json").read_text(encoding="utf-8"))["$defs"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--template", "text-clasification"), "did you mean 'text-classification'?"),
        (("--template", "poems"), "choose one of: essay-grading, text-classification"),
        (("chats.csv", *CLASSIFICATION, "--scale", "cefr"), "--scale 'cefr' has no part"),
        (("chats.csv", *CLASSIFICATION, "--recipe", "accurate"), "--recipe 'accurate' has no part"),
        (("chats.csv", *CLASSIFICATION, "--label-column", "intnt"), "'intnt'; did you mean 'intent'?"),
        (("bare.csv", *CLASSIFICATION), "no column of classes found among text, tone; name it: --label"),
        (("rivals.csv", *CLASSIFICATION), "may all hold the classes"),
    ],
    ids=["misspelt", "unknown", "scale", "recipe", "column", "no_label", "rivals"],
)  # fmt: skip
def test_what_cannot_be_written_is_refused(command: Command, words: tuple[str, ...], said: str) -> None:
    """And no file is left behind."""
    write_csv(Path("chats.csv"), intents(3))
    write_csv(Path("bare.csv"), [{"text": "hello", "tone": "warm"}])
    write_csv(Path("rivals.csv"), [{"text": "hello", "intent": "a", "category": "b"}])
    outcome = command("init", *words)
    assert (2, True) == (outcome.code, said in outcome.complaint), outcome.complaint
    assert not Path("config.yaml").exists()


def test_the_schema_of_either_kind_is_shown_or_written(command: Command) -> None:
    """For editors that want it elsewhere."""
    shown = command("plan", "schema", *CLASSIFICATION)
    assert schema_json(Pipeline) == shown.out
    assert 0 == command("plan", "schema", "--output", "plan.schema.json").code
    assert "ClassifierPlan" in json.loads(Path("plan.schema.json").read_text(encoding="utf-8"))["$defs"]


def test_rare_classes_duplicates_and_texts_of_no_class_are_told(command: Command) -> None:
    """Before anything costs time; many classes are told by the largest and the smallest."""
    rows = [{"text": f"{sent} {i}", "intent": f"kind{i % 10}"} for i, sent in enumerate(SENT * 10)]
    rows += [rows[0], {**rows[1], "intent": "kind9"}, {"text": "alone", "intent": "rare"}]
    rows += [{"text": f"noise {i}", "intent": "oos"} for i in range(6)]
    write_csv(Path("chats.csv"), rows)
    raw = {
        "data": {"path": "chats.csv", "out_of_scope": "oos"},
        "preprocessing": {"tfidf": {"components": 5}},
    }
    Path("config.yaml").write_text(yaml.safe_dump(raw), encoding="utf-8")
    checked = command("plan", "check", "config.yaml")
    assert 0 == checked.code, checked.err
    for said in ("classes         11: ", "  …  ", "of no class     6 texts labelled oos",
                 "rare classes    rare", "of two classes  1 texts", "duplicates      4"):  # fmt: skip
        assert said in checked.out


def test_research_on_grades_refuses_a_plan_of_classes(command: Command) -> None:
    """And says where settings of classifiers are searched."""
    write_csv(Path("chats.csv"), intents(3))
    assert 0 == command("init", "chats.csv", *CLASSIFICATION).code
    refused = command("tune", "config.yaml")
    assert (2, True) == (refused.code, "`classifier.search`" in refused.complaint)
