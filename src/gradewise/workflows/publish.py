"""What a training leaves behind: the report's pages and the bundle's contents."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

import numpy as np

from gradewise.reporting.html import render_html
from gradewise.reporting.markdown import render_markdown
from gradewise.reporting.record import report_record
from gradewise.reporting.report import BaselineRow, ConstructShare, DataSection, NamedEvaluation, Report
from gradewise.workflows.plan import Plan, plan_yaml
from gradewise.workflows.prepare import Dataset
from gradewise.workflows.run_directory import RunDirectory

DECISIONS = {
    "rounding": "the score is rounded to the nearest grade, halves upwards",
    "rescale": "scores are stretched to the mean and spread of the teacher's grades, then rounded",
    "cutpoints": "cut points between grades are chosen for the best quadratic weighted kappa, cross-fitted",
}
CALIBRATIONS = {
    "none": "probabilities come from the cross-fitted distribution of what the score misses by",
    "temperature": "as none, then sharpened or softened by one factor",
    "sigmoid": "as none, then corrected by a logistic curve at each grade boundary",
    "isotonic": "as none, then corrected by a rising step curve at each grade boundary",
}


def write_reports(report: Report, run: RunDirectory) -> Path:
    """Write the report as a page, a text and a record; the path of the page."""
    run.write_text("reports/report.md", render_markdown(report))
    run.write_json("reports/report.json", report_record(report))
    return run.write_text("reports/report.html", render_html(report))
