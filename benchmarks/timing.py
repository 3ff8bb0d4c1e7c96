"""Timing calls in turn, so that two sides meet the same noise."""

from __future__ import annotations

import statistics
import threading
import time
from collections.abc import Callable, Sequence


def medians_in_turn(sides: Sequence[Callable[[], object]], rounds: int = 25, warm_up: int = 3) -> list[float]:
    """Median seconds of each side, measured A B A B and so on."""
    for side in sides:
        for _ in range(warm_up):
            side()
    seconds: list[list[float]] = [[] for _ in sides]
    for _ in range(rounds):
        for kept, side in zip(seconds, sides, strict=True):
            begun = time.perf_counter()
            side()
            kept.append(time.perf_counter() - begun)
    return [statistics.median(kept) for kept in seconds]


def throughput(make_call: Callable[[], Callable[[], object]], clients: int = 4, seconds: float = 6.0) -> float:
    """Calls a second of ``clients`` callers at once."""
    calls = [make_call() for _ in range(clients)]
    for call in calls:
        call()
    done = [0] * clients
    ends = time.perf_counter() + seconds

    def work(index: int) -> None:
        while time.perf_counter() < ends:
            calls[index]()
            done[index] += 1

    threads = [threading.Thread(target=work, args=(index,)) for index in range(clients)]
    begun = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(done) / (time.perf_counter() - begun)
