"""What gates said, as plain values for JSON and back."""

from collections.abc import Mapping
from typing import Any, get_args

from gradewise.errors import InputError
from gradewise.evaluation.gates import Comparison, GateReport, GateRule, JudgedBy, JudgedRule, judge_rule
from gradewise.evaluation.interval_json import interval_from_json, interval_to_json

FORMAT = 1
"""Version of the record that `gate_report_to_json` writes."""


def gate_report_to_json(report: GateReport) -> dict[str, Any]:
    """The report as plain values for JSON."""
    return {
        "format": FORMAT,
        "preset": report.preset,
        "title": report.title,
        "judged_by": report.judged_by,
        "passed": report.passed,
        "not_measured": report.count("not measured"),
        "rules": [
            {
                "metric": judged.rule.metric,
                "comparison": judged.rule.comparison,
                "bound": judged.rule.bound,
                "words": judged.rule.words,
                "source": judged.rule.source,
                "required": judged.rule.required,
                "figure": None if judged.figure is None else interval_to_json(judged.figure),
                "verdict": judged.verdict,
            }
            for judged in report.rules
        ],
    }


def gate_report_from_json(record: Mapping[str, Any]) -> GateReport:
    """Read what `gate_report_to_json` wrote.

    Raises:
        InputError: the record is of another format, or damaged; a verdict that does not follow from its
            figure and its bound is damage too.
    """
    if record.get("format") != FORMAT:
        raise InputError(
            f"gate record has format {record.get('format')!r}; this version reads format {FORMAT}"
        )
    try:
        judged_by = _known_way(record.get("judged_by", "interval"))
        rules = tuple(_rule_from_json(row, judged_by) for row in record["rules"])
        return GateReport(str(record["preset"]), str(record["title"]), rules, judged_by)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise InputError(
            f"gate record is damaged ({type(error).__name__}: {error}); judge the gates again"
        ) from error


def _known_way(judged_by: Any) -> JudgedBy:
    if judged_by not in get_args(JudgedBy):
        raise ValueError(f"judged by {judged_by!r}")
    return judged_by  # type: ignore[no-any-return]


def _rule_from_json(row: Mapping[str, Any], judged_by: JudgedBy) -> JudgedRule:
    if row["comparison"] not in get_args(Comparison):
        raise ValueError(f"comparison {row['comparison']!r}")
    rule = GateRule(
        row["metric"],
        row["comparison"],
        float(row["bound"]),
        row["words"],
        row["source"],
        bool(row.get("required", False)),
    )
    figure = None if row["figure"] is None else interval_from_json(row["figure"])
    judged = judge_rule(rule, figure, judged_by)
    if judged.verdict != row["verdict"]:
        raise ValueError(f"verdict {row['verdict']!r} on {rule.metric}, which is {judged.verdict!r}")
    return judged
