"""Public intent data as files that gradewise reads.

``GRADEWISE_CORPORA`` holds ``intent/banking77_train.csv`` (BANKING77, Casanueva et al. 2020,
doi:10.18653/v1/2020.nlp4convai-1.5) and ``intent/clinc150_data_small.json`` (CLINC150, Larson et al. 2019,
doi:10.18653/v1/D19-1131), as their authors publish them.
"""

import csv
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.corpora import corpora
from gradewise.essays.texts import text_hash

BANKING, CLINC = "BANKING77", "CLINC150-small"
OUT_OF_SCOPE = "oos"


class NoCorpusError(Exception):
    """The machine has not the data."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Corpus:
    """Labelled texts, as a plan names them."""

    name: str
    """As it is published."""
    train: Path
    """Texts to learn from."""
    test: Path | None
    """The locked test; ``None`` where the split plan sets one aside."""
    columns: Mapping[str, str]
    """Columns of texts and classes."""
    out_of_scope: str | None
    """The label of texts of no class."""
    card: Mapping[str, str]
    """Source and terms."""


def banking77() -> Corpus:
    """The train split of BANKING77.

    Raises:
        NoCorpusError: it is not there.
    """
    return Corpus(
        name=BANKING,
        train=_there("banking77_train.csv"),
        test=None,
        columns={"text": "text", "label": "category"},
        out_of_scope=None,
        card={"name": BANKING, "source": "doi:10.18653/v1/2020.nlp4convai-1.5", "licence": "CC BY 4.0"},
    )


def clinc150(directory: Path) -> Corpus:
    """Official train and test of CLINC150-small; the test file also has its 1,000 out-of-scope test texts.

    A training text that stands in the test too is left out of the training; there is one.

    Raises:
        NoCorpusError: it is not there.
    """
    parts = json.loads(_there("clinc150_data_small.json").read_text(encoding="utf-8"))
    test = parts["test"] + parts["oos_test"]
    tested = {text_hash(text) for text, _ in test}
    return Corpus(
        name=CLINC,
        train=_written(
            directory / "clinc150_train.csv",
            [row for row in parts["train"] if text_hash(row[0]) not in tested],
        ),
        test=_written(directory / "clinc150_test.csv", test),
        columns={"text": "text", "label": "intent", "id": "id"},
        out_of_scope=OUT_OF_SCOPE,
        card={"name": CLINC, "source": "doi:10.18653/v1/D19-1131", "licence": "CC BY 3.0"},
    )


def unseen_texts(n: int) -> Sequence[str]:
    """Short texts, each another, of which no model of BANKING77 has seen one.

    Raises:
        NoCorpusError: there are none.
    """
    parts = json.loads(_there("clinc150_data_small.json").read_text(encoding="utf-8"))
    return list(dict.fromkeys(text for part in parts.values() for text, _ in part))[:n]


def _there(name: str) -> Path:
    path = corpora() / "intent" / name
    if not path.is_file():
        raise NoCorpusError(f"{path} is needed: GRADEWISE_CORPORA=DIRECTORY make bench-classification")
    return path


def _written(path: Path, rows: Iterable[Sequence[str]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file)
        table.writerow(["id", "text", "intent"])
        table.writerows((f"{path.stem}-{number}", *row) for number, row in enumerate(rows, start=1))
    return path
