"""Searches in processes of their own, which may be killed."""

import time
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest.mock import patch

from cv_trials import plain_services
from gradewise.adapters.optuna_study import OptunaStudies
from gradewise.adapters.sqlite_cache import SqliteCache
from gradewise.testing.fakes import FakeLanguageChecker
from gradewise.workflows.research.arena import read_configuration
from gradewise.workflows.research.tune import tune
from small_searches import quick

LEARNT = "gradewise.workflows.research.study.read_configuration"


def tune_here(
    output: str,
    cache: Path,
    *,
    workers: int = 1,
    resume: Path | None = None,
    database: str | None = None,
    pause_s: float = 0,
) -> None:
    """Carry out the small search.

    Args:
        output: a directory, within the current one.
        cache: of features, so that no process is started to measure them.
        workers: threads.
        resume: the run to go on in.
        database: where studies are kept that machines share.
        pause_s: what each fold takes longer.
    """
    services = replace(
        plain_services(workers=workers, checker=FakeLanguageChecker),
        cache=SqliteCache(cache),
        open_studies=OptunaStudies,
        study_database=database,
    )

    def pausing(*arguments: Any) -> Any:
        time.sleep(pause_s)
        return read_configuration(*arguments)

    with patch(LEARNT, pausing):
        tune(quick(output=output), services, resume=resume)
