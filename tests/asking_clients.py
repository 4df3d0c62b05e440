"""Clients of a running service that ask without a pause, and remember what came."""

import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from http import HTTPStatus
from itertools import count
from typing import Self

import httpx

from served_process import ServedProcess


@dataclass
class Clients:
    """Clients that ask without a pause, until the block ends or nobody answers any more."""

    service: ServedProcess
    """Who is asked."""
    text: str = "School is good, and it is fun."
    """What is graded; ``{}`` becomes a number, so that each is read anew."""
    at_once: int = 2
    """Clients."""
    statuses: "Counter[int]" = field(default_factory=Counter)
    """How often each came."""
    digests: set[str] = field(default_factory=set)
    """Of the models that answered."""
    lacks: set[str] = field(default_factory=set)
    """What answers lacked."""
    score_ids: list[str] = field(default_factory=list)
    """Of every answer."""
    _numbers: "count[int]" = field(default_factory=count, repr=False)
    _over: bool = False

    def __enter__(self) -> Self:
        """Begin."""
        self._threads = [threading.Thread(target=self._ask) for _ in range(self.at_once)]
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """End."""
        self._over = True
        for thread in self._threads:
            thread.join()

    def _ask(self) -> None:
        with self.service.client() as client:
            while not self._over:
                try:
                    answer = client.post("/v1/score", json={"text": self.text.format(next(self._numbers))})
                except httpx.TransportError:
                    return
                self.statuses[answer.status_code] += 1
                if answer.status_code == HTTPStatus.OK:
                    said = answer.json()
                    self.digests.add(said["model"]["digest"])
                    self.lacks |= set(said["lacks"])
                    self.score_ids.append(said["score_id"])
                time.sleep(0.02)
