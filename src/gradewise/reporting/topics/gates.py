"""Gates in a report: what was asked, what was found, what follows."""

from collections.abc import Iterator, Mapping, Sequence

from gradewise.evaluation.gate_json import gate_report_to_json
from gradewise.evaluation.gates import GateReport, GateRule, JudgedRule, Verdict, margin
from gradewise.evaluation.results import Interval
from gradewise.reporting.charts.rules import RuleRow, rules_chart
from gradewise.reporting.parts import Figure, Section, Table, table
from gradewise.reporting.wording import ABSENT, MINUS, counted, decimal, enumerated

DIGITS = 3
"""Decimals of figures held against a bound: two would round one onto it."""
_OTHER_DIGITS: Mapping[str, int] = {
    "changed_grades": 0,
    "lost_classes": 0,
    "latency_p95_ms": 1,
    "batch_of_50_s": 2,
}
"""Decimals of figures that are no shares."""
MARKS: Mapping[Verdict, str] = {
    "passed": "✓ passed",
    "failed": "✗ failed",
    "not shown": "? not shown",
    "not measured": "– not measured",
}
"""Each verdict with a mark that needs no colour."""
_KINDS: Mapping[Verdict, str] = {"passed": "model", "failed": "broken", "not shown": "baseline"}
SECOND_GRADES, WRITER_GROUPS = "a second teacher’s grades", "groups of writers that are large enough"
_NEEDS = {
    "qwk_degradation": SECOND_GRADES,
    "pearson_degradation": SECOND_GRADES,
    "accuracy_degradation": SECOND_GRADES,
    "prmse": SECOND_GRADES,
    "group_dsm": WRITER_GROUPS,
    "hardest_prompts_qwk": "prompts with enough essays",
    "low_adjacent_accuracy": "essays at the low end of the scale",
    "high_adjacent_accuracy": "essays at the high end of the scale",
    "qwk_over_production": "a model in production, and essays that neither model has learnt from",
    "macro_f1_over_production": "a model in production, and texts that neither model has learnt from",
    "lost_classes": "classes with ten texts",
    "changed_grades": "an ONNX model that says where grades begin and end",
}


GRADES_INTRO = (
    "Rules that others ask a model to meet before its grades count. A rule is passed only when the whole "
    "interval meets it, and failed only when no part of it does; in between, these essays are too few to "
    "show it. Every rule must hold: being good on the whole does not make up for being worse than a second "
    "teacher, nor the other way round."
)
"""What gates are, where there are grades."""
CLASSES_INTRO = (
    "Rules that a model of classes must meet before it is used. A rule is passed only when the whole "
    "interval meets it, and failed only when no part of it does; in between, these texts are too few to "
    "show it. Every rule must hold: being good on the whole does not make up for a class that is never found."
)
"""The same where there are classes."""


def gates_section(reports: Sequence[GateReport]) -> Section:
    """Every preset with its rules; at least one."""
    return Section(
        name="gates",
        heading="Would it be let through?",
        intro=CLASSES_INTRO if all(report.preset == "classes" for report in reports) else GRADES_INTRO,
        figures=tuple(_figure(report) for report in reports),
        record={report.preset: gate_report_to_json(report) for report in reports},
    )


def _figure(report: GateReport) -> Figure:
    return Figure(
        report.title,
        _picture(report),
        f"{conclusion(report)} The upright line is what a rule asks, on the shaded side it is met; each "
        "row has a scale of its own. Grey (?) with an interval on both sides: too few to tell. "
        f"Source: {'; '.join(dict.fromkeys(row.rule.source for row in report.rules))}.",
        rules_table(report),
    )


def _picture(report: GateReport) -> str:
    """Each rule that was measured, beside what it asks; empty where none was."""
    rows = [
        RuleRow(
            judged.rule.words,
            margin(judged.rule, judged.figure),
            _said(judged.rule, judged.figure, judged.verdict),
            _KINDS[judged.verdict],
        )
        for judged in report.rules
        if judged.figure is not None
    ]
    return rules_chart(report.title, rows) if rows else ""


def _said(rule: GateRule, figure: Interval, verdict: Verdict) -> str:
    digits = _OTHER_DIGITS.get(rule.metric, DIGITS)
    return f"{decimal(figure.estimate, digits=digits)}, {asked(rule)} {MARKS[verdict][0]}"


def rules_table(report: GateReport) -> Table:
    """Every rule of a preset: what it asks, what was found, what that amounts to."""
    return table(
        ("Rule", "Asked", "Found", "Verdict"),
        (
            (rule.words, asked(rule), found(judged.figure, rule.metric), MARKS[judged.verdict])
            for rule, judged in ((judged.rule, judged) for judged in report.rules)
        ),
        prose=True,
    )


def asked(rule: GateRule) -> str:
    """What a rule asks for, in words.

    >>> asked(GateRule("smd", "within", 0.15, "", "")), asked(GateRule("qwk", "above", 0.7, "", ""))
    ('−0.15 to 0.15', 'above 0.70')
    """
    usual = 2 if round(rule.bound, 2) == rule.bound else DIGITS
    bound = decimal(rule.bound, digits=_OTHER_DIGITS.get(rule.metric, usual))
    return f"{MINUS}{bound} to {bound}" if rule.comparison == "within" else f"{rule.comparison} {bound}"


def found(figure: Interval | None, metric: str = "") -> str:
    """A figure with its bounds, to three decimals where it is a share.

    >>> found(Interval(61.234, 58.1, 64), "latency_p95_ms")
    '61.2 (58.1 to 64.0)'
    """
    if figure is None:
        return ABSENT
    digits = _OTHER_DIGITS.get(metric, DIGITS)
    if figure.low == figure.high:
        return decimal(figure.estimate, digits=digits)
    estimate, low, high = (
        decimal(value, digits=digits) for value in (figure.estimate, figure.low, figure.high)
    )
    return f"{estimate} ({low} to {high})"


def conclusion(report: GateReport) -> str:
    """What the rules of a preset amount to, in a sentence or two."""
    return " ".join(_sentences(report))


def _sentences(report: GateReport) -> Iterator[str]:
    measured = len(report.rules) - report.count("not measured")
    if report.passed:
        yield f"Passed: every rule that could be measured holds ({measured} of {len(report.rules)})."
    elif measured == 0:
        yield "Not passed: no rule could be measured."
    elif measured > report.count("passed"):
        failed, open_ = report.count("failed"), report.count("not shown")
        counts = [f"{failed} failed"] if failed else []
        counts += [f"{open_} not shown (too few to tell)"] if open_ else []
        yield f"Not passed: of {counted(measured, 'rule')} that could be measured, {enumerated(counts)}."
    else:
        yield "Not passed: a figure that is required could not be measured."
    if measured < len(report.rules):
        needs = enumerated(sorted({_need(judged) for judged in report.rules if judged.figure is None}))
        yield f"{len(report.rules) - measured} could not be measured, for want of {needs}."


def _need(judged: JudgedRule) -> str:
    return _NEEDS.get(judged.rule.metric, "essays that differ")
