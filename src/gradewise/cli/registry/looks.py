"""What the registry knows, asked for and shown."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from gradewise.cli.columns import listed
from gradewise.cli.registry.difference import difference_notes, difference_table
from gradewise.cli.registry.running import with_registry
from gradewise.cli.registry.views import (
    change_lines,
    model_line,
    model_page,
    model_table,
    run_lines,
    runs_table,
    summary_table,
)
from gradewise.cli.terminal import err, out, printable
from gradewise.errors import RegistryError
from gradewise.evaluation.interval_json import interval_to_json
from gradewise.experiments import entry_to_json, headline
from gradewise.registry.differences import ModelDifferences, differences
from gradewise.registry.record_json import differences_to_json, record_to_json
from gradewise.registry.records import ModelRecord
from gradewise.registry.summaries import NameSummary, VersionPoint
from gradewise.reporting.wording import counted
from gradewise.whole_files import write_whole
from gradewise.workflows.registry.catalogue import (
    KnownModel,
    Listing,
    Newest,
    RegistrySummary,
    known_of,
    list_models,
    newest,
    summary_of,
)
from gradewise.workflows.registry.export import (
    answer_json,
    model_row,
    models_to_json,
    run_row,
    runs_to_json,
    to_csv,
)
from gradewise.workflows.registry.references import find_model
from gradewise.workflows.registry.services import RegistryServices

EMPTY = "no models are registered; train one, then: gradewise registry register"
"""What stands where there is nothing to show."""


def show_models(name: str | None, *, stage: str | None, limit: int, json: bool) -> None:
    """List models, newest first."""

    async def _asked(services: RegistryServices) -> Listing:
        return await list_models(services.registry, name=name, stage=stage, limit=limit)

    listing = with_registry(_asked)
    if json:
        _print(models_to_json(listing.models))
    elif listing.models:
        _print(model_table(listing, width=out.width if out.is_terminal else None))
        if listing.more:
            err.print(f"older ones are left out; see more with --limit {limit * 10}", soft_wrap=True)
    else:
        chosen = " ".join(f"{key} {value}" for key, value in (("name", name), ("stage", stage)) if value)
        err.print(printable(f"no model of {chosen}" if chosen else EMPTY), soft_wrap=True)


def show_runs(experiment: str | None, *, state: str | None, limit: int, json: bool) -> None:
    """List tracked runs, newest first."""
    found = with_registry(
        lambda services: services.registry.runs(experiment=experiment, state=state, limit=limit + 1)
    )
    shown = found[:limit]
    if json:
        _print(runs_to_json(shown))
    elif shown:
        _print(run_lines(shown, reasons=state == "failed"))
        if state == "failed":
            err.print("go on with one: gradewise runs resume DIRECTORY", soft_wrap=True)
        if len(found) > limit:
            err.print(f"older ones are left out; see more with --limit {limit * 10}", soft_wrap=True)
    else:
        err.print("no such runs are tracked", soft_wrap=True)


def show_latest(name: str | None, *, json: bool) -> None:
    """The newest model and the newest run that ended well.

    Raises:
        RegistryError: there is neither.
    """

    async def _asked(services: RegistryServices) -> Newest:
        return await newest(services.registry, name)

    found = with_registry(_asked)
    if json:
        model = None if found.model is None else record_to_json(found.model)
        _print(answer_json(model=model, run=None if found.run is None else entry_to_json(found.run)))
        return
    if found.model is None and found.run is None:
        raise RegistryError(
            EMPTY if name is None else f"there is neither a model nor a run of the name {name!r}"
        )
    facts = {"model": "none" if found.model is None else model_line(found.model), "run": "none"}
    if found.run is not None:
        figure = headline(found.run.metrics)
        facts["run"] = ", ".join(
            part for part in (found.run.output, found.run.command, found.run.timestamp[:10], figure) if part
        )
    _print(listed(facts))


def show_model(text: str, *, json: bool) -> None:
    """Everything that is known of a model."""

    async def _asked(services: RegistryServices) -> KnownModel:
        return await known_of(services.registry, await find_model(services.registry, text))

    known = with_registry(_asked)
    if json:
        record = {
            **record_to_json(known.model),
            "changes": [record_to_json(each) for each in known.changes],
            "gates": [record_to_json(each) for each in known.gates],
        }
        _print(answer_json(**record))
    else:
        _print(model_page(known))


def show_summary(name: str | None, *, metric: str | None, page: Path | None, json: bool) -> None:
    """How models and runs fared; as a page too, where a file is named."""

    async def _asked(services: RegistryServices) -> RegistrySummary:
        found = await summary_of(services.registry, name=name, metric=metric)
        if page is not None:
            from gradewise.cli.registry.page import write_summary

            write_summary(page, found, services)
        return found

    found = with_registry(_asked)
    if json:
        _print(_summary_json(found))
    else:
        parts = [summary_table(found.names)] if found.names else []
        parts += [runs_table(found.runs)] if found.runs else []
        if parts:
            _print("\n\n".join(parts))
        else:
            err.print(EMPTY, soft_wrap=True)
    if page is not None:
        err.print(f"page: {page}", soft_wrap=True)


def show_history(name: str | None, *, limit: int, json: bool) -> None:
    """What was done, newest first."""
    found = with_registry(lambda services: services.registry.changes(name=name, limit=limit))
    if json:
        _print(answer_json(changes=[record_to_json(change) for change in found]))
    elif found:
        _print(change_lines(found))
    else:
        err.print(
            "nothing was done yet" if name is None else f"nothing was done about {name!r}", soft_wrap=True
        )


def show_differences(first: str, second: str, *, json: bool) -> None:
    """What differs between two models."""

    async def _asked(services: RegistryServices) -> ModelDifferences:
        one, other = [await find_model(services.registry, text) for text in (first, second)]
        return differences(one, other)

    found = with_registry(_asked)
    if json:
        _print(answer_json(**differences_to_json(found)))
        return
    if found.first.id == found.second.id:
        _print(f"both are {found.first.label}: nothing differs; models by name: gradewise registry list")
        return
    if found.same_bundle:
        _print(f"{found.first.label} and {found.second.label} are one bundle, byte for byte")
    if found.facts or found.figures:
        out.print(difference_table(found))
    for line in difference_notes(found):
        _print(f"• {line}")


def write_export(format_: str, *, output: Path | None, runs: bool, name: str | None) -> None:
    """All models or runs as a table."""
    if runs:
        entries = with_registry(lambda services: services.registry.runs(experiment=name))
        text = to_csv(map(run_row, entries)) if format_ == "csv" else runs_to_json(entries)
        n = counted(len(entries), "run")
    else:
        models: Sequence[ModelRecord] = with_registry(lambda services: services.registry.models(name=name))
        text = to_csv(map(model_row, models)) if format_ == "csv" else models_to_json(models)
        n = counted(len(models), "model")
    if output is None:
        _print(text.rstrip("\r\n"))
    else:
        # A mark of the encoding: without it spreadsheets take UTF-8 for something older.
        write_whole(output, f"\ufeff{text}" if format_ == "csv" else f"{text}\n")
        err.print(f"{n} written to {output}", soft_wrap=True)


def _print(text: str) -> None:
    out.print(printable(text), soft_wrap=True)


def _summary_json(found: RegistrySummary) -> str:
    names = [
        {**_name_json(each), "versions": [_point_json(point) for point in each.points]}
        for each in found.names
    ]
    return answer_json(names=names, runs=[record_to_json(each) for each in found.runs])


def _name_json(summary: NameSummary) -> dict[str, Any]:
    production = summary.state.production
    return {
        "name": summary.state.name,
        "metric": summary.metric,
        "production": None if production is None else production.version,
        "same_essays": summary.same_essays,
    }


def _point_json(point: VersionPoint) -> dict[str, Any]:
    return {"version": point.model.version, "stage": point.model.stage, **interval_to_json(point.figure)}
