"""What the data of a training looks like: the section of a report."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from gradewise.evaluation.data_profile import CHARACTERS, LABEL, UNKNOWN, WORDS, DataProfile
from gradewise.evaluation.drift import ADVISORY, CONFIDENCE, GIVEN_LABEL, RELEASED
from gradewise.evaluation.interval_json import number_to_json
from gradewise.evaluation.profile_parts import NumberProfile, ShareProfile
from gradewise.reporting.charts.then_now import parts_chart, parts_of_labels, parts_of_numbers
from gradewise.reporting.parts import Figure, Section, Table, table
from gradewise.reporting.wording import ABSENT, counted, percentage

SPOKEN: Mapping[str, str] = {
    CHARACTERS: "length in characters",
    WORDS: "length in words",
    UNKNOWN: "share of unknown words",
    GIVEN_LABEL: "label that the model gives",
    CONFIDENCE: "confidence of the model",
    ADVISORY: "most urgent advisory",
    RELEASED: "released, or held back",
}
"""What is asked of texts and of the model's answers."""


def spoken(name: str, *, column: bool = False) -> str:
    """What something is called that is asked of texts; a column of data goes by its own name.

    >>> spoken("words"), spoken("words", column=True)
    ('length in words', 'words')
    """
    return name if column else SPOKEN.get(name, name)


def profile_section(profile: DataProfile) -> Section:
    """What texts and columns look like, with pictures of lengths and labels."""
    return Section(
        name="data_profile",
        heading="What the data looks like",
        intro=f"{counted(profile.n, 'text')} that the model learns from{_when(profile)}. This is kept with "
        "the model, without the texts themselves: gradewise drift holds later texts against it.",
        figures=tuple(_figures(profile)),
        record=profile_record(profile),
    )


def profile_record(profile: DataProfile) -> dict[str, Any]:
    """The profile for programs: what a reader asks for, without that which later texts are compared by."""
    return {
        "n": profile.n,
        "lengths": {name: _number_record(each) for name, each in profile.lengths.items()},
        "numbers": {name: _number_record(each) for name, each in profile.numbers.items()},
        "labels": {name: dict(each.counts) for name, each in profile.labels.items()},
        "completeness": dict(profile.completeness),
        "times": None if profile.times is None else [profile.times.first, profile.times.last],
        "vectors": {
            name: {"width": each.width, "directions": each.n_axes} for name, each in profile.vectors.items()
        },
        "vocabulary": profile.vocabulary.n_words,
        "repeated": profile.repeated,
        "columns_left_out": profile.left_out,
    }


def _figures(profile: DataProfile) -> Iterator[Figure]:
    words = profile.lengths[WORDS]
    if words.n:
        yield Figure(
            "How long the texts are",
            parts_chart("Texts by number of words", parts_of_numbers(words.edges, words.counts)),
            "How many texts in a hundred have so many words.",
            _numbers_table({spoken(name): each for name, each in profile.lengths.items()}),
        )
    for name, shares in profile.labels.items():
        if shares.n:
            yield _labels_figure(name, shares)
    if profile.numbers:
        yield Figure.in_numbers(
            "Columns of numbers",
            "Half of the texts lie between the two quarters, nine in ten between 5 % and 95 %.",
            _numbers_table(profile.numbers),
        )
    yield Figure.in_numbers(
        "Is anything missing?", "What is there of each column, and what else is known.", _facts(profile)
    )


def _labels_figure(name: str, shares: ShareProfile) -> Figure:
    parts = parts_of_labels(list(shares.counts), list(shares.counts.values()))
    return Figure(
        "How often each label occurs" if name == LABEL else f"How often each {name} occurs",
        parts_chart(f"Texts by {spoken(name)}", parts),
        f"{counted(len(shares.counts), 'value')} among {counted(shares.n, 'text')}; the commonest are drawn.",
        table(
            (spoken(name), "texts", "share"),
            ((each, f"{n:,}", percentage(n / shares.n)) for each, n in shares.counts.items()),
        ),
    )


def _numbers_table(numbers: Mapping[str, NumberProfile]) -> Table:
    rows = (
        (name, *map(short, (each.mean, each.sd, each.low, *each.quantiles, each.high)))
        for name, each in numbers.items()
    )
    return table(("Column", "mean", "sd", "least", "5 %", "25 %", "middle", "75 %", "95 %", "most"), rows)


def short(value: float) -> str:
    """A number with few digits; a dash where it is not defined.

    >>> short(1234.5678), short(0.000123), short(float("nan"))
    ('1,235', '0.000123', '–')
    """
    return ABSENT if value != value else f"{value:,.4g}" if abs(value) < 1000 else f"{value:,.0f}"  # noqa: PLR0124, PLR2004


def _facts(profile: DataProfile) -> Table:
    vectors: Sequence[tuple[str, str]] = [
        (name, f"vectors of {each.width} numbers, seen along {counted(each.n_axes, 'direction')}")
        for name, each in profile.vectors.items()
    ]
    rows = [
        *((name, f"{percentage(share)} filled") for name, share in profile.completeness.items() if share < 1),
        *vectors,
        ("texts that repeat another", percentage(profile.repeated)),
        ("words that texts share", f"{profile.vocabulary.n_words:,}"),
        *([("columns left out", f"{profile.left_out:,}")] if profile.left_out else []),
    ]
    return table(("What", "How it is"), rows, prose=True)


def _when(profile: DataProfile) -> str:
    if profile.times is None:
        return ""
    return f", written from {profile.times.first[:10]} to {profile.times.last[:10]}"


def _number_record(profile: NumberProfile) -> dict[str, Any]:
    return {
        "n": profile.n,
        "missing": profile.missing,
        "mean": number_to_json(profile.mean),
        "sd": number_to_json(profile.sd),
        "low": number_to_json(profile.low),
        "high": number_to_json(profile.high),
        "quantiles": [number_to_json(each) for each in profile.quantiles],
    }
