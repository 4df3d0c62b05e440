"""Whether grades answer changes of a text as they must: the section, and what it adds to the verdict."""

from collections.abc import Iterator, Mapping, Sequence

from gradewise.evaluation.perturbations import Kind
from gradewise.evaluation.robustness import (
    Response,
    RobustnessEvaluation,
    Verdict,
    robustness_to_json,
)
from gradewise.reporting.charts.intervals import IntervalRow
from gradewise.reporting.charts.limits import limits_chart
from gradewise.reporting.parts import Figure, Section, Statement, Table, table
from gradewise.reporting.wording import ABSENT, counted, decimal, enumerated, percentage, signed, with_bounds

MARKS: Mapping[Verdict, str] = {"holds": "✓", "broken": "✗", "not shown": "?", "not tried": "–"}
"""How a verdict is marked beside its name."""

_HEADINGS: Mapping[Kind, str] = {
    "padding": "Padding must not pay",
    "damage": "Damage must cost",
    "invisible": "What no reader sees must not matter",
}
_READINGS: Mapping[Kind, str] = {
    "padding": "Mean change of the grade, in steps, when text without value is added; essays that have the "
    "highest grade already are left out. Right of 0, padding pays.",
    "damage": "Mean change of the grade, in steps, when the text is spoilt; essays with no room to fall are "
    "left out. At 0, the model does not notice.",
    "invisible": "Share of essays whose grade changes with the way in which the text is stored. It should be "
    "none.",
}
_SHADED = (
    "The shaded stretch is allowed, the line is the interval, and a red dot (✗) lies surely outside; with ? "
    "these essays do not tell."
)


def robustness_section(evaluation: RobustnessEvaluation) -> Section:
    """The topic, with its charts by kind of change, each change explained, and its statements."""
    kinds = [(kind, _of_kind(evaluation, kind)) for kind in _HEADINGS]
    return Section(
        name="robustness",
        heading="Is it robust?",
        intro=f"{counted(evaluation.n, 'essay')} were changed in ways whose effect is known beforehand, and "
        "graded again. No teacher’s grade is needed for that: each figure compares the model with itself. "
        f"Intervals are at {100 * evaluation.resampling.confidence:g} %, each on its own.",
        figures=(
            *(_figure(kind, responses) for kind, responses in kinds if responses),
            Figure.in_numbers("What was done to the essays", "What each change is, and why so much is asked.",
                   _explained(evaluation.responses)),
        ),
        statements=tuple(_statements(evaluation)),
        record=robustness_to_json(evaluation),
    )  # fmt: skip


def asked(response: Response) -> str:
    """The largest value allowed of the figure that is found.

    Such as ``≤ +0.25``, ``≤ −1.00``, ``≤ 5 %``.
    """
    if response.perturbation.kind == "invisible":
        return f"≤ {percentage(response.limit)}"
    return f"≤ {signed(response.limit)}"


def found(response: Response) -> str:
    """The figure that the limit is about, with its interval."""
    return with_bounds(response.judged, percent=response.perturbation.kind == "invisible")


def _of_kind(evaluation: RobustnessEvaluation, kind: Kind) -> tuple[Response, ...]:
    return tuple(row for row in evaluation.responses if row.perturbation.kind == kind)


def _figure(kind: Kind, responses: Sequence[Response]) -> Figure:
    rows = [_limited(row) for row in responses if row.n]
    chart = limits_chart(_HEADINGS[kind], rows, percent=kind == "invisible") if rows else ""
    return Figure(_HEADINGS[kind], chart, f"{_READINGS[kind]} {_SHADED}", _numbers(responses))


def _limited(row: Response) -> IntervalRow:
    return IntervalRow(
        row.perturbation.title,
        row.judged,
        "broken" if row.verdict == "broken" else "model",
        f"{found(row)} {MARKS[row.verdict]}",
        limit=row.limit,
    )


def _numbers(responses: Sequence[Response]) -> Table:
    return table(
        ("Change", "Essays", "Asked", "Found", "Raised", "Lowered", "Verdict"),
        (
            (
                row.perturbation.title,
                f"{row.n:,}",
                asked(row),
                found(row),
                percentage(row.raised) if row.n else ABSENT,
                percentage(row.lowered) if row.n else ABSENT,
                row.verdict,
            )
            for row in responses
        ),
    )


def _explained(responses: Sequence[Response]) -> Table:
    return table(
        ("Change", "What it does", "Why so much is asked"),
        ((row.perturbation.title, row.perturbation.does, row.perturbation.why) for row in responses),
        prose=True,
    )


def _statements(evaluation: RobustnessEvaluation) -> Iterator[Statement]:
    held, broken, open_, untried = (evaluation.having(verdict) for verdict in MARKS)
    yield Statement(
        "bad" if broken else "warn" if open_ or not held else "good",
        f"Of {counted(len(held) + len(broken) + len(open_), 'change')} to the texts, the model’s grades "
        f"answer {len(held)} as they must and {len(broken)} as they must not; for {len(open_)}, these essays "
        "cannot tell.",
    )
    for row in broken:
        yield Statement("bad", _broken(row))
    if open_:
        yield Statement(
            "info",
            f"Not shown either way: {_named(open_)}. More essays would tell.",
        )
    if held:
        yield Statement("good", f"As it must be: {_named(held)}.")
    if untried:
        yield Statement("info", f"Not tried, as none of these essays can be changed so: {_named(untried)}.")


def _named(responses: Sequence[Response]) -> str:
    titles = [row.perturbation.title for row in responses]
    return enumerated([title[0].lower() + title[1:] for title in titles], most=len(titles))


def _broken(row: Response) -> str:
    title, figure, limit = row.perturbation.title, found(row), decimal(abs(row.limit))
    essays = f"over {counted(row.n, 'essay')}"
    match row.perturbation.kind:
        case "padding":
            return f"{title}: this raises the grade by {figure} steps on average, {essays}. It must not pay."
        case "damage":
            return (
                f"{title}: this changes the grade by {figure} steps on average, {essays}. It must lower it "
                f"by {limit} at least."
            )
        case "invisible":
            return f"{title}: this changes the grade of {figure} of essays, {essays}. It must not matter."
