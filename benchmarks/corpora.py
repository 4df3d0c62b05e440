"""Real essays for benchmarks, when a machine has them.

Set ``GRADEWISE_CORPORA`` to a directory that holds what a benchmark asks for:

- ``ellipse/ellipse_train.csv.gz`` and ``ellipse_test.csv.gz``: the ELLIPSE corpus with its official columns;
- ``ellipse/traits_train.csv.gz``: further essays of that corpus with six traits and no overall grade;
- ``asap/asap_aes.csv.gz``, and ``asap/folds/fold_0 … fold_4/{train,dev,test}_ids.txt``: ASAP-AES (2012) and
  the folds of Taghipour & Ng (2016), doi:10.18653/v1/D16-1193;
- ``cj/*.csv``: sessions of comparative judgement about writing, with judge, chosen and not chosen.
"""

import os
from pathlib import Path

EXCLUDED_PROMPTS = (
    "Community service",
    "Grades for extracurricular activities",
    "Cell phones at school",
    "Letter to employer",
)
"""ELLIPSE prompts that ask for letters."""
ELLIPSE_COLUMNS = {"text": "full_text", "label": "Overall", "id": "text_id_kaggle", "prompt": "prompt"}
ELLIPSE_CARD = {"name": "ELLIPSE", "source": "doi:10.1075/ijlcr.22026.cro", "licence": "CC BY-NC-SA 4.0"}
ASAP_CARD = {
    "name": "ASAP-AES",
    "source": "Automated Student Assessment Prize (2012)",
    "licence": "released for a public competition; no other terms are stated",
}
TRAITS = ("Cohesion", "Syntax", "Vocabulary", "Phraseology", "Grammar", "Conventions")
"""ELLIPSE's traits, as its official files spell them."""


def corpora() -> Path:
    """Where corpora are looked for."""
    return Path(os.environ.get("GRADEWISE_CORPORA", "corpora"))


def ellipse(part: str) -> Path | None:
    """The file of a part (``train`` or ``test``) of ELLIPSE, when the machine has it."""
    return _present(corpora() / "ellipse" / f"ellipse_{part}.csv.gz")


def ellipse_traits() -> Path | None:
    """Further essays of ELLIPSE with traits alone, when the machine has them."""
    return _present(corpora() / "ellipse" / "traits_train.csv.gz")


def judgement_sessions() -> Path | None:
    """Sessions of comparative judgement, when the machine has them."""
    directory = corpora() / "cj"
    return directory if directory.is_dir() else None


def _present(path: Path) -> Path | None:
    return path if path.is_file() else None
