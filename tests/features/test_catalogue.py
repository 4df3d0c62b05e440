"""The catalogue: schemas and rows."""

import json
from dataclasses import replace
from math import isfinite
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gradewise.errors import InputError, PlanError
from gradewise.features import catalogue
from gradewise.features.catalogue import (
    CATALOGUE,
    EXTRACTOR_VERSION,
    GROUPS,
    build_schema,
    extract_row,
)
from gradewise.features.documents import WORD, build_document
from gradewise.features.feature import Feature, FeatureGroup
from gradewise.features.schema import FeatureSchema, FeatureSpec

GOLDEN = json.loads(Path(__file__).with_name("extractor_values.json").read_text(encoding="utf-8"))
LOADS_WORD_LISTS = settings(deadline=None)  # the first example is slow
PIECES = st.sampled_from(
    [
        "the",
        "cat",
        "i",
        "I",
        "sat.",
        "Then,",
        "12",
        "don't",
        "STOP!!",
        "(why)",
        "...",
        "skola",
        "människor",
        "å-ö\n\n",
        "xqzzkj",
        "ü’s",
        ";",
        "\n",
        "  ",
    ]
)
LEARNER_TEXTS = st.lists(PIECES, min_size=1, max_size=150).map(" ".join)
TEXTS = st.one_of(st.text(min_size=1), LEARNER_TEXTS).filter(WORD.search)
TASKS = st.sampled_from(["Should students wear uniforms?", "Who are you", "7", "Ska skolan ha mobilförbud?"])


def schema_for(language: str, *, has_prompt_text: bool = True) -> FeatureSchema:
    """The schema of every group that needs no checker."""
    groups = [name for name, group in GROUPS.items() if not group.needs_findings]
    return build_schema(language=language, groups=groups, has_findings=False, has_prompt_text=has_prompt_text)


@LOADS_WORD_LISTS
@given(text=TEXTS, language=st.sampled_from(["en", "sv", "de"]), task=TASKS)
def test_every_value_is_finite_and_in_range(text: str, language: str, task: str) -> None:
    """Whatever a writer hands in, each feature is a number within the range of its spec."""
    document = build_document(text, language=language, prompt_text=task)
    for spec in schema_for(language).specs:
        value = CATALOGUE[spec.name].measure(document)
        assert isfinite(value), spec.name
        assert spec.low - 1e-9 <= value <= spec.high + 1e-9, (spec.name, value)


@LOADS_WORD_LISTS
@given(TEXTS, st.text(alphabet=" \n\t", max_size=4))
def test_trailing_space_changes_no_value(text: str, space: str) -> None:
    """White space after the last character is no part of an essay."""
    schema = schema_for("en", has_prompt_text=False)
    bare, spaced = (build_document(text.strip() + end, language="en") for end in ("", space))
    np.testing.assert_array_equal(extract_row(bare, schema), extract_row(spaced, schema))


@LOADS_WORD_LISTS
@given(st.lists(TEXTS, min_size=2, max_size=4))
def test_values_do_not_depend_on_other_essays(texts: list[str]) -> None:
    """An essay has the same row whatever was measured before it."""
    schema = schema_for("sv", has_prompt_text=False)
    forwards = [extract_row(build_document(text, language="sv"), schema) for text in texts]
    backwards = [extract_row(build_document(text, language="sv"), schema) for text in reversed(texts)]
    np.testing.assert_array_equal(forwards, backwards[::-1])


@pytest.mark.parametrize("language", ["en", "sv"])
def test_values_are_those_of_this_extractor_version(language: str) -> None:
    """Pinned values: when one changes on purpose, raise EXTRACTOR_VERSION and pin anew."""
    golden = GOLDEN[language]
    schema = schema_for(language)
    document = build_document(golden["text"], language=language, prompt_text=golden["prompt"])
    values = dict(zip(schema.names, extract_row(document, schema).tolist(), strict=True))
    expected = golden["values"]
    assert GOLDEN["extractor"] == EXTRACTOR_VERSION
    assert expected == {name: pytest.approx(values[name], rel=1e-5, abs=1e-6) for name in expected}


def test_rows_follow_the_schema() -> None:
    """A row is float32, one value a column, in the order of the schema."""
    schema = build_schema(language="en", groups=["length"], has_findings=False, has_prompt_text=False)
    row = extract_row(build_document("One two. One", language="en"), schema)
    assert row.dtype == np.float32
    assert schema.names == ("words", "log_words", "sentences", "distinct_words")
    np.testing.assert_allclose(row, [3, np.log(3), 2, 2], rtol=1e-6)


def test_the_catalogue_is_consistent() -> None:
    """Names are unique, groups say what they hold, ranges are ranges, definitions are sentences."""
    rows = [(group, feature) for group in GROUPS.values() for feature in group.features]
    assert len(rows) == len(CATALOGUE)
    for group, feature in rows:
        assert group.name == feature.spec.group
        assert feature.spec.low < feature.spec.high
        assert feature.spec.definition.endswith(".")


def test_groups_that_cannot_be_had_are_absent_by_name() -> None:
    """German has no word lists here: what needs them is named, never filled with zeros."""
    schema = build_schema(
        language="de",
        groups=["lexical", "length", "structure", "prompt"],
        has_findings=False,
        has_prompt_text=False,
    )
    assert schema.absent == {
        "lexical": "no word lists for language 'de'",
        "prompt": "no word lists for language 'de'",
        "announces_conclusion": "not defined for language 'de'",
    }
    assert {spec.group for spec in schema.specs} == {"length", "structure"}


def test_english_formulas_are_absent_in_swedish() -> None:
    """A formula made for one language is not applied to another."""
    english, swedish = schema_for("en"), schema_for("sv")
    assert "flesch_reading_ease" in english.names
    assert "flesch_reading_ease" in swedish.absent
    assert "ovix_points" in english.absent
    assert "ovix_points" in swedish.names


def test_prompt_features_need_prompt_texts() -> None:
    """Without tasks the prompt group is absent, with the reason."""
    assert schema_for("en", has_prompt_text=False).absent["prompt"] == "no prompt text"


def schema_of(*groups: str, drop: tuple[str, ...] = ()) -> FeatureSchema:
    """The English schema of some groups."""
    return build_schema(language="en", groups=groups, drop=drop, has_findings=False, has_prompt_text=False)


def test_dropped_features_are_left_out() -> None:
    """Single features may be left out by name."""
    schema = schema_of("length", drop=("words",))
    assert schema.names == ("log_words", "sentences", "distinct_words")


def kept(*names: str, groups: tuple[str, ...] | None = None) -> FeatureSchema:
    """The English schema of some features."""
    return build_schema(language="en", groups=groups, keep=names, has_findings=False, has_prompt_text=False)


def test_kept_features_are_the_only_ones() -> None:
    """In the order of the catalogue, whatever the order in which they are named."""
    assert ("words", "mtld_words") == kept("mtld_words", "words").names
    assert kept().names == schema_for("en", has_prompt_text=False).names


def test_a_kept_feature_of_a_group_that_is_not_asked_for_is_refused() -> None:
    """Two wishes that contradict each other are named, both of them."""
    with pytest.raises(PlanError, match="'words' is kept, but its group 'length' is not asked for"):
        kept("words", groups=("diversity",))
    with pytest.raises(PlanError, match="unknown feature 'mtld'; the nearest is 'mtld_words'"):
        kept("mtld")
    with pytest.raises(PlanError, match="'cohesion' is a group of features, .*features.groups"):
        kept("cohesion")


def test_a_schema_without_error_features_needs_no_checker() -> None:
    """Where every feature of errors is left out, no checker shapes what is measured."""
    schema = build_schema(language="en", keep=("words",), has_findings=True, has_prompt_text=False)
    assert "checker" not in schema.versions


def test_groups_keep_the_order_of_the_catalogue() -> None:
    """The order in which groups are asked for does not change the matrix."""
    first, second = schema_of("surface", "length"), schema_of("length", "surface", "length")
    assert first.fingerprint == second.fingerprint


def test_schemas_record_what_shapes_the_values() -> None:
    """Versions of the extractor and the word lists are part of the fingerprint."""
    schema = schema_for("en")
    assert schema.versions["extractor"] == EXTRACTOR_VERSION
    assert {"pyphen", "simplemma", "wordfreq"} <= set(schema.versions)
    other = replace(schema, versions={**schema.versions, "wordfreq": "0"})
    assert other.fingerprint != schema.fingerprint


def test_unknown_names_are_refused_with_the_nearest() -> None:
    """A misspelled group or feature is refused, and the nearest name is offered."""
    with pytest.raises(PlanError, match="unknown feature group 'lexicla'; the nearest is 'lexical'"):
        build_schema(language="en", groups=["lexicla"], has_findings=False, has_prompt_text=False)
    with pytest.raises(PlanError, match="unknown feature 'mtld'; the nearest is 'mtld_words'"):
        build_schema(language="en", drop=["mtld"], has_findings=False, has_prompt_text=False)


@pytest.mark.parametrize("groups", [[], ["lexical"]])
def test_a_schema_without_columns_is_refused(groups: list[str]) -> None:
    """There must be something to measure."""
    with pytest.raises(PlanError, match="no feature is left for language 'de'"):
        build_schema(language="de", groups=groups, has_findings=False, has_prompt_text=False)


def test_documents_of_another_language_are_refused() -> None:
    """An English schema does not measure Swedish."""
    with pytest.raises(InputError, match="document is in 'sv', the feature schema for 'en'"):
        extract_row(build_document("Hej", language="sv"), schema_for("en", has_prompt_text=False))


def test_documents_without_a_needed_prompt_are_refused() -> None:
    """A missing task is an error, not a zero."""
    with pytest.raises(InputError, match="feature group 'prompt' needs a prompt text with words"):
        extract_row(build_document("Yes", language="en"), schema_for("en"))


@pytest.mark.parametrize(
    ("versions", "name", "said"),
    [
        ({}, "words", "version none, this is"),
        ({"extractor": EXTRACTOR_VERSION}, "wordz", "without feature 'wordz'"),
    ],
)
def test_schemas_of_other_versions_are_refused(versions: dict[str, str], name: str, said: str) -> None:
    """A row is never measured for a schema that another extractor made."""
    spec = FeatureSpec(name, "words", "length", 0, 1, "Words.")
    with pytest.raises(InputError, match=said):
        extract_row(build_document("Yes", language="en"), FeatureSchema((spec,), "en", versions))


@pytest.fixture
def checked_group(monkeypatch: pytest.MonkeyPatch) -> None:
    """A catalogue whose only group counts the findings of a checker."""
    spec = FeatureSpec("findings", "findings", "checked", 0, 9, "Findings.")
    rows = (Feature(spec, lambda document: len(document.findings or ())),)
    group = FeatureGroup(name="checked", features=rows, needs_findings=True)
    monkeypatch.setattr(catalogue, "GROUPS", {"checked": group})
    monkeypatch.setattr(catalogue, "CATALOGUE", {"findings": rows[0]})


@pytest.mark.usefixtures("checked_group")
def test_findings_come_with_the_fingerprint_of_their_checker() -> None:
    """What a checker finds depends on the checker: its fingerprint is part of the schema, or refused."""
    schema = build_schema(language="en", has_findings=True, has_prompt_text=False, checker_fingerprint="c 1")
    assert schema.versions["checker"] == "c 1"
    assert extract_row(build_document("Yes", language="en", findings=()), schema).tolist() == [0]
    with pytest.raises(PlanError, match="need the checker's fingerprint"):
        build_schema(language="en", has_findings=True, has_prompt_text=False)


@pytest.mark.usefixtures("checked_group")
def test_findings_that_are_missing_are_refused() -> None:
    """No checker, no error features: the group is absent, and a row for it is refused."""
    with pytest.raises(PlanError, match="no feature is left"):
        build_schema(language="en", has_findings=False, has_prompt_text=False)
    schema = build_schema(language="en", has_findings=True, has_prompt_text=False, checker_fingerprint="c 1")
    with pytest.raises(InputError, match="feature group 'checked' needs the findings of a language checker"):
        extract_row(build_document("Yes", language="en"), schema)
