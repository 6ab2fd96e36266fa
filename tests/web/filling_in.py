"""Somebody answers a form, page after page, as the pages ask."""

from typing import Any

from services.case.process.forms import Form
from services.case.web.questions import steps_of
from services.case.web.typed import typed
from tests.web.browsing import Browser


def fill_in(browser: Browser, form: Form, answers: dict[str, Any]) -> Browser:
    """From the first page of questions to the answers to check."""
    fields = typed([q for step in steps_of(form) for q in step.questions], answers)
    pages = 0
    while "/questions/" in browser.path:
        pages += 1
        assert pages < 60, (browser.path, browser.errors)
        before = browser.path
        _one_page(browser, form, fields)
        assert browser.path != before, (browser.path, browser.errors)
    return browser


def _one_page(browser: Browser, form: Form, fields: dict[str, Any]) -> None:
    here = browser.path
    for name in [n.removesuffix(".search") for n in _names(browser) if n.endswith(".search")]:
        if fields.get(name):
            browser.send(here, button=f"do=find:{name}", **{f"{name}.search": fields[name], **_on(browser, fields)})
            assert fields[name] in browser.page.xpath(f"//input[@name='{name}']/@value")
    for step in steps_of(form):
        for question in step.questions:
            wanted = int(fields.get(question.name) or 0) if question.kind == "several" else 0
            while any(n.startswith(f"{question.name}.") for n in _names(browser)) and wanted > _items(
                browser, question
            ):
                browser.send(here, button=f"do=add:{question.name}", **_on(browser, fields))
    browser.send(here, **_on(browser, fields))


def _items(browser: Browser, question: Any) -> int:
    return len({n.split(".")[1] for n in _names(browser) if n.startswith(f"{question.name}.")})


def _names(browser: Browser) -> list[str]:
    return [element.get("name") for element in browser.page.xpath("//form//*[@name]")]


def _on(browser: Browser, fields: dict[str, Any]) -> dict[str, Any]:
    """What of the answers the page has a field for."""
    names = set(_names(browser))
    chosen = {}
    for name in names & fields.keys():
        value = fields[name]
        chosen[name] = "yes" if value == "True" else value
    return {name: value for name, value in chosen.items() if value not in ("", [])}
