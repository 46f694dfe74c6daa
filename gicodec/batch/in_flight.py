"""Keep a number of jobs in flight, whoever runs them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from itertools import islice
from queue import SimpleQueue
from typing import TypeVar

T = TypeVar("T")
R = TypeVar("R")


def in_flight(
    items: Iterable[T], submit: Callable[[T], Future[R]], at_once: int
) -> Iterator[tuple[T, Future[R]]]:
    """Submit items, and yield each with its result as it ends; take no more of them than are in flight."""
    waiting: dict[Future[R], T] = {}
    ended: SimpleQueue[Future[R]] = SimpleQueue()
    left = iter(items)
    while True:
        for item in islice(left, at_once - len(waiting)):
            future = submit(item)
            waiting[future] = item
            future.add_done_callback(ended.put)
        if not waiting:
            return
        future = ended.get()
        yield waiting.pop(future), future
