"""Explaining as the command line does it: which essay, in which form, written where."""

import json
import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from gradewise.bootstrap import services_from
from gradewise.cli.choosing import find_bundle
from gradewise.cli.essays import AskedEssays, read_essays
from gradewise.cli.explanation_view import explanation_view
from gradewise.cli.terminal import err, out
from gradewise.errors import InputError, PlanError
from gradewise.essays.records import Essay
from gradewise.features.given import given_columns
from gradewise.models.bundle import load_bundle
from gradewise.reporting.explanation import Explanation
from gradewise.reporting.explanation_page import render_explanation
from gradewise.reporting.explanation_record import explanation_record
from gradewise.settings import read_settings
from gradewise.telemetry import silent
from gradewise.whole_files import write_whole
from gradewise.workflows.explain import explain_essay
from gradewise.workflows.score import bundle_checker
from gradewise.workflows.services import Services
from gradewise.workflows.text_models import bundle_embedder

FORMS = ("text", "json")
PAGE, RECORD = ".html", ".json"
LONGEST_NAME = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What was typed after `gradewise explain`."""

    essays: AskedEssays
    """The essay, or the table that holds it."""
    essay_id: str | None
    """Which essay of a table."""
    model: Path | None
    """Bundle or run directory."""
    embedding_model: Path | None = None
    """Directory of the text model that the bundle needs."""
    form: str
    """One of `FORMS`: what is printed."""
    output: Path | None
    """File to write; its suffix says what."""
    page: bool
    """Whether a page is written where no file is named."""


def explain_shown(asked: Asked) -> None:
    """Explain one essay: print it, and write the page or the record."""
    _refuse(asked)
    bundle = load_bundle(find_bundle(asked.model))
    settings = read_settings().with_embedding_model(asked.embedding_model)
    with services_from(settings) as services:
        essay = _essay(asked, services, given_columns(bundle.schema))
        make_checker = bundle_checker(bundle, services)
        checker = make_checker() if make_checker else None
        embedder = bundle_embedder(bundle, services)
        explanation = explain_essay(bundle, essay, checker, embedder=embedder, explained_at=services.clock())
    err.print(f"model {explanation.model.name} {explanation.model.version}", soft_wrap=True)
    if asked.form == "json":
        sys.stdout.write(_record(explanation))
    else:
        out.print(explanation_view(explanation, width=out.width))
    if target := asked.output or _default_page(asked):
        _write(explanation, target)


def _write(explanation: Explanation, target: Path) -> None:
    what, render = ("record", _record) if target.suffix == RECORD else ("page", render_explanation)
    write_whole(target, render(explanation))
    err.print(f"{what} written to {target}", soft_wrap=True)


def _refuse(asked: Asked) -> None:
    """Refuse what cannot be done before anything is read.

    Raises:
        PlanError: the form is unknown, or the file to write is no page, no record, or the essay itself.
    """
    if asked.form not in FORMS:
        raise PlanError(f"cannot explain as {asked.form!r}; choose --format text or --format json")
    if asked.output is None:
        return
    if not asked.page:
        raise PlanError(f"--no-page and --output {asked.output} contradict each other; leave one of them out")
    if asked.output.suffix not in {PAGE, RECORD}:
        raise PlanError(f"cannot write {asked.output}; name a page (.html) or a record (.json)")
    if asked.essays.source and asked.output.resolve() == asked.essays.source.resolve():
        raise PlanError(f"{asked.output} is the essay itself; write somewhere else")


def _essay(asked: Asked, services: Services, given: Sequence[str]) -> Essay:
    if not asked.essays.is_table:
        if asked.essay_id is not None:
            raise PlanError(f"--essay {asked.essay_id} chooses from a table (.csv, .jsonl …); leave it out")
        return read_essays(asked.essays, services, silent, given=given)[0]
    essays = {essay.id: essay for essay in read_essays(asked.essays, services, silent, given=given)}
    if asked.essay_id is None:
        raise PlanError(
            f"{asked.essays.source} holds {len(essays):,} essays, and one is explained at a time; say which: "
            f"--essay {next(iter(essays), 'ID')}"
        )
    if asked.essay_id not in essays:
        raise InputError(
            f"{asked.essays.source}: no essay {asked.essay_id!r} among the {len(essays):,} that can be "
            "graded; check its id, or name the column of ids: --id-column NAME"
        )
    return essays[asked.essay_id]


def _default_page(asked: Asked) -> Path | None:
    """In the directory where the command was given: the essay's own may be one that holds essays only."""
    if not asked.page or asked.form == "json":
        return None
    source = asked.essays.source
    name = asked.essay_id or (source.stem if source and str(source) != "-" else "essay")
    safe = re.sub(r"[^\w.-]+", "-", name).strip("-.")[:LONGEST_NAME]
    return Path(f"{safe or 'essay'}.explained{PAGE}")


def _record(explanation: Explanation) -> str:
    return json.dumps(explanation_record(explanation), ensure_ascii=False, indent=2, allow_nan=False) + "\n"
