"""A batch is made final as the command line does it: which model, which rules, and how it is shown."""

import sys
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from gradewise.bootstrap import services_from
from gradewise.cli.asking import parse_scale
from gradewise.cli.judge.batch_views import result_csv, result_json
from gradewise.cli.judge.batches_running import with_batches
from gradewise.cli.judge.batches_shown import show_result
from gradewise.cli.opening import open_named
from gradewise.cli.terminal import err, progress_shown
from gradewise.errors import BundleError, PlanError
from gradewise.essays.scales import find_scale
from gradewise.judgement.batches import BatchResult
from gradewise.protocols.scoring import FillableBatches
from gradewise.settings import read_settings
from gradewise.telemetry import Listener, Notice
from gradewise.whole_files import write_whole
from gradewise.workflows.judge.finalize import FinalizeRules, finalize, work_out
from gradewise.workflows.scoring.bundle_scoring import BundleScoring

FORMS = (".csv", ".json")
"""Of files that results are written to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedFinal:
    """What was typed after `gradewise finalize`."""

    batch: str
    """Which batch."""
    model: str | None
    """Which model; the deployed one when ``None``."""
    use_model: bool
    """Whether a model is asked."""
    embedding_model: Path | None
    """Directory of the text model that the bundle needs."""
    output: Path | None
    """File for results."""
    excel: bool
    """Whether a CSV file is written as spreadsheet programs of most of Europe open it by a click."""
    dry_run: bool
    """Whether nothing is written down."""
    min_comparisons: int
    """Fewest comparisons of an essay that a model is asked about."""
    deadline_s: float
    """Of the model, in seconds."""
    scale: str | None
    """Of the anchors' grades."""
    rank_anchors: bool
    """Whether anchors take places."""
    allow_unconnected: bool
    """Whether unconnected essays are ranked."""
    tables: Path | None
    """File that says what tables are called."""
    json: bool
    """Whether JSON is shown."""


def finalize_shown(asked: AskedFinal) -> None:
    """Make a batch final, and show what it came to."""
    if asked.output is not None and asked.output.suffix.lower() not in FORMS:
        raise PlanError(f"results cannot be written as {asked.output.name!r}; name a .csv or a .json file")
    result = _result(asked)
    if asked.output is not None:
        as_csv = asked.output.suffix.lower() == ".csv"
        write_whole(asked.output, result_csv(result, excel=asked.excel) if as_csv else result_json(result))
        err.print(f"results written to {asked.output}", soft_wrap=True)
    if asked.json:
        sys.stdout.write(result_json(result))
        return
    show_result(result)
    if asked.dry_run:
        err.print("nothing was written down; without --dry-run it is final", soft_wrap=True)


def _result(asked: AskedFinal) -> BatchResult:
    with ExitStack() as stack:
        listener = stack.enter_context(progress_shown())
        scoring = _scoring(asked, stack, listener)
        rules, clock = _rules(asked), partial(datetime.now, UTC)

        async def _work(batches: FillableBatches) -> BatchResult:
            if asked.dry_run:
                batch = await batches.batch(asked.batch)
                return await work_out(batch, scoring=scoring, clock=clock, rules=rules, listener=listener)
            return await finalize(
                asked.batch, batches=batches, scoring=scoring, clock=clock, rules=rules, listener=listener
            )

        return with_batches(_work, asked.tables)


def _rules(asked: AskedFinal) -> FinalizeRules:
    scale = parse_scale(asked.scale)
    return FinalizeRules(
        min_comparisons=asked.min_comparisons,
        deadline_s=asked.deadline_s,
        use_model=asked.use_model,
        scale=None if scale is None else find_scale(scale),
        rank_anchors=asked.rank_anchors,
        allow_unconnected=asked.allow_unconnected,
    )


def _scoring(asked: AskedFinal, stack: ExitStack, listener: Listener) -> BundleScoring | None:
    """The model that is asked, if any."""
    if not asked.use_model:
        return None
    models = read_settings().models_directory
    named = asked.model or _deployed(models)
    if named is None:
        listener(
            Notice(
                f"no model is in production under {models}: judgement alone grades what is not final yet; "
                "name a model with --model, or say so with --no-model"
            )
        )
        return None
    bundle = open_named(named).bundle
    settings = read_settings().with_embedding_model(asked.embedding_model)
    services = stack.enter_context(services_from(settings))
    return BundleScoring(bundle, services, listener=listener)


def _deployed(models: Path) -> str | None:
    """The only model that is in production; ``None`` where there is none.

    Raises:
        BundleError: there are several.
    """
    found = sorted(path.parent.parent for path in models.glob("*/production/model_metadata.json"))
    if len(found) > 1:
        names = ", ".join(path.name for path in found)
        raise BundleError(f"{models} has several models in production ({names}); name one with --model")
    return str(found[0]) if found else None
