"""From sign-in to a complete map in a browser, and what it weighs, on the demonstration county."""

from __future__ import annotations

import datetime as dt
import statistics
import time
from dataclasses import dataclass
from functools import partial
from typing import Any

from playwright.sync_api import sync_playwright

from benchmarks.servers import application

CHROMIUM = "/usr/bin/chromium"
FLAGS = ["--no-sandbox", "--enable-unsafe-swiftshader", "--disable-background-networking"]
COMPLETE = "#map[data-complete=true]"


@dataclass(frozen=True)
class Line:
    """The medians of several visits."""

    seconds: float
    kilobytes: float


def measure(runtime_url: str, day: dt.date, var: Any, visits: int = 5) -> Line:
    """Each visit is a new browser with an empty cache."""
    seconds, weights = [], []
    with application(runtime_url, day.isoformat(), var) as port, sync_playwright() as playwright:
        for _ in range(visits + 1):
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
            page = browser.new_page(viewport={"width": 1366, "height": 768})
            devtools = page.context.new_cdp_session(page)
            devtools.send("Network.enable")
            received: list[tuple[str, float]] = []
            kinds: dict[str, str] = {}
            devtools.on("Network.responseReceived", partial(_name, kinds))
            devtools.on("Network.loadingFinished", partial(_weigh, kinds, received))
            page.goto(f"http://127.0.0.1:{port}/login")
            page.fill("[name=username]", "planner")
            page.fill("[name=password]", "xiangtu-planner")
            begun = time.perf_counter()
            page.press("[name=password]", "Enter")
            page.wait_for_selector(COMPLETE, timeout=60_000)
            seconds.append(time.perf_counter() - begun)
            weights.append(sum(size for url, size in received if "/tiles/" not in url) / 1000)
            browser.close()
    return Line(statistics.median(seconds[1:]), statistics.median(weights[1:]))


def _name(kinds: dict[str, str], event: dict[str, Any]) -> None:
    kinds[event["requestId"]] = event["response"]["url"]


def _weigh(kinds: dict[str, str], received: list[tuple[str, float]], event: dict[str, Any]) -> None:
    received.append((kinds.get(event["requestId"], ""), event["encodedDataLength"]))
