"""An evaluation as a page, a text and a record."""

from gradewise.reporting.html import render_html
from gradewise.reporting.markdown import render_markdown
from gradewise.reporting.parts import Statement
from gradewise.reporting.record import report_record
from gradewise.reporting.report import (
    BaselineRow,
    ConstructShare,
    DataSection,
    FeatureShare,
    NamedEvaluation,
    Report,
)
from gradewise.reporting.verdict import verdict

__all__ = [
    "BaselineRow",
    "ConstructShare",
    "DataSection",
    "FeatureShare",
    "NamedEvaluation",
    "Report",
    "Statement",
    "render_html",
    "render_markdown",
    "report_record",
    "verdict",
]
