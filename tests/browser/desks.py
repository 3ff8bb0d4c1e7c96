"""Signed-in pages of the served county, watched for errors and for requests that leave the machine."""

from __future__ import annotations

import re
import shutil
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, Response

OFFICE_PC = {"width": 1366, "height": 768}
PHONE = {"width": 390, "height": 844}
COMPLETE = "#map[data-complete=true]"
ROLES = ("planner", "leader", "badu", "guguan", "dali", "water", "auditor")


def find_chromium() -> str:
    """The system's browser."""
    for name in ("/usr/bin/chromium", "chromium", "chromium-browser", "google-chrome"):
        if path := shutil.which(name):
            return path
    raise RuntimeError("no Chromium is installed")


def sign_in(page: Page, name: str) -> None:
    """Sign in through the form of the page's server."""
    page.goto("/login")
    page.fill("[name=username]", name)
    page.fill("[name=password]", f"xiangtu-{name}")
    with page.expect_navigation(url=lambda url: "/login" not in url, wait_until="commit"):
        page.press("[name=password]", "Enter")


def when_drawn(page: Page) -> None:
    """Wait until the map has drawn all that was asked of it."""
    page.locator(COMPLETE).wait_for()


class Desks:
    """Opens pages as somebody, in a language; remembers what went wrong in them."""

    def __init__(self, browser: Browser, address: str, kept: dict[str, Any]) -> None:
        self.browser, self.address, self.kept = browser, address, kept
        self.contexts: list[BrowserContext] = []
        self.troubles: list[str] = []
        self.requested: list[str] = []
        self.expected: list[re.Pattern[str]] = []

    def expect(self, pattern: str) -> None:
        """Say that answers or messages matching ``pattern`` are meant to come."""
        self.expected.append(re.compile(pattern))

    def open(self, name: str | None, path: str | None = None, *, language: str = "zh", **options: Any) -> Page:
        """A page of ``name`` in a browser profile of its own, at ``path``; signed out for None."""
        state = self._signed_in(name, language) if name else None
        page = self._context(state, **options).new_page()
        if path is not None:
            page.goto(path)
        return page

    def forget(self, name: str) -> None:
        """Sign ``name`` in anew next time: what was kept has been signed out."""
        for key in [key for key in self.kept if key.startswith(f"{name}/")]:
            del self.kept[key]

    def close(self) -> list[str]:
        """Close the pages; returns what went wrong and was not expected."""
        for context in self.contexts:
            context.close()
        return [trouble for trouble in self.troubles if not any(e.search(trouble) for e in self.expected)]

    def _signed_in(self, name: str, language: str) -> Any:
        key = f"{name}/{language}"
        if key not in self.kept:
            page = self._context(None).new_page()
            sign_in(page, name)
            page.goto(f"/language/{language}?next=/healthz")
            self.kept[key] = page.context.storage_state()
            page.context.close()
        return self.kept[key]

    def _context(self, state: Any, **options: Any) -> BrowserContext:
        context = self.browser.new_context(
            base_url=self.address, storage_state=state, locale="zh-CN", **({"viewport": OFFICE_PC} | options)
        )
        context.set_default_timeout(20_000)
        context.on("console", self._on_console)
        context.on("weberror", lambda error: self.troubles.append(f"script error: {error.error}"))
        context.on("request", self._on_request)
        context.on("requestfailed", self._on_failure)
        context.on("response", self._on_response)
        self.contexts.append(context)
        return context

    def _on_console(self, message: ConsoleMessage) -> None:
        # A refused address is told by its response already.
        if message.type == "error" and not message.text.startswith("Failed to load resource"):
            self.troubles.append(f"console: {message.text} ({message.location['url']})")

    def _on_request(self, request: Request) -> None:
        self.requested.append(request.url)
        parts = urlsplit(request.url)
        if parts.scheme in ("http", "https", "ws", "wss") and parts.hostname != "127.0.0.1":
            self.troubles.append(f"request to another host: {request.url}")

    def _on_failure(self, request: Request) -> None:
        # Aborted: the page itself no longer wanted it, as when the map moves on.
        if request.failure != "net::ERR_ABORTED":
            self.troubles.append(f"failed request: {request.url} {request.failure}")

    def _on_response(self, response: Response) -> None:
        if response.status >= 400:
            self.troubles.append(f"{response.status} {response.url}")
