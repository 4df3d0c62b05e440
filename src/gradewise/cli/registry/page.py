"""How models and runs fared, as a page."""

from pathlib import Path

from gradewise.reporting.page import render_page_html
from gradewise.reporting.topics.registry import registry_page
from gradewise.whole_files import write_whole
from gradewise.workflows.registry.catalogue import RegistrySummary
from gradewise.workflows.registry.services import RegistryServices


def write_summary(path: Path, found: RegistrySummary, services: RegistryServices) -> None:
    """Write the page of a registry to a file."""
    page = registry_page(
        found.names, found.runs, location=str(services.models_directory), made_at=services.clock()
    )
    write_whole(path, render_page_html(page))
