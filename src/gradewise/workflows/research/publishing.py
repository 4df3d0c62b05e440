"""What a command of the research bench leaves behind for people."""

from pathlib import Path

from gradewise.reporting.page import Page, page_record, render_page_html, render_page_markdown
from gradewise.workflows.runs.directory import RunDirectory


def write_page(page: Page, run: RunDirectory, name: str) -> Path:
    """Write a page as text, record and HTML under ``reports/<name>``; the path of the HTML."""
    run.write_text(f"reports/{name}.md", render_page_markdown(page))
    run.write_json(f"reports/{name}.json", page_record(page))
    return run.write_text(f"reports/{name}.html", render_page_html(page))
