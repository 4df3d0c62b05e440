"""What testing organisations report of a scoring engine: level, spread, and what teachers reach."""

from collections.abc import Iterator
from typing import Any

from gradewise.evaluation.interval_json import interval_to_json, intervals_to_json
from gradewise.evaluation.results import Interval
from gradewise.evaluation.second_rater import SecondRaterComparison
from gradewise.evaluation.standards import FEWEST_SECOND_GRADES, SecondTeacher, Standards
from gradewise.reporting.charts.ceiling import ceiling_chart
from gradewise.reporting.charts.intervals import IntervalRow
from gradewise.reporting.charts.rows import comparison_chart
from gradewise.reporting.parts import Figure, Section, Table, table
from gradewise.reporting.wording import ABSENT, MINUS, counted, decimal, percentage, with_bounds

HOW_TO_GIVE = (
    "Let a second teacher grade some of these essays without seeing the first grades, write the grades into "
    "a column of the same file (rows may be left empty), and name it: data.columns.second_label in a plan, "
    f"--second-label-column on the command line. {FEWEST_SECOND_GRADES} essays are the least, 200 tell much."
)
_PAIRS = (("qwk", "Beyond chance (QWK)"), ("pearson", "Correlation"), ("exact_agreement", "Same grade"))
# QWK and correlation: Williamson, Xi & Breyer (2012); same grade: CTB (2014); both as in the gates.
_ACCEPTED = {
    "qwk": f"{MINUS}0.10 or more",
    "pearson": f"{MINUS}0.10 or more",
    "exact_agreement": f"{MINUS}0.05 or more",
}


def standards_section(standards: Standards) -> Section:
    """The figures that organisations which score examinations by machine report, with their intervals."""
    return Section(
        name="standards",
        heading="By the standards of testing organisations",
        intro="Organisations that score examinations by machine report more than how often a model is right: "
        "whether it is as kind and as daring as the teacher, and whether it agrees with a teacher as well as "
        f"another teacher would. All from {counted(standards.n, 'essay')}; the interval stands in brackets.",
        figures=tuple(_figures(standards)),
        record=_record(standards),
    )


def _figures(standards: Standards) -> Iterator[Figure]:
    if standards.second is not None:
        yield _ceiling_figure(standards.second, standards.agreement["qwk"])
        yield _second_figure(standards.second)
    yield _level_figure(standards)
    if standards.second is None:
        yield _missing_figure(standards.n_second)


def _ceiling_figure(second: SecondTeacher, model: Interval) -> Figure:
    true, ceiling = second.true_scores, second.true_scores.variance_matched
    share = f", {percentage(model.estimate / ceiling.estimate)} of it" if ceiling.estimate > 0 else ""
    return Figure(
        "How near is it to what is possible?",
        ceiling_chart(
            model,
            (
                IntervalRow("two teachers with each other", second.agreement["qwk"], "human"),
                IntervalRow("one more teacher (human-like level)", true.human_like, "human"),
                IntervalRow("the most that anybody can reach", ceiling, "baseline"),
            ),
            ceiling=ceiling,
        ),
        "Teachers differ, so nobody, however wise, agrees perfectly with the grades of one teacher. "
        f"{counted(true.n_multiple, 'essay').capitalize()} that two teachers graded tell how far agreement "
        f"can go: to about {decimal(ceiling.estimate)}. The model is at {decimal(model.estimate)}{share}. "
        "“One more teacher” is what another teacher like these two would be expected to reach.",
        _true_score_table(second),
    )


def _true_score_table(second: SecondTeacher) -> Table:
    found = second.true_scores
    rows = (
        ("Share of one teacher’s grades that is not noise (reliability)", found.reliability),
        ("Share of what teachers mean on average that the model’s scores explain (PRMSE)", found.prmse),
        ("Agreement of two teachers (QWK)", second.agreement["qwk"]),
        ("Agreement that one more teacher would have (human-like level)", found.human_like),
        ("Agreement of somebody who knows what teachers mean on average", found.theoretical),
        ("The same, using the scale as widely as the teacher does (ceiling)", found.variance_matched),
    )
    return table(
        ("Figure", "Value"), ((words, with_bounds(value, percent=False)) for words, value in rows), prose=True
    )


def _second_figure(second: SecondTeacher) -> Figure:
    compared = second.comparison
    contenders = [
        IntervalRow(f"{words}: {who}", of[name], kind)
        for name, words in _PAIRS
        for who, of, kind in (
            ("two teachers", compared.human_human, "human"),
            ("model", compared.human_machine, "model"),
        )
    ]
    return Figure(
        "Could it take the second teacher’s place?",
        comparison_chart("Agreement with the first teacher: second teacher and model", contenders),
        "Both the second teacher and the model are held against the first teacher, on the same "
        f"{counted(compared.n, 'essay')}. What is lost when the model steps in stands in the table; losing "
        "up to 0.10, and up to 5 in 100 essays with the same grade, is accepted in practice.",
        _second_table(compared),
    )


def _second_table(compared: SecondRaterComparison) -> Table:
    return table(
        ("Figure", "Two teachers", "Model", "Model less teachers", "Accepted"),
        (
            (
                words,
                *(
                    with_bounds(of[name], percent=False)
                    for of in (compared.human_human, compared.human_machine, compared.degradation)
                ),
                _ACCEPTED[name],
            )
            for name, words in _PAIRS
        ),
    )


def _level_figure(standards: Standards) -> Figure:
    return Figure.in_numbers(
        "Level, spread and agreement",
        "SMD is the model’s average less the teacher’s, divided by the standard deviation of the teacher’s "
        "grades (the unpooled kind): above 0 is kind. The SD ratio is the spread of the model’s grades over "
        "that of the teacher’s: below 1 it shuns the ends of the scale. Scores are what grades are decided "
        "from; they keep to the middle by nature, and deciding on a grade undoes that.",
        _level_table(standards),
    )


def _level_table(standards: Standards) -> Table:
    def share(name: str) -> tuple[str, str, str]:
        return with_bounds(standards.agreement[name], percent=True), ABSENT, ""

    def both(name: str, asked: str = "") -> tuple[str, str, str]:
        given, scores = (of.metrics[name] for of in (standards.grades, standards.scores))
        return with_bounds(given, percent=False), with_bounds(scores, percent=False), asked

    return table(
        ("Figure", "Grades given", "Scores", "Asked"),
        (
            ("Agreement beyond chance (QWK)", *both("qwk_continuous", "at least 0.70")),
            ("Correlation (Pearson)", *both("pearson", "at least 0.70")),
            ("Same grade", *share("accuracy")),
            ("Within one grade", *share("adjacent_accuracy")),
            # SMD: Williamson, Xi & Breyer (2012); SD ratio: Wang & von Davier (2014), ETS RR-14-04.
            ("Level (SMD)", *both("smd", f"{MINUS}0.15 to 0.15")),
            ("Spread (SD ratio)", *both("sd_ratio", "0.67 to 1.50")),
            ("Distance in grade steps (RMSE)", *both("rmse")),
        ),
    )


def _missing_figure(n_second: int) -> Figure:
    have = f"Only {counted(n_second, 'essay')} here had a second grade. " if n_second else ""
    return Figure.in_numbers(
        "What a second teacher’s grades would add",
        f"{have}{HOW_TO_GIVE}",
        table(
            ("Figure", "What it would tell"),
            (
                ("Two teachers with each other", "how well people agree on these very essays"),
                ("Degradation", "what is lost when the model takes the second teacher’s place"),
                ("Reliability", "how much of one teacher’s grade is not chance"),
                ("PRMSE", "how well the model knows what teachers would say on average"),
                (
                    "Ceiling and human-like level",
                    "how well anybody could agree, and how well a teacher would",
                ),
            ),
            prose=True,
        ),
    )


def _record(standards: Standards) -> dict[str, Any]:
    return {
        "n": standards.n,
        "agreement": intervals_to_json(standards.agreement),
        "grades": intervals_to_json(standards.grades.metrics),
        "scores": intervals_to_json(standards.scores.metrics),
        "smd_method": "unpooled",
        "n_second": standards.n_second,
        "second": None if standards.second is None else _second_record(standards.second),
    }


def _second_record(second: SecondTeacher) -> dict[str, Any]:
    compared, true = second.comparison, second.true_scores
    return {
        "human_human": intervals_to_json(compared.human_human),
        "human_machine": intervals_to_json(compared.human_machine),
        "degradation": intervals_to_json(compared.degradation),
        "prmse": interval_to_json(true.prmse),
        "reliability": interval_to_json(true.reliability),
        "human_like": interval_to_json(true.human_like),
        "ceiling_true_score": interval_to_json(true.theoretical),
        "ceiling_variance_matched": interval_to_json(true.variance_matched),
    }
