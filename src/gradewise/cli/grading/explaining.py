"""Explaining as the command line does it: which essay, in which form, written where."""

import json
import re
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from rich.console import RenderableType

from gradewise.bootstrap import services_from
from gradewise.cli.choosing import find_bundle
from gradewise.cli.grading.class_explanation_view import class_explanation_view
from gradewise.cli.grading.essays import AskedEssays, read_essays
from gradewise.cli.grading.explanation_view import explanation_view
from gradewise.cli.terminal import err, hear_plainly, out
from gradewise.errors import InputError, PlanError
from gradewise.essays.records import Essay
from gradewise.features.given import given_columns
from gradewise.models.bundles.bundle import load_bundle
from gradewise.models.bundles.verified import Bundle
from gradewise.reporting.class_explanation import class_explanation_record
from gradewise.reporting.class_explanation_page import render_class_explanation
from gradewise.reporting.explanation_page import render_explanation
from gradewise.reporting.explanation_record import explanation_record
from gradewise.settings import read_settings
from gradewise.telemetry import silent
from gradewise.whole_files import write_whole
from gradewise.workflows.explain import explain_essay
from gradewise.workflows.explain_class import explain_class
from gradewise.workflows.measuring.bundle_needs import bundle_checker, with_task_of_training
from gradewise.workflows.measuring.text_models import bundle_embedder
from gradewise.workflows.services import Services

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


@dataclass(frozen=True, slots=True)
class _Explained:
    """An explanation in all its forms."""

    model: str
    """Name and version of the model."""
    view: RenderableType
    """For a terminal."""
    page: Callable[[], str]
    """For a browser."""
    record: Mapping[str, Any]
    """For programs and archives."""


def explain_shown(asked: Asked) -> None:
    """Explain one essay or text: print it, and write the page or the record."""
    _refuse(asked)
    bundle = load_bundle(find_bundle(asked.model))
    settings = read_settings().with_embedding_model(asked.embedding_model)
    with services_from(settings) as services:
        (essay,) = with_task_of_training(bundle, [_essay(asked, bundle, services)], hear_plainly)
        explained = (_grade_explained if bundle.scale.ordered else _class_explained)(bundle, essay, services)
    err.print(f"model {explained.model}", soft_wrap=True)
    if asked.form == "json":
        sys.stdout.write(_record(explained))
    else:
        out.print(explained.view)
    if target := asked.output or _default_page(asked):
        _write(explained, target)


def _grade_explained(bundle: Bundle, essay: Essay, services: Services) -> _Explained:
    make_checker = bundle_checker(bundle, services)
    checker = make_checker() if make_checker else None
    embedder = bundle_embedder(bundle, services)
    explanation = explain_essay(bundle, essay, checker, embedder=embedder, explained_at=services.clock())
    return _Explained(
        f"{explanation.model.name} {explanation.model.version}",
        explanation_view(explanation, width=out.width),
        partial(render_explanation, explanation),
        explanation_record(explanation),
    )


def _class_explained(bundle: Bundle, essay: Essay, services: Services) -> _Explained:
    embedder = bundle_embedder(bundle, services)
    explanation = explain_class(bundle, essay, embedder=embedder, explained_at=services.clock())
    return _Explained(
        f"{explanation.model.name} {explanation.model.version}",
        class_explanation_view(explanation),
        partial(render_class_explanation, explanation),
        class_explanation_record(explanation),
    )


def _write(explained: _Explained, target: Path) -> None:
    what, render = (
        ("record", partial(_record, explained)) if target.suffix == RECORD else ("page", explained.page)
    )
    write_whole(target, render())
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


def _essay(asked: Asked, bundle: Bundle, services: Services) -> Essay:
    given, trained = given_columns(bundle.schema), bundle.metadata.data.columns
    if not asked.essays.is_table:
        if asked.essay_id is not None:
            raise PlanError(f"--essay {asked.essay_id} chooses from a table (.csv, .jsonl …); leave it out")
        return read_essays(asked.essays, services, silent, given=given)[0]
    read = read_essays(asked.essays, services, hear_plainly, given=given, trained=trained)
    essays = {essay.id: essay for essay in read}
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


def _record(explained: _Explained) -> str:
    return json.dumps(explained.record, ensure_ascii=False, indent=2, allow_nan=False) + "\n"
