"""Corrected essays in the training part: what teachers decided joins what a plan trains on.

The locked test set is drawn without them and stays as it is: a corrected text that lies in it teaches
nothing. Elsewhere a correction replaces the older grade of its text, or adds an essay. An essay that was
reviewed, since the model doubted it, teaches in every fold and is judged in none: it would make figures out
of fold look worse than the model is. Those of the audit sample are dealt to folds like any other.
"""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from gradewise.errors import InputError, LeakError, SplitError
from gradewise.essays.filters import Filters, apply_filters
from gradewise.essays.intake import ColumnMap, take_in
from gradewise.essays.near_copies import near_copies
from gradewise.essays.records import Essay
from gradewise.essays.scales import Scale
from gradewise.essays.source_queries import JUDGED_LABELS
from gradewise.essays.split_plan import Scheme
from gradewise.essays.suggestions import quotable
from gradewise.essays.texts import text_hash
from gradewise.telemetry import Listener, Notice
from gradewise.workflows.datasets.provenance import provenance_path
from gradewise.workflows.plans.plan import Plan
from gradewise.workflows.scoring.snapshots import Snapshot, read_snapshot
from gradewise.workflows.services import Services

FEEDBACK_LOOP = "feedback_loop"
"""The check that no grade was the system's own."""
AUDIT = "audit"
"""Route of the essays that chance drew."""

_COLUMNS = ColumnMap(
    text="text",
    label="label",
    second_label="second_label",
    id="id",
    prompt="prompt",
    prompt_text="prompt_text",
    written_at="written_at",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectionsUse:
    """What became of corrections."""

    name: str
    """Of the snapshot: its directory."""
    sha256: str
    """Digest of its table: 64 hex digits."""
    n_added: int
    """Essays that the plan's own did not hold."""
    n_regraded: int
    """Essays of the plan's own whose grade a correction replaced or confirmed."""
    n_audit: int
    """Of all that teach, those that chance drew; figures out of fold look at no others of the added."""
    n_locked: int
    """Corrections left out, since their text or one nearly like it, or under ``prompt_holdout`` their prompt,
    is in the locked test set."""
    n_unfit: int
    """Corrections left out by the plan's filters, or since the plan reads columns that they lack."""

    @property
    def n(self) -> int:
        """Corrections that teach."""
        return self.n_added + self.n_regraded


@dataclass(frozen=True, slots=True)
class Corrected:
    """A plan's essays with what corrections add."""

    essays: tuple[Essay, ...]
    """The plan's own, regraded, then the added ones."""
    only_teach: tuple[str, ...]
    """Ids of added essays that no fold may hold out."""
    use: CorrectionsUse
    """What became of corrections."""


def read_corrections(
    plan: Plan,
    scale: Scale,
    essays: Sequence[Essay],
    *,
    test_ids: Collection[str],
    scheme: Scheme,
    services: Services,
    listener: Listener,
) -> Corrected:
    """The plan's essays with what its snapshot of corrections adds; what became of it is said.

    Args:
        plan: names a snapshot.
        scale: of the grades; of classes with the label of texts of none, where the plan names one.
        essays: the plan's own, locked test set among them.
        test_ids: of the locked test set.
        scheme: how essays are split.
        services: opens files.
        listener: hears what became of the corrections.

    Raises:
        InputError: the snapshot cannot be used, or its grades are on another scale.
        LeakError: the plan's own grades are the system's.
        SplitError: the essays are split by time.
    """
    snapshot = _usable_snapshot(plan, scheme)
    lessons, routes = _lessons(snapshot, scale, services)
    tested = set(test_ids)
    locked = [essay for essay in essays if essay.id in tested]
    free = _outside(lessons, locked, by_prompt=scheme == "prompt_holdout")
    fitting = _fitting(free, plan)
    by_text = {text_hash(each.text): each for each in fitting}
    known = {text_hash(essay.text) for essay in essays}
    own = tuple(_regraded(essay, by_text.get(text_hash(essay.text))) for essay in essays)
    added = _addable([each for each in fitting if text_hash(each.text) not in known], essays, plan)
    regraded = [each for each in fitting if text_hash(each.text) in known]
    use = CorrectionsUse(
        name=snapshot.directory.name,
        sha256=snapshot.sha256,
        n_added=len(added),
        n_regraded=len(regraded),
        n_audit=sum(routes[each.id] == AUDIT for each in (*added, *regraded)),
        n_locked=len(lessons) - len(free),
        n_unfit=len(free) - len(added) - len(regraded),
    )
    listener(Notice(in_words(use)))
    only_teach = tuple(each.id for each in added if routes[each.id] != AUDIT)
    return Corrected((*own, *added), only_teach, use)


def _usable_snapshot(plan: Plan, scheme: Scheme) -> Snapshot:
    """The plan's snapshot, once plan and snapshot are known to suit each other."""
    assert plan.data.corrections is not None  # noqa: S101 - the caller has looked
    if scheme == "temporal":
        raise SplitError(
            "corrections cannot join a split by time, whose locked test set is latest; use another: "
            "--scheme stratified_text"
        )
    require_teachers(plan)
    snapshot = read_snapshot(plan.data.corrections)
    _require_no_class(snapshot, plan)
    return snapshot


def require_teachers(plan: Plan) -> None:
    """Refuse to train anew on grades that the system gave itself: errors would feed on themselves.

    Raises:
        LeakError: the plan's grades come of comparative judgement or of a projection.
    """
    label = plan.data.columns.label or ""
    if label in JUDGED_LABELS:
        raise LeakError(
            FEEDBACK_LOOP,
            f"column {quotable(label)!r} holds grades that the system gave itself; train anew on teachers' "
            "grades: --label-column NAME",
        )
    for file in (plan.data.train, plan.data.test):
        if file is not None and _label_origin(provenance_path(file)) == "judgement":
            raise LeakError(
                FEEDBACK_LOOP,
                f"{file}: its grades come of comparative judgement, as {provenance_path(file).name} says; "
                "train anew on teachers' grades",
            )


def _require_no_class(snapshot: Snapshot, plan: Plan) -> None:
    """Refuse texts of no class where the plan knows no label for them, or another."""
    label, known = snapshot.out_of_scope, (plan.classifier.out_of_scope or "").strip()
    if label is not None and label.casefold() != known.casefold():
        asked = f"has {quotable(known)!r} for them" if known else "knows no label for them"
        raise InputError(
            f"{snapshot.directory}: teachers found texts that belong to none of the classes "
            f"({quotable(label)!r}), and the plan {asked}; set classifier.out_of_scope: {quotable(label)}"
        )


def in_words(use: CorrectionsUse) -> str:
    """What became of corrections, in a line."""
    left_out = [
        f"{count} {why}"
        for count, why in (
            (use.n_locked, "of the locked test set"),
            (use.n_unfit, "that the plan's filters or columns exclude"),
        )
        if count
    ]
    line = (
        f"corrections: {use.n} teach, {use.n_added} of them new essays and {use.n_regraded} on essays that "
        f"the plan holds; {use.n_audit} were drawn by chance"
    )
    return f"{line}; left out: {', '.join(left_out)}" if left_out else line


def _lessons(
    snapshot: Snapshot, scale: Scale, services: Services
) -> tuple[tuple[Essay, ...], Mapping[str, str]]:
    """Corrected essays with grades on the plan's scale, and the route of each by id."""
    source = services.open_source(snapshot.table)
    intake = take_in(source.rows(), source.columns(), _COLUMNS, scale, location=source.location)
    return intake.essays, {row["id"]: row["route"] for row in source.rows()}


def _outside(lessons: Sequence[Essay], locked: Sequence[Essay], *, by_prompt: bool) -> list[Essay]:
    """Those that share nothing with the locked test set that its scheme keeps apart."""
    keys = near_copies([essay.text for essay in (*locked, *lessons)])
    held, own = frozenset(keys[: len(locked)]), keys[len(locked) :]
    prompts = {essay.prompt or "" for essay in locked} if by_prompt else frozenset[str]()
    return [
        each
        for each, key in zip(lessons, own, strict=True)
        if key not in held and (each.prompt or "") not in prompts
    ]


def _fitting(lessons: Sequence[Essay], plan: Plan) -> tuple[Essay, ...]:
    filters = plan.data.filters
    if not lessons:
        return ()
    try:
        return apply_filters(
            lessons,
            Filters(
                min_words=filters.min_words,
                max_words=filters.max_words,
                exclude_prompts=filters.exclude_prompts or (),
                only_prompts=filters.only_prompts,
            ),
        ).kept
    except InputError:  # none is left
        return ()


def _addable(lessons: Sequence[Essay], essays: Sequence[Essay], plan: Plan) -> tuple[Essay, ...]:
    """Those that have everything the plan reads of an essay besides text and grade; ids are unlike others."""
    if plan.features.given or plan.data.columns.traits:
        return ()
    taken = {essay.id for essay in essays}
    if clash := taken.intersection(each.id for each in lessons):
        raise InputError(
            f"essay {quotable(min(clash))!r} of the snapshot has the id of another essay; rename that one"
        )
    return tuple(replace(each, groups=dict.fromkeys(plan.data.columns.groups, "")) for each in lessons)


def _regraded(essay: Essay, lesson: Essay | None) -> Essay:
    """An essay with the grade that a teacher gave it last; its second grade stays unless there is a newer."""
    if lesson is None:
        return essay
    return replace(essay, label=lesson.label, second_label=lesson.second_label or essay.second_label)


def _label_origin(provenance: Path) -> str | None:
    """Who gave the grades of an extracted file, as the record beside it says."""
    try:
        content = json.loads(provenance.read_text(encoding="utf-8"))
        origin = content["label"]["origin"]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return str(origin)
