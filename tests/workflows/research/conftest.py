"""A small cross-validation, made once for all tests that only read it."""

import pytest

from cv_trials import plain_services, quick_plan
from gradewise.workflows.research.cv import CvRun, cv


@pytest.fixture(scope="session")
def reference(tmp_path_factory: pytest.TempPathFactory) -> CvRun:
    """A cross-validation of generated essays."""
    return cv(quick_plan(tmp_path_factory.mktemp("reference")), plain_services())
