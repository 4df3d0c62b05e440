"""Features in a teacher's words."""

from math import inf, log, nan

import pytest

from gradewise.features import labels
from gradewise.features.catalogue import CATALOGUE
from gradewise.features.labels import amount, label_of
from gradewise.features.schema import FeatureSchema, FeatureSpec
from learnt_schema import complete_schema_of

MEASURED = FeatureSchema(tuple(feature.spec for feature in CATALOGUE.values()), "en")
EVERYTHING = complete_schema_of(MEASURED)


def spec_of(unit: str) -> FeatureSpec:
    """A made-up feature."""
    return FeatureSpec("made_up", unit, "made_up", -inf, inf, "Made up.")


def test_every_feature_has_a_label_and_every_label_a_feature() -> None:
    """No feature is shown by its name in code, and no label is left over."""
    assert {*labels._LABELS, "auxiliary_other_essays_grammar"} == set(EVERYTHING.names)
    assert not any("_" in label_of(spec) for spec in EVERYTHING.specs)


def test_learnt_columns_say_what_they_are_about() -> None:
    """A trait's wording and the marks of other essays are named after trait and set."""
    said = {label_of(spec) for spec in complete_schema_of(MEASURED, trait="Stil & ton").specs}
    assert {
        "grade for stil ton that its words and word pairs suggest",
        "grade for stil ton that its longer runs of letters suggest",
        "other essays grammar, as other essays teach it",
    } <= said


def test_only_the_two_measures_of_length_share_a_label() -> None:
    """Features that share a label are shown as one, so that no other pair may."""
    shared = [spec.name for spec in EVERYTHING.specs if label_of(spec) != "words"]
    assert (
        len(EVERYTHING) - 2
        == len(shared)
        == len({label_of(spec) for spec in EVERYTHING.specs if spec.name in shared})
    )


@pytest.mark.parametrize(
    ("unit", "value", "expected"),
    [
        ("share", 0.314, "31\u202f%"),
        ("share", 0.0042, "0.4\u202f%"),
        ("share", 0.0, "0\u202f%"),
        ("share", 1.0, "100\u202f%"),
        ("yes or no", 0.0, "no"),
        ("yes or no", 1.0, "yes"),
        ("yes or no", 0.62, "62\u202f%"),
        ("words", 312.0, "312"),
        ("words", 1234.5, "1,234"),
        ("words", 45.67, "45.7"),
        ("words", 4.567, "4.57"),
        ("points", -12.34, "−12.3"),
        ("points", -0.001, "0.00"),
        ("log words", log(312), "312"),
        ("points", nan, "–"),
        ("points", inf, "–"),
    ],
)
def test_amounts_read_well(unit: str, value: float, expected: str) -> None:
    """Shares in per cent, yes and no in words, numbers with the decimals that matter."""
    assert expected == amount(spec_of(unit), value)
