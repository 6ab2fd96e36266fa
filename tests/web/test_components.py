"""The macros and the styles are of two makers: every example of the one is rendered the same by the other.

Either can be brought up to date by evidence."""

import re
from typing import Any

import msgspec
import pytest
from lxml import html

from services.case.web.assets import EXAMPLES, FETCHED, fetch
from services.case.web.rendering import environment

TEMPLATES = environment(lambda name: f"/{name}")


def examples() -> list[dict[str, Any]]:
    fetch()
    found: list[dict[str, Any]] = msgspec.json.decode((FETCHED / EXAMPLES).read_bytes())
    return found


def rendered(component: str, options: Any) -> str:
    name = "govuk" + "".join(part.capitalize() for part in component.split("-"))
    path = f"govuk_frontend_jinja/components/{component}/macro.html"
    template = f"{{% from '{path}' import {name} %}}{{{{ {name}(options) }}}}"
    return TEMPLATES.from_string(template).render(options=options)


def canonical(text: str) -> Any:
    """What a browser makes of it: elements with their attributes, and text without the space between."""

    def part(element: Any) -> Any:
        attributes = {name: " ".join(value.split()) for name, value in element.attrib.items()}
        inside = [part(child) for child in element if isinstance(child.tag, str)]
        said = [re.sub(r"\s+", " ", text).strip() for text in (element.text or "", *(c.tail or "" for c in element))]
        return element.tag, attributes, inside, [one for one in said if one]

    return [part(one) for one in html.fragments_fromstring(f"<div>{text}</div>")]


def test_every_example_of_a_component_is_rendered_as_its_makers_do() -> None:
    compared, different = 0, []
    for component in examples():
        for example in component["fixtures"]:
            ours = rendered(component["component"], example["options"])
            compared += 1
            if canonical(ours) != canonical(example["html"]):
                different.append(f"{component['component']}: {example['name']}")
    assert compared > 600
    assert different == []


@pytest.mark.parametrize("value", [None, ""])
def test_nothing_is_never_shown_as_a_word(value: str | None) -> None:
    for component in ("textarea", "input", "character-count"):
        options = {"name": "reason", "id": "reason", "label": {"text": "Why?"}, "value": value, "maxlength": 10}
        assert "None" not in rendered(component, options)
