"""Studies in memory keep the promises of the port."""

from pathlib import Path

from gradewise.protocols.experiments import Studies
from gradewise.testing.contracts.studies import StudiesContract
from gradewise.testing.studies import MemoryStudies


class TestMemoryStudies(StudiesContract):
    """Studies that end with the process."""

    def new_studies(self) -> Studies:
        """A keeper of studies."""
        return MemoryStudies()

    def url(self, directory: Path) -> str:
        """Any name does."""
        return str(directory)
