"""Somebody who has a keyboard and no mouse: comes to everything with Tab, and must see where they are."""

from typing import TYPE_CHECKING

from tests.journeys.chromium import Person

if TYPE_CHECKING:
    from playwright.sync_api import ElementHandle, Locator

MOST = 400  # presses of a key, which is once around the longest page
THERE = "one => one === document.activeElement"
SAME_GROUP = "one => one.type === 'radio' && document.activeElement.name === one.name"
SEEN = """one => {
    const labels = [...(one.labels || [])].map(label => getComputedStyle(label, "::before"));
    const outlined = style => style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0;
    const drawn = style => style.boxShadow !== "none" || outlined(style);
    return one.matches(":focus-visible") && [getComputedStyle(one), ...labels].some(drawn);
}"""


class ByKeyboard(Person):
    """Whatever is done is done by keys. Raises AssertionError where they do not lead, or the focus is not seen."""

    def activate(self, what: "Locator") -> Person:
        self._come_to(what)
        with self.page.expect_navigation(wait_until="domcontentloaded"):
            self.page.keyboard.press("Enter")
        return self

    def tick(self, box: "Locator") -> Person:
        radio = self._come_to(box)
        if not radio.is_checked():
            self.page.keyboard.press("Space")
        assert radio.is_checked(), box
        return self

    def write(self, field: "Locator", words: str) -> Person:
        self._come_to(field)
        self.page.keyboard.press("Control+A")
        self.page.keyboard.type(words)
        return self

    def select(self, field: "Locator", value: str) -> Person:
        choice = self._come_to(field)
        self.page.keyboard.press("Home")
        for _ in range(MOST):
            if choice.input_value() == value:
                return self
            self.page.keyboard.press("ArrowDown")
        raise AssertionError(f"no key leads to {value} in {field}")

    def _come_to(self, what: "Locator") -> "ElementHandle":
        """With Tab; within a group of radios with an arrow key, as one does."""
        found = what.element_handle()
        for _ in range(MOST):
            if found.evaluate(THERE):
                assert found.evaluate(SEEN), f"the focus is not seen: {what}"
                return found
            self.page.keyboard.press("ArrowDown" if found.evaluate(SAME_GROUP) else "Tab")
        raise AssertionError(f"no key leads to {what} on {self.page.url}")
