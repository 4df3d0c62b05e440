"""Essays in another language than they are measured in: said before anything is learnt from them."""

from pathlib import Path

import pytest

from cv_trials import plain_services
from gradewise.essays.records import Essay
from gradewise.telemetry import Event, Notice
from gradewise.workflows.datasets.language import other_language
from gradewise.workflows.datasets.read_dataset import read_dataset
from gradewise.workflows.plans.reading import read_plan
from trials import essay_rows, small_plan

SWEDISH = "Jag tycker att det är bra och roligt att gå i skolan, för man lär sig mycket om allt som är nytt."
ENGLISH = essay_rows(1)[0]["text"]


@pytest.mark.parametrize(
    ("texts", "expected", "said"),
    [
        (
            [SWEDISH] * 3 + [ENGLISH],
            "en",
            "in Swedish, and are measured as English: say so with --language sv",
        ),
        (
            [ENGLISH] * 3 + [SWEDISH],
            "sv",
            "in English, and are measured as Swedish: say so with --language en",
        ),
        (["Мне нравится школа"] * 2, "sv", "Cyrillic script"),
        ([SWEDISH, ENGLISH], "en", None),
        ([SWEDISH], "sv", None),
        ([SWEDISH], "de", None),
        (["…"], "en", None),
        ([], "en", None),
    ],
    ids=["swedish", "english", "cyrillic", "half", "as-said", "no-dictionary", "no-words", "none"],
)
def test_the_language_of_most_essays_is_told(texts: list[str], expected: str, said: str | None) -> None:
    """One essay in another language says nothing of a file."""
    found = other_language([Essay(id=str(number), text=text) for number, text in enumerate(texts)], expected)
    assert (said is None) == (found is None)
    assert (said or "") in (found or "")


def test_a_training_says_so(tmp_path: Path) -> None:
    """The terminal and the report are told, and nothing is stopped."""
    rows = [{**row, "text": f"{SWEDISH} {number}"} for number, row in enumerate(essay_rows(30))]
    heard: list[Event] = []
    read = read_dataset(read_plan(small_plan(tmp_path, rows)), plain_services(), heard.append)
    assert [each for each in read.notices if "seem to be in Swedish" in each]
    assert set(read.notices) <= {each.message for each in heard if isinstance(each, Notice)}
    assert () == read_dataset(read_plan(small_plan(tmp_path)), plain_services(), heard.append).notices
