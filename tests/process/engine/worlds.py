"""Definitions to walk through, each with what may be answered in it: sound models and the bundles in `bpmn/`."""

import json
import re
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

from lxml import etree

from services.case.domain.people import PARTIES
from services.case.policy.catalogue import PARAMETERS
from services.case.process.decisions import Decision, NoRowMatches, TwoRowsMatch, parse_decision
from services.case.process.engine import Definition
from services.case.process.expressions import ExpressionFailed
from tests.process.engine.vocabulary import Answers, add, answers_of_a_field, read_in

ROOT = Path(__file__).parents[3]
SOUND = ROOT / "tests" / "models" / "sound"
BUNDLES = ROOT / "bpmn"
RESULTS: Answers = {  # what operators answer that tables ask about
    "outlook": [
        {
            "board_duty": duty, "crosses": crosses, "left_half_days": left, "earlier": earlier, "term_half_days": total,
            "year_half_days": 90 - left, "over": left == 8, "run_from": "2026-11-02", "sixth_day": sixth,
        }
        for duty, total in (("none", 4), ("on_request", 12), ("always", 34))
        for crosses, left in ((True, 60), (False, 60), (False, 8))
        for earlier, sixth in ((0, None), (1, "2026-11-09"))
    ]
}  # fmt: skip
AT_CLOSING = {"closed_on": ["2026-10-05"]}  # handed to a process that begins as the case closes
KINDS = ("restorative", "internal_inclusion", "targeted", "off_site", "other")
MODEL = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"


@dataclass
class World:
    """`begin` are variables with their possible values at the start, `answers` those that inputs may set, `refreshed`
    those that change without an input. `telling` are, for each decision table, values that bring it to its answers.
    """

    name: str
    definition: Definition
    begin: Answers = field(default_factory=dict)
    answers: Answers = field(default_factory=dict)
    refreshed: list[str] = field(default_factory=list)
    telling: list[list[dict[str, Any]]] = field(default_factory=list)
    tries: int = 1  # how many answers to try for one that leads to something new

    def mood(self, random: Random) -> dict[str, Any]:
        """Values that a whole walk prefers."""
        tables = random.sample(self.telling, len(self.telling))
        return {name: value for table in tables for name, value in random.choice(table).items()}

    def start(self, random: Random, mood: dict[str, Any]) -> dict[str, Any]:
        return {name: pick(random, mood, name, values) for name, values in self.begin.items()}

    def answer(self, random: Random, mood: dict[str, Any]) -> dict[str, Any]:
        """What a form sets: all that may be, so that nothing is missing that is asked for later."""
        return {name: pick(random, mood, name, values) for name, values in self.answers.items()}

    def call(self, random: Random, mood: dict[str, Any]) -> Callable[[str, dict[str, Any]], Any]:
        """The operators of the house, answering at random."""

        def answer(operator: str, parameters: dict[str, Any]) -> Any:
            match operator:
                case "start_process":
                    return random.randint(1, 9)
                case "refresh":
                    return {name: pick(random, mood, name, self.begin[name]) for name in self.refreshed}
                case "ladder":
                    standing = {"gaps": ["two visits"], "open": [], "next": "restorative", "history": [], "days": {}}
                    standing["kinds"] = {rung: random.choice(KINDS) for rung in self.begin.get("rung", []) if rung}
                    return {"ready": random.choice((True, False)), **standing}
                case "involved":
                    return random.sample(list(PARTIES), 4)
                case "exclusion_outlook":
                    return pick(random, mood, "outlook", RESULTS["outlook"])
                case "deemed_service":
                    return parameters["sent_on"]
                case "issue_terms":
                    return {"version": random.randint(1, 9), "hash": "00"}
            return None

        return answer


def pick(random: Random, mood: dict[str, Any], name: str, values: list[Any]) -> Any:
    return mood[name] if name in mood and random.random() < 0.98 else random.choice(values)


def sound_models() -> list[World]:
    """`tests/models/sound/*.bpmn`: a process's documentation says `variables:` and `choices:`, as JSON."""
    tables = {path.name: path.read_bytes() for path in SOUND.glob("*.dmn")}
    return [_sound(path, tables) for path in sorted(SOUND.glob("*.bpmn"))]


def _sound(path: Path, tables: dict[str, bytes]) -> World:
    xml = path.read_bytes()
    process = etree.fromstring(xml).find(f"{MODEL}process")
    told = process.findtext(f"{MODEL}documentation") or ""
    said = {kind: json.loads(value) for kind, value in re.findall(r"^\s*(variables|choices): (.*)$", told, re.M)}
    begin = {name: [value] for name, value in said.get("variables", {}).items()}
    definition = Definition(process.get("id"), {path.name: xml, **tables})
    return World(path.stem, definition, begin, said.get("choices", {}))


def bundles() -> list[World]:
    """Every folder under `bpmn/` with a `process.toml`."""
    about = {path.parent.name: tomllib.loads(path.read_text()) for path in sorted(BUNDLES.glob("*/process.toml"))}
    forms = [json.loads(path.read_bytes()) for path in sorted(BUNDLES.glob("*/forms/*.schema.json"))]
    policies = _policies()
    asked: Answers = {}
    for name, schema in (item for form in forms for item in form["properties"].items()):
        if schema.get("x-variable"):
            add(asked, name, answers_of_a_field(schema))
    return [_bundle(name, told, asked, policies) for name, told in about.items()]


def _bundle(name: str, about: dict[str, Any], asked: Answers, policies: Answers) -> World:
    files = {path.name: path.read_bytes() for path in sorted((BUNDLES / name).iterdir()) if path.is_file()}
    read = read_in(files)
    given: Answers = {}
    for variable, source in about.get("variables", {}).items():
        if "policy" in source:
            add(given, variable, policies.get(source["policy"], []))
        else:
            add(given, variable, [source.get("default", source.get("given")), *asked.get(variable, [])])
        add(given, variable, read.get(variable, []))
    answers = {variable: values for variable, values in asked.items() if variable in read}
    refreshed = [variable for variable, source in about.get("variables", {}).items() if "given" not in source]
    tables = [parse_decision(xml, file) for file, xml in files.items() if file.endswith(".dmn")]
    everything = {**read, **answers, **given, **RESULTS}
    telling = [told for table in tables if (told := telling_values(table, everything))]  # not of answers of others
    given |= {variable: values for variable, values in AT_CLOSING.items() if variable in given}
    return World(name, Definition(name, files), {**answers, **given}, answers, refreshed, telling, tries=12)


def telling_values(table: Decision, values: Answers, rounds: int = 3_000) -> list[dict[str, Any]]:
    """Inputs of a table for each value of its first output, found by changing a few at a time of those found before."""
    random = Random(table.id)
    names = sorted(table.reads)
    found: dict[str, dict[str, Any]] = {}
    for _ in range(rounds):
        base = random.choice([*found.values()]) if found else {n: random.choice(values[n] or [None]) for n in names}
        changed = {n: random.choice(values[n] or [None]) for n in random.sample(names, min(len(names), 3))}
        inputs = {**base, **changed}
        try:
            found.setdefault(json.dumps(table.decide(inputs)), inputs)
        except (ExpressionFailed, NoRowMatches, TwoRowsMatch):
            continue
    first = {json.dumps(next(iter(json.loads(answer).values()))): inputs for answer, inputs in found.items()}
    return [*first.values()]


def _policies() -> Answers:
    found: Answers = {}
    for name, parameter in PARAMETERS.items():
        if isinstance(parameter.default, int | str):
            add(found, name, [parameter.default])
    for path in sorted(BUNDLES.glob("authorities/*.toml")):
        for version in tomllib.loads(path.read_text()).get("versions", []):
            for name, value in _flat("", version):
                add(found, name, [value])
    return found


def _flat(prefix: str, table: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    for name, value in table.items():
        yield f"{prefix}{name}", value
        if isinstance(value, dict):
            yield from _flat(f"{prefix}{name}.", value)
