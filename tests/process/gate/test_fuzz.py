"""Thousands of broken models: the gate answers every time, quickly, and never with an exception."""

import random
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from lxml import etree

from services.case.process.gate import PERMISSIVE, RULES, check_bundle, check_diagram
from tests.process.gate.changes import bundle
from tests.process.gate.models import SOUND

SEED = 20_261_103
LONGEST = 3.0  # seconds for one file; measured: a few milliseconds, and less than half a second at the bound
MUTANTS = 40  # of each model: more than 2,000 altogether

NASTY = [b"", b"<", b"]]>", b"&#0;", b"&amp;", b"\xff", b"\x00", b"<!DOCTYPE a>", b"id=", b"<!-- -->", b"\xc3"]
WORDS = ["", "Start", "x" * 5_000, "../x", "a b", "{}", "true", "-1", "P5D", "é", "__import__('os')", "\u2028", "0"]


def bytes_broken(source: bytes, chance: random.Random) -> bytes:
    """Some bytes taken out, put in, doubled or swapped."""
    body = bytearray(source)
    for _ in range(chance.randint(1, 8)):
        at = chance.randrange(len(body))
        to = min(len(body), at + chance.randint(1, 60))
        match chance.randrange(4):
            case 0:
                del body[at:to]
            case 1:
                body[at:at] = chance.choice(NASTY)
            case 2:
                body[at:at] = body[at:to]
            case 3:
                body[at] = chance.randrange(256)
        if not body:
            break
    return bytes(body)


def elements_broken(source: bytes, chance: random.Random) -> bytes:
    """Some elements removed, doubled, moved or renamed, some attributes given to others."""
    root = etree.fromstring(source)
    for _ in range(chance.randint(1, 6)):
        elements = [element for element in root.iter("{*}*") if element is not root]
        if not elements:
            break
        one, other = chance.choice(elements), chance.choice(elements)
        parent = one.getparent()
        match chance.randrange(6):
            case 0:
                parent.remove(one)
            case 1:
                parent.append(etree.fromstring(etree.tostring(one)))
            case 2 if other not in one.iter() and one not in other.iterancestors():
                other.append(one)
            case 3:
                one.tag = other.tag
            case 4 if one.attrib:
                one.set(chance.choice(list(one.attrib)), _word(chance, elements))
            case 5:
                one.text = _word(chance, elements)
    body: bytes = etree.tostring(root)
    return body


def _word(chance: random.Random, elements: list[etree._Element]) -> str:
    texts = [element.get("id") or element.text or "" for element in elements]
    return chance.choice([chance.choice(WORDS), chance.choice(texts)])


def mutants() -> Iterator[tuple[str, bytes]]:
    chance = random.Random(SEED)
    ways: list[Callable[[bytes, random.Random], bytes]] = [bytes_broken, elements_broken]
    for model in SOUND:
        source = model.read_bytes()
        for number in range(MUTANTS):
            yield f"{model.name} {number}", ways[number % 2](source, chance)


def test_broken_models_are_judged_and_never_crash_the_gate() -> None:
    judged = refused = 0
    for name, xml in mutants():
        started = time.process_time()
        found = check_diagram(f"{name}{Path(name.split()[0]).suffix}", xml)
        assert time.process_time() - started < LONGEST, name
        assert {one.rule for one in found} <= RULES.keys(), name
        assert all(one.line >= 1 and len(one.message) < 600 for one in found), name
        judged += 1
        refused += any(one.severity == "error" for one in found)

    assert judged > 2_000
    assert refused > judged / 2  # most of what breaks a model is seen


@pytest.mark.parametrize("path", sorted(bundle()))
def test_broken_files_of_a_bundle_are_judged(path: str) -> None:
    chance = random.Random(f"{SEED} {path}")
    files = bundle()
    for _ in range(60):
        broken = bytes_broken(files[path], chance)
        for one in check_bundle({**files, path: broken}, PERMISSIVE, "bpmn/home_visit"):
            assert one.rule in RULES
