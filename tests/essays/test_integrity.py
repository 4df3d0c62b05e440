"""What a look at the data finds."""

import json

from gradewise.essays.intake import Intake, Rejected
from gradewise.essays.integrity import DuplicateGroup, find_leaks, inspect_essays
from gradewise.essays.records import Essay
from gradewise.essays.scales import find_scale

ESSAYS = (
    Essay(id="a", text="one two", label="G", prompt="Sea"),
    Essay(id="b", text="one\n two ", label="VG", prompt="Sea"),
    Essay(id="c", text="three", label="G", prompt="Air"),
    Essay(id="d", text="three", label="G"),
    Essay(id="e", text="four five six seven", label="IG", prompt="Sea"),
    Essay(id="f", text="eight"),
)
INTAKE = Intake(ESSAYS, (Rejected(3, "x", "empty text", "the text is empty"),), {"mojibake": 1})
SCALE = find_scale(["U", "IG", "G", "VG"])


def test_a_report_counts_what_there_is() -> None:
    """Duplicates, conflicts, rare and unused grades, prompts, repairs and lengths are found."""
    report = inspect_essays(INTAKE, scale=SCALE, min_label_count=2)
    assert (report.n_essays, report.n_texts) == (6, 4)
    assert report.duplicates == (
        DuplicateGroup(("a", "b"), ("G", "VG")),
        DuplicateGroup(("c", "d"), ("G",)),
    )
    assert report.n_conflicting_duplicates == 1
    assert report.set_aside == {"empty text": 1}
    assert report.repaired == {"mojibake": 1}
    assert report.label_counts == {"U": 0, "IG": 1, "G": 3, "VG": 1}
    assert report.rare_labels == ("IG", "VG")
    assert report.unused_labels == ("U",)
    assert list(report.prompt_counts.items()) == [("Sea", 3), ("(no prompt)", 2), ("Air", 1)]
    assert tuple(report.word_counts[name] for name in ("min", "median", "max")) == (1.0, 1.5, 4.0)


def test_without_a_scale_labels_are_ordered_by_name() -> None:
    """The grades seen stand in for the scale."""
    report = inspect_essays(INTAKE, scale=None, min_label_count=1)
    assert list(report.label_counts.items()) == [("G", 3), ("IG", 1), ("VG", 1)]
    assert report.rare_labels == ()


def test_a_report_is_json_without_essay_text() -> None:
    """The report can be written as JSON and shows no text."""
    content = json.dumps(inspect_essays(INTAKE, scale=SCALE, min_label_count=2).to_json())
    assert "seven" not in content


def test_leaks_are_pairs_of_ids_with_one_text() -> None:
    """A training text that is also in the test set is named with its copy."""
    assert find_leaks(ESSAYS[:2], ESSAYS[2:]) == ()
    assert find_leaks(ESSAYS[:3], ESSAYS[3:]) == (("c", "d"),)
