"""`process.toml`: its keys, their kinds, and the roles, facts and policy that it names."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from services.case.process.expressions import is_name
from services.case.process.gate.bundle.contents import PROCESS_FILE, Contents
from services.case.process.gate.finding import Finding
from services.case.process.process_file import ProcessFileRefused, read_process_file

RULES: Final = {
    "settings-missing": "a folder without process.toml",
    "settings-malformed": "a process.toml that is not TOML",
    "settings-key": "a key of process.toml that is unknown, missing, or of another kind",
    "settings-deadline": "a deadline without one of its parts, or with one that does not go with the rest",
    "settings-variable": "a variable of process.toml with a name it cannot have, or not from one source",
    "settings-outcome": "an outcome whose code is not in capitals or that has no sentence",
    "unknown-role": "a role that is not in the closed list",
    "unknown-policy": "a key of the policy that is not in the catalogue",
    "unknown-fact": "a fact of the case that is not in the closed list",
}

_KEYS: Final = {
    "title": str, "owner": str, "prefix": str, "legal_basis": str, "start_form": str, "lanes": dict,
    "variables": dict, "outcomes": dict, "deadlines": dict, "borrowed_forms": dict, "several": bool, "start": dict,
}  # fmt: skip
_REQUIRED: Final = ("title", "owner", "prefix", "legal_basis", "start_form", "lanes")
_WORDS: Final = {
    "kind": ("duty", "wait"),
    "rule": ("within", "before", "on", "inclusive"),
    "unit": ("school_days", "working_days", "calendar_days", "school_weeks", "calendar_weeks"),
    "calendar": ("home", "receiving", "both"),
    "strength": ("LAW", "GUIDANCE", "LOCAL"),
}
_DEADLINE: Final = {"title", "basis", "count", "policy"} | _WORDS.keys()
_DEADLINE_REQUIRED: Final = ("title", "kind", "rule", "strength", "basis")
_MOMENTS: Final = (("at", "closing"), ("at", "undelivered"))
_PREFIX: Final = re.compile(r"[A-Z]{2,6}")
_OUTCOME: Final = re.compile(r"[A-Z][A-Z0-9_]*")


def judge(contents: Contents) -> Iterator[Finding]:
    """Findings about `process.toml`, and about files that could not be read at all."""
    yield from contents.unread
    if PROCESS_FILE not in contents.files:
        yield contents.finding("settings-missing", PROCESS_FILE, "", "The folder has no process.toml.")
    if contents.settings is None:
        return
    found = [
        *_keys(contents, contents.settings),
        *_lanes(contents),
        *_start(contents),
        *_variables(contents),
        *_outcomes(contents),
        *(one for name, table in contents.table("deadlines").items() for one in _deadline(contents, name, table)),
    ]
    yield from found
    if not found:
        try:
            read_process_file(contents.files[PROCESS_FILE])
        except ProcessFileRefused as refused:  # so that whatever passes here can be loaded
            yield contents.finding("settings-key", PROCESS_FILE, "", f"{str(refused).rstrip('.')}.")


def _keys(contents: Contents, settings: Mapping[str, Any]) -> Iterator[Finding]:
    for key in _REQUIRED:
        if not settings.get(key):
            yield contents.finding("settings-key", PROCESS_FILE, key, f"The key {key} is missing or empty.")
    for key, value in settings.items():
        if key not in _KEYS:
            yield contents.finding("settings-key", PROCESS_FILE, key, f"There is no key {key} in process.toml.")
        elif not isinstance(value, _KEYS[key]):
            yield contents.finding("settings-key", PROCESS_FILE, key, f"The key {key} is of another kind.")
    prefix = settings.get("prefix")
    if isinstance(prefix, str) and prefix and not _PREFIX.fullmatch(prefix):
        yield contents.finding("settings-key", PROCESS_FILE, "prefix", "A prefix has two to six capital letters.")


def _lanes(contents: Contents) -> Iterator[Finding]:
    roles = contents.known.roles
    for lane, role in contents.table("lanes").items():
        if not isinstance(role, str) or (roles is not None and role not in roles):
            yield contents.finding(
                "unknown-role", PROCESS_FILE, lane, f"The lane {lane} is given to a role there is not."
            )


def _start(contents: Contents) -> Iterator[Finding]:
    roles = contents.known.roles
    for key, value in contents.table("start").items():
        if key == "by" and isinstance(value, list) and all(isinstance(role, str) for role in value):
            for role in value:
                if roles is not None and role not in roles:
                    yield contents.finding("unknown-role", PROCESS_FILE, "start", f"No role is called {role}.")
        elif (key, value) not in _MOMENTS and not (key == "closed_as" and isinstance(value, list)):
            words = 'The table start holds by, a list of roles, or at = "closing" with closed_as, or "undelivered".'
            yield contents.finding("settings-key", PROCESS_FILE, "start", words)


def _variables(contents: Contents) -> Iterator[Finding]:
    for name, source in contents.table("variables").items():
        if not is_name(name):
            yield contents.finding("settings-variable", PROCESS_FILE, name, f"No variable may be called {name}.")
        kinds = set(source) - {"default"} if isinstance(source, dict) else set()
        if len(kinds) != 1 or not kinds <= {"fact", "policy", "given"}:
            yield contents.finding(
                "settings-variable", PROCESS_FILE, name, f"The variable {name} is either a fact, policy or given."
            )
        elif "given" not in kinds:
            yield from _source(contents, name, kinds.pop(), source)


def _source(contents: Contents, name: str, kind: str, source: Mapping[str, Any]) -> Iterator[Finding]:
    listed = contents.known.facts if kind == "fact" else contents.known.policy_keys
    if not isinstance(source[kind], str) or (listed is not None and source[kind] not in listed):
        yield contents.finding(
            f"unknown-{kind}", PROCESS_FILE, name, f"The variable {name} is taken from a {kind} there is not."
        )


def _outcomes(contents: Contents) -> Iterator[Finding]:
    for code, sentence in contents.table("outcomes").items():
        if not _OUTCOME.fullmatch(code) or not isinstance(sentence, str) or not sentence.strip():
            yield contents.finding(
                "settings-outcome", PROCESS_FILE, code, "An outcome has a code in capitals and a sentence for people."
            )


def _deadline(contents: Contents, name: str, table: Any) -> Iterator[Finding]:
    def wrong(why: str) -> Finding:
        return contents.finding("settings-deadline", PROCESS_FILE, name, f"The deadline {name} {why}.")

    if not isinstance(table, dict):
        yield wrong("is no table")
        return
    for key in sorted(table.keys() - _DEADLINE):
        yield wrong(f"has an unknown key {key}")
    for key in _DEADLINE_REQUIRED:
        if not table.get(key):
            yield wrong(f"has no {key}")
    for key, words in _WORDS.items():
        if key in table and table[key] not in words:
            yield wrong(f"has a {key} other than {', '.join(words)}")
    counts = [key for key in ("count", "policy") if key in table]
    if len(counts) != (0 if table.get("rule") == "on" else 1):
        yield wrong("counts nothing on the day itself, and otherwise by either count or policy")
    if "count" in table and not (type(table["count"]) is int and table["count"] >= 1):
        yield wrong("counts from one")
    if table.get("rule") == "before" and table.get("unit") == "school_weeks":
        yield wrong("counts school weeks backwards, which cannot be done")
    policy, listed = table.get("policy", ""), contents.known.policy_keys
    if not isinstance(policy, str) or (policy and listed is not None and policy not in listed):
        yield contents.finding(
            "unknown-policy", PROCESS_FILE, name, f"The deadline {name} is counted by a policy there is not."
        )
