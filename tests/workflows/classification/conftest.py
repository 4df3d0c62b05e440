"""Short made-up texts with an intent, and services that read them."""

import csv
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import pytest

from gradewise.adapters.parquet_table import parquet_table
from gradewise.testing.dice import Dice
from gradewise.testing.studies import MemoryStudies
from gradewise.workflows.plans.plan import Plan
from gradewise.workflows.services import Services

WORDS = {
    "card": ("my card is lost", "the card broke", "send a new card", "card not here yet"),
    "cash": ("no cash came out", "the machine kept my cash", "pay in cash", "cash is missing"),
    "pin": ("I forgot the pin", "my pin is wrong", "change the pin", "pin does not work"),
    "oos": ("what is the weather", "tell me a joke", "who won the game", "is it late"),
}
OPENINGS = ("hello", "please help", "sorry but", "good day", "hi there", "look", "well", "urgent")
N_EACH = 24


def write_texts(path: Path, *, extra: Sequence[tuple[str, str]] = (), noise: int = 0) -> Path:
    """A file of texts with their intent."""
    dice = Dice(Random(noise))
    rows = [
        (f"{OPENINGS[at % len(OPENINGS)]} {words[at % len(words)]} {at}", label)
        for label, words in WORDS.items()
        for at in range(N_EACH if label != "oos" else N_EACH // 2)
    ]
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["text", "intent"])
        writer.writerows([*dice.shuffled(tuple(rows)), *extra])
    return path


@pytest.fixture
def texts(tmp_path: Path) -> Path:
    """Three intents, texts of none, and an intent of which there is one text, once more in capitals."""
    extra = [("alone of its kind", "rare"), ("nearly of its kind", "RARE")]
    return write_texts(tmp_path / "texts.csv", extra=extra)


@pytest.fixture
def classifying(services: Services) -> Services:
    """Services that write Parquet and keep studies."""
    return replace(services, open_table=parquet_table, open_studies=MemoryStudies, workers=2)


@pytest.fixture
def class_plan(texts: Path, tmp_path: Path) -> Callable[..., Plan]:
    """A small plan on them; keywords change its sections."""

    def plan(search: dict[str, Any] | None = None, **classifier: Any) -> Plan:
        return Plan.model_validate(
            {
                "name": "intents",
                "task": "nominal",
                "data": {"train": texts},
                "split": {"folds": 3},
                "features": {"tfidf": {"components": 12}},
                "classifier": {
                    "out_of_scope": "oos",
                    "search": {"method": "none", "folds": 2, **(search or {})},
                    **classifier,
                },
                "evaluation": {"resamples": 100},
                "output": tmp_path / "output",
            }
        )

    return plan
