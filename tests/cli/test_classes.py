"""Models of classes by the command line: score, explain, serve; what makes no sense is refused in words."""

import csv
import io
import json
from pathlib import Path
from typing import Any

import httpx
import pyarrow.parquet as pq
import pytest

from gradewise.models.bundles.contents import write_bundle
from gradewise.testing.class_bundles import CLASSES, made_up_class_bundle
from serving_command import PATIENCE_S, while_serving
from trials import Command

TEXT = "Hello, my card was lost, please block the card"
MIXED = "Hello, my lost card: money back?"
STRANGE = "zebra umbrella"


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model of classes."""
    return write_bundle(made_up_class_bundle(), tmp_path_factory.mktemp("classes") / "bundle")


@pytest.fixture
def texts() -> Path:
    """A file of texts."""
    path = Path("texts.csv")
    path.write_text(f'id,text\na,"{TEXT}"\nb,{STRANGE}\n', encoding="utf-8")
    return path


def test_a_text_is_shown_with_its_likeliest_classes(command: Command, bundle: Path) -> None:
    """Three of them; where none is probable enough it is said that it may be none."""
    told = command("score", "--text", TEXT, "-m", bundle)
    assert (0, True) == (told.code, "Class lost card" in told.out)
    assert "1 other class together" in told.out
    assert "Out of scope?" not in told.out
    strange = command("score", "--text", STRANGE, "-m", bundle).out
    assert "Out of scope?" in strange
    assert "plausible too: lost card, opening" in strange


def test_a_file_of_texts_in_every_form(command: Command, bundle: Path, texts: Path) -> None:
    """A line each on the terminal, a row each with all probabilities in files."""
    table = command("score", texts, "-m", bundle).out.splitlines()
    assert table[0].split() == ["text", "class", "probability", "then", "scope"]
    assert table[2].rstrip().endswith("out of scope?")
    rows = list(csv.DictReader(io.StringIO(command("score", texts, "-m", bundle, "-f", "csv").out)))
    assert [("lost card", "yes", "no"), ("greeting", "no", "yes")] == [
        (row["class"], row["in_scope"], row["needs_a_look"]) for row in rows
    ]
    assert {f"p_{name}" for name in CLASSES.grades} < set(rows[0])
    assert 0 == command("score", texts, "-m", bundle, "-o", "out.parquet").code
    assert 2 == command("score", texts, "-m", bundle, "-f", "parquet").code
    table = pq.read_table("out.parquet")
    assert ["id", "class", "confidence"] == table.column_names[:3]
    written = command("score", texts, "-m", bundle, "-o", "out.jsonl")
    assert "2 texts with their classes; written to out.jsonl" in written.err
    lines = [json.loads(line) for line in Path("out.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [True, False] == [line["in_scope"] for line in lines]


def test_a_class_is_explained(command: Command, bundle: Path) -> None:
    """Printed with the words that mattered, as a page, as a record."""
    shown = command("explain", "--text", MIXED, "-m", bundle, "-o", "why.html")
    assert (0, True) == (shown.code, "Why this class? text" in shown.out)
    assert "card[+]" in shown.out
    assert "money[−]" in shown.out
    assert "page written to why.html" in shown.err
    assert "Speak for lost card" in Path("why.html").read_text(encoding="utf-8")
    record = json.loads(command("explain", "--text", MIXED, "-m", bundle, "-f", "json").out)
    assert ("nominal", "lost card") == (record["task"], record["class"])
    quiet = command("explain", "--text", STRANGE, "-m", bundle, "--no-page")
    assert "No single word matters" in quiet.out


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (["robustness", "texts.csv", "-m", "bundle"], "gradewise robustness is about grades"),
        (["ensemble", "make", "both", "-m", "bundle", "-m", "bundle"], "classifier.learner: voting"),
        (["score", "--text", "hello", "-m", "bundle", "--given", "n=1"], "the model reads no such number"),
    ],
    ids=["robustness", "ensemble", "given"],
)
def test_what_makes_no_sense_is_refused_in_words(
    command: Command, bundle: Path, texts: Path, arguments: list[str], why: str
) -> None:
    """With what to do instead."""
    del texts
    Path("bundle").symlink_to(bundle)
    outcome = command(*arguments)
    assert 2 == outcome.code
    assert why in outcome.complaint.replace("\n", " ")


def test_classes_are_served_over_http(
    command: Command, bundle: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """One text and a batch, the same figures; the record is found, and says whether it was in scope."""
    monkeypatch.setenv("GRADEWISE_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.setenv("GRADEWISE_LOG_FILE", str(tmp_path / "log.jsonl"))

    def ask(url: str) -> dict[str, Any]:
        with httpx.Client(base_url=url, timeout=PATIENCE_S) as client:
            asked = {"essays": [{"text": TEXT}, {"text": STRANGE}, {"text": "open on sunday?"}]}
            return {
                "batch": client.post("/v1/score/batch", json=asked).json()["scores"],
                "one": client.post("/v1/score", json={"text": "When do you open", "reasons": 3}).json(),
                "again": client.post("/v1/score", json={"text": TEXT}).json(),
                "ready": client.get("/readyz").status_code,
            }

    outcome, found = while_serving(command, ask, "--model", bundle, "--poll", "0")
    assert 0 == outcome.code, outcome.err
    first, strange, _ = found["batch"]
    assert ("lost card", True) == (first["grade"], first["in_scope"])
    assert first["probabilities"] == found["again"]["probabilities"]
    assert (False, "review", False) == (strange["in_scope"], strange["route"], strange["released"])
    assert ("opening hours", [], []) == tuple(found["one"][k] for k in ("grade", "reasons", "advisories"))
    assert 200 == found["ready"]
    shown = command("scores", "show", strange["score_id"])
    assert "may be none of the known classes" in shown.out
    assert TEXT not in (tmp_path / "log.jsonl").read_text()
