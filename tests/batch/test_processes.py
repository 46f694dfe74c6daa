"""Work in processes: what is lost is named, and nothing else is lost."""

import os
import time
from functools import partial
from hashlib import pbkdf2_hmac

from commands import posix

from gicodec.batch.in_flight import in_flight
from gicodec.batch.processes import in_processes
from gicodec.errors import GsiError


def lost(item: object, err: GsiError) -> str:
    return f"{item}: {err}"


@posix
def test_a_native_call_that_takes_too_long_is_ended() -> None:
    work = partial(pbkdf2_hmac, "sha256", b"password", b"salt")
    start = time.monotonic()
    done = list(in_processes(work, [10**9, 1, 2], n_workers=2, time_limit=1, lost=lost))
    assert time.monotonic() - start < 60
    assert sorted(map(type, done), key=str) == [bytes, bytes, str]
    assert "1000000000: took more than 1 s, the limit" in done


@posix
def test_the_death_of_a_process_loses_its_item_only() -> None:
    done = list(in_processes(os._exit, [3, 4], n_workers=1, time_limit=None, lost=lost))
    assert done == [f"{code}: its process was lost (exit code {code})" for code in (3, 4)]


def test_no_more_items_are_taken_than_are_in_flight() -> None:
    from concurrent.futures import Future

    taken: list[int] = []
    futures: list[Future[int]] = []

    def submit(item: int) -> Future[int]:
        taken.append(item)
        futures.append(Future())
        if len(futures) > 1:
            futures[-1].set_result(item)
        return futures[-1]

    ended = in_flight(range(100), submit, 3)
    assert [next(ended)[0] for _ in range(4)] == [1, 2, 3, 4]  # 0 takes long
    assert taken == [0, 1, 2, 3, 4, 5]
    futures[0].set_result(0)
    assert sorted(item for item, _ in ended) == [0, *range(5, 100)]
