"""Which pairs to ask about next, as the command line does it."""

from dataclasses import dataclass
from pathlib import Path

from gradewise.bootstrap import open_table
from gradewise.cli.judge.command import JudgedSource, TableForm
from gradewise.cli.judge.judging import asked_fitting, print_rows, read_asked, table_text
from gradewise.cli.judge.views import pairs_table
from gradewise.cli.terminal import err, out, printable, progress_shown
from gradewise.errors import InputError
from gradewise.essays.scales import find_scale
from gradewise.judgement.pairing import PairRules
from gradewise.judgement.stopping import Decision
from gradewise.whole_files import write_whole
from gradewise.workflows.judge.fitting import fit_batch
from gradewise.workflows.judge.pairs import AskedPairs, Targets, choose_pairs, stopping
from gradewise.workflows.judge.records import decision_json, pair_rows
from gradewise.workflows.judge.tables import read_model_scores, read_pairs


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedNext:
    """What is wanted of next pairs, as it was typed."""

    n: int
    """How many."""
    waiting: Path | None
    """A file of pairs that wait for answers."""
    judges: str | None
    """Names with commas between them."""
    model_grades: Path | None
    """A file of a model's scores or grades."""
    agreement: float
    """Of the model with judges."""
    scale: str | None
    """Of the model's grades."""
    most_per_essay: int | None
    """Comparisons of one essay."""
    repeats: bool
    """Whether a pair may be asked twice."""
    budget: int | None
    """Comparisons in all."""
    reliability: float | None
    """To be reached."""
    error: float | None
    """To be reached."""
    seed: int
    """Of ties."""

    def pairs(self) -> AskedPairs:
        """The same, read.

        Raises:
            InputError: a file cannot be read, or the scale is not known.
        """
        scale = None if self.scale is None else find_scale(self.scale)
        named = [name.strip() for name in (self.judges or "").split(",")]
        return AskedPairs(
            n=self.n,
            rules=PairRules(most_per_item=self.most_per_essay, repeats=self.repeats),
            waiting=read_pairs(open_table(self.waiting)) if self.waiting else (),
            judges=tuple(name for name in named if name),
            model_scores=read_model_scores(open_table(self.model_grades), scale)
            if self.model_grades
            else None,
            agreement=self.agreement,
            seed=self.seed,
        )


def pairs_shown(
    source: JudgedSource, asked: AskedNext, *, form: TableForm | None, output: Path | None
) -> None:
    """Choose pairs and show them, with the word of the stopping rule."""
    with progress_shown(quiet=source.quiet) as listener:
        wanted, read = asked.pairs(), read_asked(source, listener)
        batch, fitting = read.batch, asked_fitting(source, trust=False)
        scored = fit_batch(read, fitting, listener=listener) if batch.comparisons else None
        targets = Targets(budget=asked.budget, reliability=asked.reliability, error=asked.error)
        decision = stopping(batch, scored, targets)
        chosen = choose_pairs(batch, wanted, listener=listener)
    rows = pair_rows(chosen.pairs, chosen.judges)
    if not rows:
        raise InputError("no pair may be asked about; allow more comparisons of an essay, or repeats")
    err.print(printable(decision_line(decision)), soft_wrap=True)
    if output is not None:
        write_whole(output, table_text(rows, form))
        err.print(
            f"{len(rows)} pairs written to {output}; the id of the better essay goes into the column winner",
            soft_wrap=True,
        )
    elif form is not None:
        print_rows(rows, {"decision": decision_json(decision), "pairs": rows}, form)
    else:
        out.print(pairs_table(chosen.pairs, chosen.judges))


def decision_line(decision: Decision) -> str:
    """The stopping rule's word."""
    return f"{'stop' if decision.stop else 'go on'}: {decision.message}"
