"""Work that several ask for at once is done once."""

from collections.abc import Callable
from concurrent.futures import Future
from threading import Lock
from typing import Generic, TypeVar

Result = TypeVar("Result")


class SingleFlight(Generic[Result]):
    """Does the work of a key once for all threads that ask for it while it is being done.

    Nothing is kept: whoever comes after it was done has it done again, unless a cache keeps it. Work that
    fails fails for whoever did it; the others try themselves.
    """

    def __init__(self) -> None:
        self._flights: dict[str, Future[Result]] = {}
        self._lock = Lock()

    def do(self, key: str, work: Callable[[], Result]) -> Result:
        """The result of the work, done here or by whoever is doing it already.

        Raises:
            Exception: whatever the work raises here.
        """
        while True:
            with self._lock:
                flight = self._flights.get(key)
                mine = flight is None
                if flight is None:
                    flight = self._flights[key] = Future()
            if mine:
                return self._fly(key, flight, work)
            if flight.exception() is None:
                return flight.result()

    def _fly(self, key: str, flight: Future[Result], work: Callable[[], Result]) -> Result:
        try:
            result = work()
        except BaseException as error:
            self._land(key)
            flight.set_exception(error)
            raise
        self._land(key)
        flight.set_result(result)
        return result

    def _land(self, key: str) -> None:
        with self._lock:
            del self._flights[key]
