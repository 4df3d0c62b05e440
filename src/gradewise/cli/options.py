"""Options that set keys of a plan: one table, from which commands take what they need."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

DATA, SPLIT, FEATURES, LEARNING, RUN = "Texts", "Splits", "Features", "Learning", "Run"
"""Under which heading help shows an option."""
COLUMNS, SEEDS, GRID, RANKING, SEARCH = "Columns", "Repetition", "Grid", "Ranking", "Search"
"""The same, for options of single commands."""
DATABASE = "Database"
"""The same, for what is asked of a database of essays."""
KEEPING = "Registry"
"""The same, for commands that train a model."""
CLASSES = "Classes, with --task nominal or a config.yaml"
"""The same, for what has a part in `task: nominal` alone."""


def as_given(value: Any) -> Any:
    """The value itself."""
    return value


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanOption:
    """An option of the command line that sets keys of the plan."""

    flags: tuple[str, ...]
    """How it is written; the first gives the parameter its name."""
    keys: tuple[str, ...]
    """Dotted keys of the plan that it sets."""
    help: str
    """What it does, in a line."""
    panel: str
    """Under which heading help shows it."""
    kind: Any = str
    """Of the value: ``str``, ``int``, ``float``, ``bool``, ``Path``, or ``list[str]`` if repeatable."""
    convert: Callable[[Any], Any] = as_given
    """From the value that was given to the plan's."""

    @property
    def name(self) -> str:
        """Of the parameter: unique among options."""
        return self.flags[0].removeprefix("--").replace("-", "_")


def _scale(text: str) -> Any:
    from gradewise.cli.asking import parse_scale

    return parse_scale(text)


def _learners(names: Sequence[str]) -> tuple[str, ...]:
    return () if list(names) == ["none"] else tuple(names)


def _grid(path: Path) -> dict[str, Any]:
    from gradewise.workflows.research.grid import read_grid

    return read_grid(path)


def _known_as(names: Mapping[str, Any]) -> Callable[[str], Any]:
    """A converter from other names of a value to the value; the plan judges what is left."""
    return lambda name: names.get(name, name)


def _spelled(table: str) -> Callable[[str], Any]:
    """A converter from what other tools call a value, by a table that is read on use."""

    def convert(name: str) -> Any:
        from gradewise.workflows.plans import pipeline as plan_pipeline
        from gradewise.workflows.plans.spellings import Spellings

        return Spellings(getattr(plan_pipeline, table)).read(name, ())

    return convert


def _option(
    flags: str,
    keys: str,
    panel: str,
    help_: str,
    *,
    kind: Any = str,
    convert: Callable[[Any], Any] = as_given,
) -> PlanOption:
    return PlanOption(
        flags=tuple(flags.split()),
        keys=tuple(keys.split()),
        panel=panel,
        help=help_,
        kind=kind,
        convert=convert,
    )


MAPPINGS = {"round_half_band": "rounding", "qwk_cutpoints_lfo": "cutpoints"}
MODES = {"regression": "residuals", "ordinal_multiclass_expected": "multiclass"}
OBJECTIVES = {"worst_prompt_qwk_then_mean_qwk": "worst_prompt_qwk"}
WEIGHTINGS = {"none": False, "sqrt_inv_freq": True}

OPTIONS: tuple[PlanOption, ...] = (
    _option("--dataset-kind", "data.kind", DATA, "csv, ellipse, asap or ielts: columns, filters and terms are known."),
    _option("--test --test-path --ellipse-test-path", "data.test", DATA, "Locked test file; drawn when absent.", kind=Path),
    _option("--task", "task", DATA, "ordinal: grades have an order (default); nominal: labels are classes without one."),
    _option("--scale", "scale", DATA, "swedish6, swedish8, eng5, cefr, ielts, ellipse, a range (1-6), or grades: 'IG,G,VG'.", convert=_scale),
    _option("--text-column", "data.columns.text", DATA, "Column that holds the texts."),
    _option("--label-column", "data.columns.label", DATA, "Column that holds the grades."),
    _option("--second-label-column", "data.columns.second_label", DATA, "Column of a second teacher's grades."),
    _option("--id-column", "data.columns.id", DATA, "Column that names the texts."),
    _option("--prompt-column", "data.columns.prompt", DATA, "Column that tells tasks apart."),
    _option("--written-at-column", "data.columns.written_at", DATA, "Column of times of writing, for temporal splits."),
    _option("--writer-column", "data.columns.writer", DATA, "Column of who wrote: one's texts stay together in splits."),
    _option("--trait", "data.columns.traits", DATA, "Column of a trait to grade as well; repeatable.", kind=list[str]),
    _option("--given", "features.given", DATA, "Column of numbers to use as a feature; repeatable; or all.", kind=list[str]),
    _option("--prompt", "data.filters.only_prompts", DATA, "Use the texts of this prompt only; repeatable.", kind=list[str]),
    _option("--exclude-prompt", "data.filters.exclude_prompts", DATA, "Leave this prompt out; repeatable.", kind=list[str]),
    _option("--min-words", "data.filters.min_words", DATA, "Shortest text kept, in words.", kind=int),
    _option("--max-words", "data.filters.max_words", DATA, "Longest text kept, in words.", kind=int),
    _option("--language", "language", DATA, "Language of the texts: en, sv."),
    _option(
        "--set-aside", "data.on_bad_rows", DATA, "Leave unusable rows out instead of stopping.",
        kind=bool, convert=lambda given: "set_aside" if given else None,
    ),
    _option(
        "--allow-pickle", "data.allow_pickle", DATA, "Read .pkl files; only ones that you wrote yourself.",
        kind=bool,
    ),
    _option("--splits-path", "split.reuse", SPLIT, "A saved splits.json to follow.", kind=Path),
    _option("--scheme", "split.scheme", SPLIT, "stratified_text, prompt_holdout or temporal."),
    _option("--n-splits --folds", "split.folds", SPLIT, "Folds of the training part, 2 to 20.", kind=int),
    _option("--inner-folds", "split.inner_folds", SPLIT, "Folds within each fold's training part.", kind=int),
    _option("--test-share", "split.test_share", SPLIT, "Share drawn as locked test set.", kind=float),
    _option("--seed", "split.seed model.seed classifier.seed", SPLIT, "Of splits and models.", kind=int),
    _option("--feature-set", "features.set", FEATURES, "handcrafted, embeddings or combined."),
    _option("--embedding-model", "features.embedder.model", FEATURES, "Directory of an ONNX text model.", kind=Path),
    _option("--embedding-components", "features.embedder.components", FEATURES, "Principal components instead of dimensions.", kind=int),
    _option(
        "--predictor-handcrafted-keep --keep", "features.keep", FEATURES, "Use only this feature; repeatable.", kind=list[str]
    ),
    _option(
        "--predictor-handcrafted-drop --drop", "features.drop", FEATURES, "Leave this feature out; repeatable.", kind=list[str]
    ),
    _option(
        "--reuse-feature-store-dir --reuse-cv-feature-store-dir", "features.store", FEATURES,
        "A feature store, or the run that made one, to read from.", kind=Path,
    ),
    _option(
        "--text-learner", "features.text_learners", FEATURES, "words, characters, runs or none; repeatable.",
        kind=list[str], convert=_learners,
    ),
    _option("--checker", "features.checker", FEATURES, "harper or none."),
    _option("--engine", "model.engine", LEARNING, "lightgbm, xgboost or both."),
    _option(
        "--training-mode", "model.probabilities", LEARNING, "residuals (or regression), cumulative_link, frank_hall, multiclass.", convert=_known_as(MODES)
    ),
    _option("--ensemble-size", "model.seeds", LEARNING, "Models by as many seeds are averaged.", kind=int),
    _option("--linear-share", "model.linear_share", LEARNING, "Share of the score from ridge regression.", kind=float),
    _option(
        "--grade-band-weighting", "model.band_weights", LEARNING, "none or sqrt_inv_freq: rare grades weigh more.",
        convert=_known_as(WEIGHTINGS),
    ),
    _option(
        "--decision --prediction-mapping", "model.decision", LEARNING, "Score to grade: auto, rounding, rescale, cutpoints.",
        convert=_known_as(MAPPINGS),
    ),
    _option("--calibration", "model.calibration", LEARNING, "none, temperature, sigmoid or isotonic."),
    _option("--learner", "classifier.learner", CLASSES, "logistic_regression, linear_svm, gradient_boosting, voting or stacking.", convert=_spelled("LEARNERS")),
    _option("--balancing", "classifier.balancing", CLASSES, "none, class_weights or smote."),
    _option("--search", "classifier.search.method", CLASSES, "How settings are searched for: none, grid, random, bayesian.", convert=_spelled("SEARCHES")),
    _option("--search-metric", "classifier.search.metric", CLASSES, "What is made best: macro_f1, weighted_f1, accuracy or log_loss.", convert=_spelled("METRIC_NAMES")),
    _option("--penalty", "classifier.penalty", CLASSES, "Of linear learners: l2, l1, elastic_net or none; of linear_svm l2 or l1."),
    _option("--c", "classifier.c", CLASSES, "How little linear learners are held back; scikit-learn's C.", kind=float),
    _option("--tfidf", "features.tfidf.kind", CLASSES, "Wording that is learnt from: words, characters or none."),
    _option("--tfidf-components", "features.tfidf.components", CLASSES, "Columns that are made of it.", kind=int),
    _option("--out-of-scope", "classifier.out_of_scope", CLASSES, "A label that is no class: its texts teach nothing."),
    _option("--gates", "evaluation.gates", RUN, "Rules to hold the model to: seeds, williamson2012, ctb2014, classes; repeatable.", kind=list[str]),
    _option("--name --experiment --experiment-name", "name", RUN, "Of the experiment: runs of one name lie together."),
    _option(
        "--column", "drop_column.columns", COLUMNS, "Leave out this column; repeatable; all in turn when absent.",
        kind=list[str],
    ),
    _option("--noise-columns", "drop_column.noise_columns", COLUMNS, "Random columns behind the noise floor.", kind=int),
    _option("--stable-share", "drop_column.stable_share", COLUMNS, "Share of folds that a kept column helps in.", kind=float),
    _option("--by-prompt", "drop_column.by_prompt", COLUMNS, "Intervals speak of other prompts too.", kind=bool),
    _option("--rank-by", "drop_column.rank_by sweep.rank_by", RANKING, "What order and verdict go by: rps, qwk or mae."),
    _option("--seeds", "drop_column.seeds ablation.seeds", SEEDS, "Models by as many seeds, averaged.", kind=int),
    _option("--grid-path --grid", "sweep.grid", GRID, "YAML or JSON: values to try by key of the plan.", kind=Path, convert=_grid),
    _option("--max-runs", "sweep.max_runs", GRID, "Most combinations.", kind=int),
    _option("--shuffle", "sweep.shuffle", GRID, "Take combinations in random order.", kind=bool),
    _option("--shuffle-seed", "sweep.seed", GRID, "Of that order.", kind=int),
    _option("--trials --n-trials", "tune.trials classifier.search.trials", SEARCH, "Configurations to evaluate, all different.", kind=int),
    _option("--sampler", "tune.sampler", SEARCH, "tpe, or random."),
    _option(
        "--objective", "tune.objective", SEARCH, "What is made best: rps, qwk, rmse or worst_prompt_qwk.",
        convert=_known_as(OBJECTIVES),
    ),
    _option("--batch", "tune.batch", SEARCH, "Configurations proposed at a time; it shapes the result.", kind=int),
    _option(
        "--no-prune", "tune.prune", SEARCH, "Give no configuration up after some folds.",
        kind=bool, convert=lambda given: False if given else None,
    ),
    _option("--nested-trials", "tune.nested_trials", SEARCH, "Configurations of the search repeated within each fold; 0: no check.", kind=int),
    _option("--search-seed", "tune.seed", SEARCH, "Of the search.", kind=int),
    _option("--storage", "tune.storage", SEARCH, "SQLAlchemy URL of a database for the study."),
    _option("--min-prompt-n", "compare.min_prompt", SEARCH, "Fewest essays of a prompt that is judged alone.", kind=int),
    _option("--preset --schema", "source.preset", DATABASE, "essays, judgement_seed or judgement: which tables there are."),
    _option("--since-days", "source.filters.since_days", DATABASE, "Only essays of so many days before now.", kind=int),
    _option("--since", "source.filters.since", DATABASE, "Only essays from this date on: 2025-05-14."),
    _option("--min-comparisons", "source.filters.min_comparisons", DATABASE, "Fewest decided comparisons of an essay.", kind=int),
    _option("--status", "source.filters.status", DATABASE, "Status of the batch, such as COMPLETE_*; repeatable.", kind=list[str]),
    _option("--text-from", "source.columns.text", DATABASE, "Where the essays stand: column or table.column."),
    _option("--label-from", "source.columns.label", DATABASE, "Where the grades stand: column or table.column."),
    _option("--label-origin", "source.label_origin", DATABASE, "Who gave the grades: teacher or judgement."),
    _option(
        "--no-judgement-features", "source.features.judgement", DATABASE, "Leave scores and win rates out.",
        kind=bool, convert=lambda given: () if given else None,
    ),
    _option(
        "--allow-circular-label", "source.allow_circular_label", DATABASE,
        "Let a judged label stand beside features that decide it.", kind=bool,
    ),
    _option("--run-name", "run_name", RUN, "Of this run; the command's name when absent."),
    _option("--output", "output", RUN, "Where run directories are made.", kind=Path),
    _option("--register", "tracking.register_model", KEEPING, "Register the model once it is trained.", kind=bool),
    _option("--mlflow", "tracking.mlflow", RUN, "MLflow tracking URI, such as sqlite:///mlflow.db."),
    _option(
        "--skip-locked-test", "evaluation.locked_test", RUN, "Keep the locked test set locked.",
        kind=bool, convert=lambda given: False if given else None,
    ),
    _option(
        "--skip-shap", "evaluation.shap", RUN, "Do not take every test essay's score apart.",
        kind=bool, convert=lambda given: False if given else None,
    ),
)  # fmt: skip
"""Every option that sets a key of a plan."""


def options_of(*panels: str, without: Sequence[str] = ()) -> tuple[PlanOption, ...]:
    """The options under some headings, in the order of `OPTIONS`; `without` names parameters left out."""
    return tuple(option for option in OPTIONS if option.panel in panels and option.name not in without)


def named_options(*names: str) -> tuple[PlanOption, ...]:
    """The options of these parameters, in this order."""
    by_name = {option.name: option for option in OPTIONS}
    return tuple(by_name[name] for name in names)


def under(panel: str, *names: str) -> tuple[PlanOption, ...]:
    """The options of these parameters, which a command shows under another heading than theirs."""
    return tuple(replace(option, panel=panel) for option in named_options(*names))


def plan_values(given: Mapping[str, Any]) -> dict[str, Any]:
    """What options, by parameter name, set of a plan: values by dotted key, only those that were given."""
    values: dict[str, Any] = {}
    for option in OPTIONS:
        value = given.get(option.name)
        if value is not None and value is not False and value != []:
            converted = option.convert(value)
            values |= dict.fromkeys(option.keys, converted)
    return values
