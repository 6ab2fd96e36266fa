"""Somebody at their browser, without one: follows redirects, keeps cookies, fills in the forms that pages show."""

from collections.abc import Mapping
from typing import Any

import httpx
from lxml import html

Files = Mapping[str, tuple[str, bytes]]
Values = Mapping[str, str | list[str]]


class Browser:
    """`page` is what is shown at the moment."""

    def __init__(self, address: str) -> None:
        self.client = httpx.Client(base_url=address, follow_redirects=True, timeout=30)
        self.client.headers["accept"] = "text/html"
        self.answer: httpx.Response
        self.page: Any = None

    def close(self) -> None:
        self.client.close()

    def open(self, path: str) -> "Browser":
        return self._show(self.client.get(path))

    def sign_in(self, name: str) -> "Browser":
        self.open("/sign-in")
        return self.send("/sign-in", name=name)

    def look_at(self, ref: str, reason: str = "A complaint was made") -> "Browser":
        """As an auditor: say why this case is looked at."""
        return self.open("/audit").send("/audit", ref=ref, reason=reason)

    def send(self, action: str, button: str = "", files: Files | None = None, **values: str | list[str]) -> "Browser":
        """Send the form of the page that goes to `action`, some of its fields filled in; `button`: `name=value`;
        `files`: by field, what one is called and what is in it."""
        form = next(f for f in self.page.forms if (f.action or self.path) == action and fits(f, button))
        sent = [(name, value) for name, value in form.form_values() if name not in values]
        sent += [(name, one) for name, v in values.items() for one in (v if isinstance(v, list) else [v])]
        if button:
            sent.append(tuple(button.split("=", 1)))  # type: ignore[arg-type]
        return self.post(action, sent, files=files if form.get("enctype") else None)

    def post(
        self, path: str, sent: list[tuple[str, str]], origin: str | None = None, files: Files | None = None
    ) -> "Browser":
        """What a browser sends for a form of ours, or with another `origin` for somebody else's."""
        headers = {"origin": str(self.client.base_url).rstrip("/") if origin is None else origin}
        if files is not None:
            parts: Any = [(name, (None, value)) for name, value in sent] + list(files.items())
            return self._show(self.client.post(path, files=parts, headers=headers))
        body = httpx.QueryParams(sent)
        headers["content-type"] = "application/x-www-form-urlencoded"
        return self._show(self.client.post(path, content=str(body), headers=headers))

    def _show(self, answer: httpx.Response) -> "Browser":
        self.answer = answer
        self.page = html.fromstring(answer.content) if answer.content else None
        return self

    @property
    def status(self) -> int:
        return self.answer.status_code

    @property
    def path(self) -> str:
        return self.answer.url.path

    @property
    def heading(self) -> str:
        return " ".join(self.page.findtext(".//h1").split()) if self.page is not None else ""

    @property
    def text(self) -> str:
        return " ".join(self.page.find(".//main").text_content().split())

    @property
    def errors(self) -> list[str]:
        """The sentences of the error summary."""
        found = self.page.xpath("//*[contains(@class, 'govuk-error-summary__list')]//li")
        return [" ".join(one.text_content().split()) for one in found]

    def links(self, inside: str = "//main") -> dict[str, str]:
        found = self.page.xpath(f"{inside}//a[@href]")
        return {" ".join(a.text_content().split()): a.get("href") for a in found}


def fits(form: Any, button: str) -> bool:
    """Whether the form has that button."""
    name, _, value = button.partition("=")
    return not button or bool(form.xpath(f".//button[@name='{name}' and @value='{value}']"))
