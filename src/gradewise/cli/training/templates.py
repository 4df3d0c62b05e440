"""What `gradewise init` writes: a plan, or a `config.yaml` of text classification."""

import difflib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from gradewise.bootstrap import services_from
from gradewise.cli.asking import parse_scale, plan_from, plan_name
from gradewise.cli.terminal import err, progress_shown
from gradewise.errors import PlanError
from gradewise.settings import read_settings
from gradewise.whole_files import write_whole
from gradewise.workflows.datasets.pipeline_template import pipeline_for
from gradewise.workflows.datasets.reading import with_guesses
from gradewise.workflows.plans.pipeline import Pipeline
from gradewise.workflows.plans.plan import Plan
from gradewise.workflows.plans.reading import rebased
from gradewise.workflows.plans.schema import schema_json
from gradewise.workflows.plans.template import commented_pipeline, commented_plan


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedTemplate:
    """What `gradewise init` was asked for."""

    template: str
    """A name in `TEMPLATES`."""
    source: Path | None
    """A file that it is written for."""
    output: Path | None
    """Where it goes; the usual name of its kind when ``None``."""
    text_column: str | None = None
    """Column of texts, where its name does not tell."""
    label_column: str | None = None
    """Column of grades or classes, where its name does not tell."""
    scale: str | None = None
    """Of grades, as typed."""
    recipe: str | None = None
    """Changes of a plan that are known by name."""
    set_aside: bool = False
    """Whether rows that cannot be used are left out; a training stops at them otherwise."""
    with_schema: bool = False
    """Whether a JSON Schema is written beside it."""
    force: bool = False
    """Whether an existing file is replaced."""


@dataclass(frozen=True, slots=True)
class Template:
    """A kind of file that `gradewise init` writes."""

    file: str
    """Its usual name."""
    section: type[Plan] | type[Pipeline]
    """What it holds."""
    write: Callable[[AskedTemplate, Path, str | None], str]
    """From what was asked, where it will lie and where its schema will lie, its content."""


def write_template(asked: AskedTemplate) -> None:
    """Write what was asked for, and say what comes next.

    Raises:
        PlanError: there is no such template, the file exists, or an option has no part in it.
        InputError: the data cannot be read, or does not tell its columns.
    """
    kind = _find(asked.template)
    output = asked.output or Path(kind.file)
    if output.exists() and not asked.force:
        raise PlanError(f"{output} exists; choose another name with --output, or replace it with --force")
    beside = output.with_suffix(".schema.json") if asked.with_schema else None
    content = kind.write(asked, output.parent, None if beside is None else beside.name)
    if beside is not None:
        write_whole(beside, schema_json(kind.section))
    write_whole(output, content)
    err.print(f"{output} written; next: gradewise plan check {output}", soft_wrap=True)


def schema_of(template: str) -> str:
    """The JSON Schema of a kind of file.

    Raises:
        PlanError: there is no such template.
    """
    return schema_json(_find(template).section)


def _find(name: str) -> Template:
    if name not in TEMPLATES:
        near = difflib.get_close_matches(name, TEMPLATES, n=1)
        hint = f"did you mean {near[0]!r}?" if near else f"choose one of: {', '.join(TEMPLATES)}"
        raise PlanError(f"unknown template {name!r}; {hint}")
    return TEMPLATES[name]


def _plan(asked: AskedTemplate, directory: Path, schema: str | None) -> str:
    options = {
        "data.columns.text": asked.text_column,
        "data.columns.label": asked.label_column,
        "scale": parse_scale(asked.scale),
        "data.on_bad_rows": "set_aside" if asked.set_aside else None,
    }
    plan = plan_from(asked.source or Path("essays.csv"), options, recipe=asked.recipe)
    if asked.source is not None:
        with services_from(read_settings()) as services, progress_shown() as listener:
            plan = with_guesses(plan, services.open_source(asked.source), listener)
        plan = rebased(plan, directory)
    return commented_plan(plan, schema=schema)


def _pipeline(asked: AskedTemplate, directory: Path, schema: str | None) -> str:
    for option, value in (("--scale", asked.scale), ("--recipe", asked.recipe)):
        if value is not None:
            raise PlanError(
                f"{option} {value!r} has no part in text-classification: classes have no order, and every "
                "label that occurs is one; leave it out"
            )
    if asked.source is None:
        raw = {"path": "texts.csv", "text_column": asked.text_column, "label_column": asked.label_column}
        pipeline = Pipeline.model_validate({"data": raw})
    else:
        pipeline = _pipeline_for(asked.source, asked, directory)
    if asked.set_aside:
        data = pipeline.data.model_copy(update={"on_bad_rows": "set_aside"})
        pipeline = pipeline.model_copy(update={"data": data})
    return commented_pipeline(pipeline, schema=schema)


def _pipeline_for(source: Path, asked: AskedTemplate, directory: Path) -> Pipeline:
    with services_from(read_settings()) as services:
        return pipeline_for(
            services.open_source(source),
            path=source,
            directory=directory,
            name=plan_name(source),
            text=asked.text_column,
            label=asked.label_column,
        )


TEMPLATES: Mapping[str, Template] = {
    "essay-grading": Template("plan.yaml", Plan, _plan),
    "text-classification": Template("config.yaml", Pipeline, _pipeline),
}
"""By name what there is."""
