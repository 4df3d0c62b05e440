"""What a command of the research bench leaves behind for people."""

from pathlib import Path

from gradewise.essays.origins import Origin
from gradewise.reporting.page import Page, page_record, render_page_html, render_page_markdown
from gradewise.workflows.runs.directory import RunDirectory


def write_page(page: Page, run: RunDirectory, name: str) -> Path:
    """Write a page as text, record and HTML under ``reports/<name>``; the path of the HTML."""
    run.write_text(f"reports/{name}.md", render_page_markdown(page))
    run.write_json(f"reports/{name}.json", page_record(page))
    return run.write_text(f"reports/{name}.html", render_page_html(page))


def origin_rows(origin: Origin) -> tuple[tuple[str, str], ...]:
    """Where essays came from and which were chosen, as rows of how a page was made."""
    low = "any" if origin.min_words is None else f"{origin.min_words:,}"
    high = "any" if origin.max_words is None else f"{origin.max_words:,}"
    return (
        ("dataset", origin.kind),
        *((f"{each.role} file", f"{each.name}, sha256 {each.sha256}") for each in origin.sources),
        ("words, fewest and most", f"{low} and {high}"),
        ("prompts left out", ", ".join(origin.exclude_prompts) or "none"),
        ("only prompts", ", ".join(origin.only_prompts) or "all"),
    )
