"""Debian's Chromium driven by Playwright, and what is looked at on every page that it shows."""

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any

from services.case.web.assets import FETCHED

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Locator, Page

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
ALLOWED: dict[str, str] = {}  # a rule that may be broken -> why, with a link
Words = str | re.Pattern[str]
ARGUMENTS = ["--no-sandbox", "--disable-gpu"]
NAMES = ("chromium", "chromium-browser", "google-chrome")


class NoBrowser(Exception):
    """There is no browser here to try pages in; the message names what is missing."""


@contextmanager
def chromium() -> Iterator["Browser"]:
    """Raises NoBrowser."""
    try:
        from playwright.sync_api import sync_playwright
    except ImportError as error:
        raise NoBrowser("playwright is not installed (make journeys)") from error
    found = next((path for name in NAMES if (path := shutil.which(name))), None)
    if found is None:
        raise NoBrowser("chromium is not on the PATH (apt install chromium)")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=ARGUMENTS)
        try:
            yield browser
        finally:
            browser.close()


class Person:
    """Somebody at a browser of their own. Whatever the console complains of, or does not load, is kept in `faults`."""

    def __init__(self, browser: "Browser", address: str, width: int = 1200, script: bool = True) -> None:
        self.context: BrowserContext = browser.new_context(
            viewport={"width": width, "height": 900}, java_script_enabled=script, base_url=address
        )
        self.page: Page = self.context.new_page()
        self.page.set_default_timeout(30_000)
        self.faults: list[str] = []
        self.status = 0  # with which the page came
        self.page.on("console", self._said)
        self.page.on("response", self._loaded)

    def _said(self, said: Any) -> None:
        if said.type == "error" and not said.text.startswith("Failed to load resource"):  # told by `_loaded`
            self.faults.append(said.text)

    def _loaded(self, response: Any) -> None:
        if response.request.resource_type == "document":
            self.status = response.status
        elif response.status >= 400:
            self.faults.append(f"{response.status} {response.url}")

    def sign_in(self, name: str) -> "Person":
        self.page.goto("/sign-in")
        return self.press_value(name)

    def open(self, path: str) -> "Person":
        self.page.goto(path)
        return self

    def press(self, name: Words) -> "Person":
        """A button by its words, or a link that looks like one."""
        return self.activate(self.page.get_by_role("button", name=name, exact=True))

    def press_value(self, value: str) -> "Person":
        """A button by what it sends."""
        return self.activate(self.page.locator(f"button[value='{value}']"))

    def follow(self, name: Words) -> "Person":
        """The first link by its words."""
        return self.activate(self.page.get_by_role("link", name=name).first)

    def choose(self, label: str) -> "Person":
        """Tick a radio or a box."""
        return self.tick(self.page.get_by_label(label, exact=True))

    def type(self, label: str, words: str) -> "Person":
        return self.write(self.page.get_by_label(label, exact=True), words)

    def fill(self, name: str, kind: str, value: Any) -> "Person":
        """Answer a field by its name; `kind` is its type, or `select`."""
        field = self.page.locator(f"main [name='{name}']")
        if kind in ("radio", "checkbox"):
            for one in value if isinstance(value, list) else [value]:
                text = {True: "yes", False: "no"}.get(one, one) if isinstance(one, bool) else one
                self.tick(self.page.locator(f"main [name='{name}'][value='{text}']"))
            return self
        return self.select(field, str(value)) if kind == "select" else self.write(field, str(value))

    def activate(self, what: "Locator") -> "Person":
        """A link or a button."""
        what.click()
        self.page.wait_for_load_state("domcontentloaded")  # the click waits until it begins
        return self

    def tick(self, box: "Locator") -> "Person":
        box.check()
        return self

    def write(self, field: "Locator", words: str) -> "Person":
        field.fill(words)
        return self

    def select(self, field: "Locator", value: str) -> "Person":
        field.select_option(value)
        return self

    @property
    def heading(self) -> str:
        return " ".join(self.page.locator("h1").inner_text().split())

    @property
    def text(self) -> str:
        return " ".join(self.page.locator("main").inner_text().split())

    def close(self) -> None:
        self.context.close()


@cache
def axe() -> str:
    return (FETCHED / "axe.js").read_text()


def violations(page: "Page") -> list[str]:
    """What axe-core finds. By evaluate: a script tag of ours would be stopped by the page's own policy."""
    page.evaluate(axe())
    found = page.evaluate("(tags) => axe.run({runOnly: tags})", TAGS)
    return [
        f"{one['id']}: {one['help']}: {node['html'][:150]}"
        for one in found["violations"]
        if one["id"] not in ALLOWED
        for node in one["nodes"]
    ]


def wider_than_the_window(page: "Page") -> int:
    """Pixels by which the page would have to be scrolled sideways (WCAG 1.4.10)."""
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))
