"""Services whose studies live in memory, or in a database."""

from dataclasses import replace

import pytest

from gradewise.adapters.optuna_study import OptunaStudies
from gradewise.testing.studies import MemoryStudies
from gradewise.workflows.services import Services


@pytest.fixture
def lasting(services: Services) -> Services:
    """Services that keep studies in databases."""
    return replace(services, open_studies=OptunaStudies)


@pytest.fixture
def fleeting(services: Services) -> Services:
    """Services that keep studies in memory."""
    kept = MemoryStudies()
    return replace(services, open_studies=lambda: kept)
