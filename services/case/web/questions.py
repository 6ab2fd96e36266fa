"""A form as questions on pages: which there are, in what order, and which are asked, given the answers so far.

The vocabulary is that of `bpmn/README.md`. A question that depends on another of its page comes on the next page.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Literal

import msgspec

from services.case.process.forms import Form

MOST_ON_A_PAGE = 6
RADIOS = 7  # options up to which all are shown at once
LONG = 100  # characters from which on text has an area
Answers = dict[str, Any]
Kind = Literal[
    "one", "select", "some", "date", "email", "text", "long", "number", "yes_no", "declaration", "several",
    "school", "listed", "listed_some", "file",
]  # fmt: skip


class Question(msgspec.Struct, frozen=True):
    """A field of a form, `required` at least under some condition. `inside`: the questions of each item, where several
    of something are asked for."""

    name: str
    kind: Kind
    field: dict[str, Any]
    required: bool
    inside: tuple["Question", ...] = ()

    @property
    def title(self) -> str:
        return str(self.field.get("title", self.name))

    @property
    def hint(self) -> str:
        return str(self.field.get("x-govuk", {}).get("hint") or self.field.get("description", ""))

    @property
    def ask_if(self) -> Mapping[str, Any]:
        """Answers to other questions on which it depends: name -> the value, or a list of values."""
        found: Mapping[str, Any] = self.field.get("x-govuk", {}).get("askIf", {})
        return found

    @property
    def options(self) -> list[dict[str, Any]]:
        """What can be chosen, each with `const`, `title` and perhaps `description`."""
        found: list[dict[str, Any]] = self.field.get("oneOf") or self.field.get("items", {}).get("oneOf", [])
        return found

    @property
    def directory(self) -> str:
        """The directory in which it is chosen: provider, strategy, person, the case's files; "" for none."""
        names = self.field.get("x-govuk", {})
        return next((name for name in ("school", "provider", "strategy", "person", "file") if names.get(name)), "")

    @property
    def may_be_none(self) -> bool:
        """Whether an empty list is an answer: none of them."""
        return self.required and not self.field.get("minItems")

    @property
    def autocomplete(self) -> str:
        return str(self.field.get("x-govuk", {}).get("autocomplete", ""))


class Step(msgspec.Struct, frozen=True):
    """A page of questions; the first is number 1."""

    number: int
    questions: tuple[Question, ...]

    @property
    def names(self) -> list[str]:
        return [question.name for question in self.questions]

    @property
    def takes_files(self) -> bool:
        return any(q.kind == "file" or any(one.kind == "file" for one in q.inside) for q in self.questions)


def question_of(name: str, field: dict[str, Any], required: bool) -> Question:
    items = field.get("items", {})
    inside: tuple[Question, ...] = ()
    if items.get("type") == "object":
        needed = items.get("required", [])
        inside = tuple(question_of(n, f, n in needed) for n, f in items["properties"].items())
    return Question(name, _kind(field), field, required, inside)


def _kind(field: dict[str, Any]) -> Kind:
    names, items = field.get("x-govuk", {}), field.get("items", {})
    if names.get("school"):
        return "school"
    if names.get("provider") or names.get("strategy") or names.get("person"):
        return "listed_some" if field.get("type") == "array" else "listed"
    if names.get("file"):
        return "file"
    if "oneOf" in field:
        return "one" if len(field["oneOf"]) <= RADIOS else "select"
    if field.get("type") == "array":
        return "several" if items.get("type") == "object" else "some"
    return _kind_of_one(field)


def _kind_of_one(field: dict[str, Any]) -> Kind:
    match field.get("type"):
        case "boolean":
            return "declaration" if field.get("const") is True else "yes_no"
        case "integer" | "number":
            return "number"
    if field.get("format") in ("date", "email"):
        return "date" if field["format"] == "date" else "email"
    return "long" if field.get("maxLength", 0) > LONG else "text"


def steps_of(form: Form) -> tuple[Step, ...]:
    """The pages of a form."""
    required = set(form.schema.get("required", []))
    for rule in form.schema.get("allOf", []):
        required |= set(rule["then"].get("required", []))
    questions = [question_of(name, field, name in required) for name, field in form.fields.items()]
    pages: list[list[Question]] = []
    for page in sorted({_page(q) for q in questions}):
        for layer in _layers([q for q in questions if _page(q) == page]):
            pages += _of_size(layer)
    return tuple(Step(number, tuple(page)) for number, page in enumerate(pages, 1))


def _page(question: Question) -> int:
    return int(question.field.get("x-govuk", {}).get("page", 1))


def _layers(questions: list[Question]) -> Iterator[list[Question]]:
    """Questions of one page, those that depend on others of them later."""
    by_name = {question.name: question for question in questions}

    def depth(question: Question) -> int:
        return max((depth(by_name[name]) + 1 for name in question.ask_if if name in by_name), default=0)

    depths = {question.name: depth(question) for question in questions}
    for layer in sorted(set(depths.values())):
        yield [question for question in questions if depths[question.name] == layer]


def _of_size(questions: list[Question]) -> Iterator[list[Question]]:
    """No more than fit on a page; several of something have a page of their own."""
    page: list[Question] = []
    for question in questions:
        if page and (question.kind == "several" or len(page) == MOST_ON_A_PAGE):
            yield page
            page = []
        page.append(question)
        if question.kind == "several":
            yield page
            page = []
    if page:
        yield page


def asked(form: Form, answers: Answers) -> Answers:
    """The answers to questions that are asked: one that is not asked any more takes its follow-ups with it."""
    kept = dict(answers)
    while gone := [name for name in kept if name not in form.fields or not is_asked(form, name, kept)]:
        for name in gone:
            del kept[name]
    return kept


def is_asked(form: Form, name: str, answers: Answers) -> bool:
    """Whether a question is asked, given the answers to others."""
    conditions = form.fields[name].get("x-govuk", {}).get("askIf", {})
    return all(_fits(answers.get(other), wanted) for other, wanted in conditions.items())


def _fits(answer: Any, wanted: Any) -> bool:
    values = wanted if isinstance(wanted, list) else [wanted]
    return any(one in values for one in answer) if isinstance(answer, list) else answer in values


def steps_asked(form: Form, answers: Answers) -> list[Step]:
    """The pages that have something to ask, with only the questions that are asked."""
    found = []
    for step in steps_of(form):
        questions = tuple(q for q in step.questions if is_asked(form, q.name, answers))
        if questions:
            found.append(Step(step.number, questions))
    return found


def needed(form: Form, answers: Answers) -> set[str]:
    """The questions that have to be answered, given the answers so far."""
    names = set(form.schema.get("required", []))
    for rule in form.schema.get("allOf", []):
        conditions = rule["if"].get("properties", {})
        if all(_meets(answers.get(name), schema) for name, schema in conditions.items()):
            names |= set(rule["then"].get("required", []))
    return {name for name in names if is_asked(form, name, answers)}


def _meets(answer: Any, schema: Mapping[str, Any]) -> bool:
    if "contains" in schema:
        return isinstance(answer, list) and any(_meets(one, schema["contains"]) for one in answer)
    if "const" in schema:
        return bool(answer == schema["const"])
    return answer in schema.get("enum", [])
