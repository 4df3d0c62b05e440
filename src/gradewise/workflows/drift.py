"""Have texts changed since a model was trained? Texts of today are held against the profile that it keeps."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from gradewise.errors import BundleError, InputError
from gradewise.essays.intake import ColumnMap, take_in
from gradewise.essays.records import Essay
from gradewise.essays.scales import Scale
from gradewise.evaluation.data_profile import DataProfile, TextTable, describe_data
from gradewise.evaluation.drift import ALARM, measure_drift
from gradewise.evaluation.drift_report import DriftReport
from gradewise.features.given import given_columns
from gradewise.models.bundles.verified import Bundle
from gradewise.protocols.tables import EssaySource
from gradewise.reporting.page import Page
from gradewise.reporting.parts import Table
from gradewise.reporting.topics.drift import drift_sections, false_alarms, ranked
from gradewise.reporting.wording import counted, enumerated
from gradewise.telemetry import Listener, Notice, stage
from gradewise.work_events import DriftMeasured
from gradewise.workflows.datasets.guesses import HELD_OF_CLASSES, find_columns
from gradewise.workflows.datasets.reading import column_map
from gradewise.workflows.datasets.remembered import READ_TO_GRADE, as_trained
from gradewise.workflows.measuring.bundle_needs import bundle_checker, require_tasks, with_task_of_training
from gradewise.workflows.measuring.profiling import table_of
from gradewise.workflows.measuring.text_models import bundle_embedder
from gradewise.workflows.plans.data import ColumnsPlan
from gradewise.workflows.score import bundle_matrix
from gradewise.workflows.services import Services

MOST_TOLD = 40
"""Checks that metrics are told of one by one, the most moved."""
TRAINING = "what the model learnt from"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Which texts are held against what."""

    essays: Path
    """A file of texts, with labels or without."""
    against: Path | None = None
    """Another one; what the model learnt from when ``None``."""
    columns: ColumnsPlan = field(default_factory=ColumnsPlan)
    """Of both files; what is not named is guessed."""
    prompt_text: str | None = None
    """The task, of texts that come without it."""
    alarm: float = ALARM
    """How often texts of the same kind may raise any alarm."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What has changed, and the page that shows it."""

    report: DriftReport
    """What was measured."""
    page: Page
    """For people."""


def find_drift(asked: Asked, bundle: Bundle | None, services: Services, *, listener: Listener) -> Found:
    """Hold texts against what a model learnt from, or against other texts.

    Args:
        asked: which.
        bundle: the model that measures them and says what it thinks of them; ``None`` compares the texts as
            they stand, which needs other texts.
        services: cache, checker, clock.
        listener: hears stages, and what came of it.

    Raises:
        InputError: a file cannot be used.
        BundleError: the bundle keeps no profile, or this installation does not measure as it needs.
    """
    if asked.against is None:
        profile = kept_profile(bundle)
    else:
        profile = describe_data(_table(asked.against, asked, bundle, services, listener, like=None))
    table = _table(asked.essays, asked, bundle, services, listener, like=profile)
    with stage(listener, "drift"):
        report = measure_drift(profile, table, alarm=asked.alarm)
    listener(drift_measured(report, model="" if bundle is None else bundle.metadata.name))
    return Found(report=report, page=drift_page(report, asked, bundle, made_at=services.clock()))


def kept_profile(bundle: Bundle | None) -> DataProfile:
    """The profile of the data that a model learnt from.

    Raises:
        BundleError: it keeps none.
    """
    found = None if bundle is None else bundle.profile.data
    if found is None:
        who = (
            "without a model" if bundle is None else f"model {bundle.metadata.name} {bundle.metadata.version}"
        )
        raise BundleError(
            f"{who}: no profile of the training data is kept (models trained by older versions have none); "
            "name texts to compare with: --against FILE, or train the model again"
        )
    return found


def read_texts(
    path: Path, named: ColumnsPlan, bundle: Bundle | None, services: Services, listener: Listener
) -> tuple[Essay, ...]:
    """The texts of a file, with their labels where every row has one; rows that cannot be used are told.

    Raises:
        InputError: no column of texts is found, or no row can be used.
    """
    source = services.open_source(path)
    for notice in source.notices:
        listener(Notice(notice))
    if bundle is not None:
        roles = (*READ_TO_GRADE, "label")
        named = as_trained(named, bundle.metadata.data.columns, source, listener, roles=roles)
    columns = find_columns(source, named, ("text",), held=HELD_OF_CLASSES)
    given = () if bundle is None else given_columns(bundle.schema)
    intake = take_in(
        source.rows(),
        source.columns(),
        _labelled(source, column_map(columns, given=given)),
        None,
        location=source.location,
        on_bad_rows="set_aside",
        needs_words=bundle is not None and bundle.scale.ordered,
    )
    if intake.set_aside:
        reasons = Counter(row.reason for row in intake.set_aside)
        told = enumerated([f"{reason} {n}" for reason, n in reasons.most_common()])
        listener(Notice(f"{counted(len(intake.set_aside), 'row')} left out: {told}"))
    return intake.essays if bundle is None else _spelled(intake.essays, bundle.scale)


def drift_page(report: DriftReport, asked: Asked, bundle: Bundle | None, *, made_at: datetime) -> Page:
    """What has changed, as a page."""
    model = "no model" if bundle is None else f"{bundle.metadata.name} {bundle.metadata.version}"
    against = TRAINING if asked.against is None else asked.against.name
    sections = drift_sections(report, against=against)
    return Page(
        title="Have the texts changed?",
        subtitle=f"{asked.essays.name} · {counted(report.n_now, 'text')} · {model}",
        made_at=made_at,
        statements=sections[0].statements,
        sections=sections,
        making=Table(
            ("About", "What"),
            (
                ("Texts", asked.essays.name),
                ("Held against", f"{against}, {counted(report.n_then, 'text')}"),
                ("Model", model),
                false_alarms(asked.alarm),
            ),
            prose=True,
        ),
    )


def drift_measured(report: DriftReport, *, model: str, version: str = "") -> DriftMeasured:
    """What metrics and logs are told of a report; the version where answers were looked at."""
    told = ranked(report.checks)[:MOST_TOLD]
    return DriftMeasured(
        model=model,
        version=version,
        verdict=report.verdict,
        n_texts=report.n_now,
        checks=dict(Counter(each.verdict for each in report.checks)),
        moved={each.name: each.share_of_alarm for each in told if each.verdict != "too few"},
    )


def _table(
    path: Path,
    asked: Asked,
    bundle: Bundle | None,
    services: Services,
    listener: Listener,
    *,
    like: DataProfile | None,
) -> TextTable:
    """The texts of a file, with what the model measures of them and says of them."""
    essays = [
        essay if essay.prompt_text else replace(essay, prompt_text=asked.prompt_text)
        for essay in read_texts(path, asked.columns, bundle, services, listener)
    ]
    if bundle is None:
        return table_of(essays, like=like)
    essays = list(with_task_of_training(bundle, essays, listener))
    require_tasks(bundle, essays)
    checker, embedder = bundle_checker(bundle, services), bundle_embedder(bundle, services)
    matrix = bundle_matrix(bundle, essays, services, checker=checker, embedder=embedder, listener=listener)
    said = None if _taught(path, bundle, services, listener) else bundle.overall.say(matrix.values)
    return table_of(essays, matrix, said=said, scale=bundle.scale, like=like)


def _taught(path: Path, bundle: Bundle, services: Services, listener: Listener) -> bool:
    """Whether it is the file that the model was trained on, of whose texts it is surer than of others."""
    if services.open_source(path).sha256() != bundle.metadata.data.sha256:
        return False
    listener(Notice(f"the model was trained on texts of {path.name}: what it says of them is not compared"))
    return True


def _labelled(source: EssaySource, columns: ColumnMap) -> ColumnMap:
    """The columns, that of labels only where every row has one."""
    label = columns.label
    if label is None or (
        label in source.columns() and all((row[label] or "").strip() for row in source.rows())
    ):
        return columns
    return replace(columns, label=None)


def _spelled(essays: Sequence[Essay], scale: Scale) -> tuple[Essay, ...]:
    """The essays with labels as the model spells them; those that it does not know stay."""
    spellings: dict[str, str] = {}
    for label in {essay.label for essay in essays if essay.label is not None}:
        try:
            spellings[label] = scale.canonical(label)
        except InputError:
            spellings[label] = label
    return tuple(
        essay if essay.label is None else replace(essay, label=spellings[essay.label]) for essay in essays
    )
