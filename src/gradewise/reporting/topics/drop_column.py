"""What each column adds: the picture with the noise floor, the ranked table, and what to make of them."""

from collections.abc import Iterator, Mapping, Sequence

from gradewise.evaluation.importance import Advice, Importance, JudgedColumn
from gradewise.evaluation.results import HEADLINE
from gradewise.evaluation.twins import Twin
from gradewise.reporting.charts.gains import SHORT, gains_chart
from gradewise.reporting.charts.intervals import IntervalRow
from gradewise.reporting.parts import Figure, Section, Statement, Table, table
from gradewise.reporting.topics.drop_column_record import importance_record
from gradewise.reporting.topics.gains import GAIN_DIGITS, GAINED, gain_words, learnt_times
from gradewise.reporting.wording import counted, decimal, enumerated, percentage, signed

NEARLY_THE_SAME = 0.9
"""Rank correlation from which two columns are said to be nearly the same."""

FEW = 12
"""So many columns have room for long names above their marks."""

KINDS: Mapping[Advice, str] = {"keep": "model", "inside the noise": "baseline", "drop": "broken"}


def drop_column_section(importance: Importance, twins: Mapping[str, Twin]) -> Section:
    """The topic: the picture, both tables, and its statements."""
    return Section(
        name="columns",
        heading="What does each column add?",
        intro="Each column was left out in turn and the model learnt again on the same folds, "
        f"{learnt_times(importance.n_seeds)}. The gain is how much better essays are "
        f"graded with the column than without it, over {counted(importance.n, 'essay')} that the models had "
        "not seen. A column that says what others say adds nothing, however much it says.",
        figures=tuple(_figures(importance, twins)),
        statements=tuple(_statements(importance, twins)),
        record=importance_record(importance, twins),
    )


def _figures(importance: Importance, twins: Mapping[str, Twin]) -> Iterator[Figure]:
    by = importance.judged_by
    yield Figure(
        f"Gain in {GAINED[by]} by each column",
        _picture(importance),
        "The dot is the gain, the line its interval over essays. Blue stands out from luck, red for the "
        f"worse, grey does not.{_shaded(importance)}",
        _gains_table(importance),
    )
    yield Figure.in_numbers(
        "What to do with each column",
        f"“keep” and “drop” hold after all {len(importance.columns)} columns are allowed for; columns inside "
        "the noise may go one at a time, and of two that say the same only one.",
        table(
            ("Column", "Advice", "Why"),
            ((column.name, column.advice, _why(column, by, twins)) for column in importance.columns),
            prose=True,
        ),
    )
    if importance.noise.columns:
        yield Figure.in_numbers(
            "Columns of random numbers",
            "What numbers that have nothing to do with any essay seem to add: the floor below which a gain "
            "says nothing.",
            table(("Column", f"Gain, {GAINED[by]}", "In folds"), _noise_rows(importance)),
        )


def _picture(importance: Importance) -> str:
    by = importance.judged_by
    rows = [
        IntervalRow(column.name, column.gains[by], KINDS[column.advice], gain_words(by, column.gains[by]))
        for column in importance.columns
    ]
    beside = len(rows) > FEW or all(len(row.name) <= SHORT for row in rows)
    ends = ("does harm", "helps")
    return gains_chart(f"Gain in {GAINED[by]}", rows, band=importance.noise.reach, ends=ends, beside=beside)


def _shaded(importance: Importance) -> str:
    if not importance.noise.columns:
        return ""
    reach = decimal(importance.noise.reach, digits=GAIN_DIGITS[importance.judged_by])
    return f" The shaded band is where gains of random columns lie (±{reach})."


def _gains_table(importance: Importance) -> Table:
    by = importance.judged_by
    order = [by, *(name for name in HEADLINE if name != by)]
    return table(
        ("Column", "Advice", *(f"Gain, {GAINED[name]}" for name in order), "In folds"),
        (
            (
                column.name,
                column.advice,
                *(gain_words(name, column.gains[name]) for name in order),
                percentage(column.positive(by)),
            )
            for column in importance.columns
        ),
    )


def _noise_rows(importance: Importance) -> Iterator[tuple[str, str, str]]:
    by = importance.judged_by
    for column in importance.noise.columns:
        yield column.name, gain_words(by, column.gains[by]), percentage(column.positive(by))


def _why(column: JudgedColumn, by: str, twins: Mapping[str, Twin]) -> str:
    gain = f"{gain_words(by, column.gains[by])}, false discovery rate {decimal(_rate(column), digits=3)}"
    match column.advice:
        case "keep":
            return f"The model is worse without it: {gain}."
        case "drop":
            return f"The model is better without it: {gain}."
        case "inside the noise":
            twin = twins.get(column.name)
            if twin is not None and abs(twin.correlation) >= NEARLY_THE_SAME:
                return (
                    f"{twin.name} says nearly the same (rank correlation "
                    f"{signed(twin.correlation)}), so that either may go."
                )
            return "Its gain is no surer than that of random numbers."


def _rate(column: JudgedColumn) -> float:
    return column.q_harmful if column.advice == "drop" else column.q_useful


def _statements(importance: Importance, twins: Mapping[str, Twin]) -> Iterator[Statement]:
    keep, inside, drop = (importance.advised(advice) for advice in KINDS)
    n = len(importance.columns)
    by = importance.judged_by
    yield Statement(
        "good" if keep else "info",
        f"{_kept(keep, n, by)}. {len(inside)} cannot be told from random numbers. Surely harmful: "
        f"{len(drop) or 'none'}. Judged by the gain in {GAINED[by]}.",
    )
    if drop:
        yield Statement("warn", f"Better left out: {enumerated([column.name for column in drop])}.")
    if inside:
        yield Statement("info", _inside(inside, twins))
    yield _noise(importance)
    yield Statement(
        "info",
        f"{counted(n, 'column')} were tried at once. The advice allows for that: of the columns that are "
        f"kept, at most {percentage(importance.level)} are kept by luck on average "
        "(Benjamini–Hochberg), and of those dropped as many.",
    )


def _kept(keep: Sequence[JudgedColumn], n: int, by: str) -> str:
    if not keep:
        return f"Of {counted(n, 'column')} none surely adds to the others"
    first = f"{keep[0].name} ({gain_words(by, keep[0].gains[by])})"
    adds = "adds" if len(keep) == 1 else "add"
    return f"Of {counted(n, 'column')} {len(keep)} surely {adds} to the others, first {first}"


def _inside(inside: Sequence[JudgedColumn], twins: Mapping[str, Twin]) -> str:
    doubles = [
        column.name
        for column in inside
        if column.name in twins and abs(twins[column.name].correlation) >= NEARLY_THE_SAME
    ]
    which = "each of them" if len(doubles) == len(inside) else enumerated(doubles)
    said = f" Another column says nearly the same as {which}." if doubles else ""
    return (
        f"Inside the noise: {enumerated([column.name for column in inside])}.{said} That is no order to drop "
        "them all: leave out one at a time, or try a set with --drop and compare."
    )


def _noise(importance: Importance) -> Statement:
    floor = importance.noise
    if not floor.columns:
        return Statement(
            "warn",
            "No random columns were tried, so the luck of learning is not known and the advice allows for "
            "that of essays alone; ask for some: --noise-columns 10.",
        )
    by, share = importance.judged_by, percentage(importance.stable_share)
    return Statement(
        "info",
        f"{counted(len(floor.columns), 'column')} of random numbers seemed to add up to "
        f"{signed(floor.highest, digits=GAIN_DIGITS[by])} (the 95th percentile of their gains in "
        f"{GAINED[by]}). By the rule of thumb, a gain in agreement on average and in {share} of the "
        f"folds, {floor.passing} of them would have been kept.",
    )
