"""Which lines are measured: those that a test runs, not those of whoever finds, arranges and varies tests.

While lines are measured Python runs two to three times slower, in libraries and in pytest too. So measuring
rests where nothing of ours can run: between tests, while tests are looked for once all of the package is
loaded, and while Hypothesis makes up examples, of which those after the first are as the first to it.
"""

import importlib
import pkgutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any

import pytest

import gradewise

EXAMPLES = 30
"""How many examples of a property are measured; all are tried."""
TRANSIENT = ".migrations."
"""What works within a migration only."""

Trace = Callable[..., Any]


@contextmanager
def measuring(trace: Trace | None) -> Iterator[None]:
    """Have this thread watched by something, or by nothing, until the block ends."""
    before = sys.gettrace()
    sys.settrace(trace)
    try:
        yield
    finally:
        sys.settrace(before)


def measurer() -> Trace | None:
    """What measures lines in this thread; ``None`` when nothing does, or a debugger watches."""
    trace = sys.gettrace()
    return trace if type(trace).__module__.startswith("coverage") else None


def load_package() -> None:
    """Load every module of the package, so that its first lines are measured, whoever loads it later."""
    for module in pkgutil.walk_packages(gradewise.__path__, "gradewise."):
        if TRANSIENT not in f"{module.name}." and not module.name.endswith("__main__"):
            importlib.import_module(module.name)


def first_examples(test: Callable[..., object], trace: Trace) -> Callable[..., object]:
    """A property whose first examples are measured, and nothing else."""
    left = EXAMPLES

    @wraps(test)
    def tried(*args: object, **options: object) -> object:
        nonlocal left
        left -= 1
        if left < 0:
            return test(*args, **options)
        with measuring(trace):
            return test(*args, **options)

    return tried


@contextmanager
def given_examples(item: pytest.Item, trace: Trace | None) -> Iterator[Trace | None]:
    """What is to watch a test: nothing if it is a property, of which the first examples are measured."""
    property_ = getattr(getattr(item, "obj", None), "hypothesis", None)
    if property_ is None or trace is None:
        yield trace
        return
    inner = property_.inner_test
    property_.inner_test = first_examples(inner, trace)
    try:
        yield None
    finally:
        property_.inner_test = inner


class MeasuredLines:
    """Hooks of pytest that let measuring rest."""

    def __init__(self) -> None:
        """Nothing has been seen to measure yet."""
        self._trace: Trace | None = None

    @pytest.hookimpl(wrapper=True)
    def pytest_collection(self, session: pytest.Session) -> Iterator[None]:
        """Where all tests are looked for, measure what loading the package runs, and nothing more."""
        trace = measurer()
        if trace is None or session.config.args_source is not pytest.Config.ArgsSource.TESTPATHS:
            return (yield)
        load_package()
        with measuring(None):
            return (yield)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtestloop(self) -> Iterator[None]:
        """Measure nothing between tests."""
        self._trace = measurer()
        if self._trace is None:
            return (yield)
        with measuring(None):
            return (yield)

    @pytest.hookimpl(wrapper=True, trylast=True)
    def pytest_runtest_setup(self) -> Iterator[None]:
        """Measure what tests need."""
        if self._trace is None:
            return (yield)
        with measuring(self._trace):
            return (yield)

    @pytest.hookimpl(wrapper=True, trylast=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Iterator[None]:
        """Measure tests, of properties the first examples."""
        if self._trace is None:
            return (yield)
        with given_examples(item, self._trace) as trace, measuring(trace):
            return (yield)

    @pytest.hookimpl(wrapper=True, trylast=True)
    def pytest_runtest_teardown(self) -> Iterator[None]:
        """Measure what ends with tests."""
        if self._trace is None:
            return (yield)
        with measuring(self._trace):
            return (yield)
