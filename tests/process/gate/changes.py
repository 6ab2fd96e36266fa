"""A whole small process, and the changes that each break one rule for bundles."""

from pathlib import Path

import msgspec

from services.case.process.gate import Known, Operator

FOLDER = Path(__file__).parent / "home_visit"
KNOWN = Known(
    roles=frozenset({"caseworker", "home-staff"}),
    operators={
        "send_notice": Operator({"notice": "notice", "to": "recipient"}, frozenset({"notice", "to"})),
        "start_process": Operator({"process": "process"}, frozenset({"process"}), more=True),
        "set_fact": Operator({"name": "fact", "value": "any"}, frozenset({"name", "value"})),
        "refresh": Operator(),
    },
    milestones=frozenset({"visit.arranged"}),
    policy_keys=frozenset({"visit.length"}),
    facts=frozenset({"sen_provision", "pupil"}),
    processes=frozenset({"managed_move"}),
    recipients=frozenset({"parent", "pupil", "home-staff"}),
)


class Change(msgspec.Struct, frozen=True):
    """In `file`, `old` becomes `new`; without `old` the file becomes `new`, and without either it goes."""

    rule: str
    file: str
    old: str | None = None
    new: str | None = None

    def __str__(self) -> str:
        return f"{self.rule}: {self.new if self.old is None else self.old}"[:60]


def bundle(*changes: Change) -> dict[str, bytes]:
    """The files of the process, changed."""
    files = {path.relative_to(FOLDER).as_posix(): path.read_bytes() for path in FOLDER.rglob("*") if path.is_file()}
    for change in changes:
        if change.old is not None and change.new is not None:
            assert change.old.encode() in files[change.file], change
            files[change.file] = files[change.file].replace(change.old.encode(), change.new.encode(), 1)
        elif change.new is not None:
            files[change.file] = change.new.encode()
        else:
            del files[change.file]
    return files


TOML, BPMN, DMN = "process.toml", "home_visit.bpmn", "visit_route.dmn"
REQUEST, ARRANGE, RECORD = (f"forms/{name}.schema.json" for name in ("request", "arrange", "record"))
NOTICE = "notices/visit_planned.md"

TASK = '<bpmn:userTask id="arrange"'
AFTER_NOBODY = 'name="other_than" value="invented" /><spiffworkflow:property name="due" value='
SHOWS_NOTHING = 'name="shows" value="arrange.shoe_size" /><spiffworkflow:property name="due" value='
START_NOWHERE = """id="start_process"><spiffworkflow:parameter id="process" type="any" value="'nowhere'" />"""

SETTINGS = [
    Change("settings-missing", TOML),
    Change("settings-malformed", TOML, "title = ", "title: "),
    Change("settings-key", TOML, 'owner = "Attendance team"', 'owners = "Attendance team"'),
    Change("settings-key", TOML, 'title = "Home visit"', "title = 5"),
    Change("settings-key", TOML, 'prefix = "HV"', 'prefix = "home visit"'),
    Change("settings-key", TOML, 'owner = "Attendance team"\n', ""),
    Change("settings-key", TOML, '"School" = "home-staff"', '"School" = "home-staff"\n[borrowed_forms]\nrecord = 5'),
    Change("settings-deadline", TOML, 'kind = "duty"', 'kind = "wish"'),
    Change("settings-deadline", TOML, "count = 3\n", ""),
    Change("settings-deadline", TOML, "count = 3", "count = 0"),
    Change("settings-deadline", TOML, "count = 3", "counts = 3"),
    Change("settings-deadline", TOML, 'rule = "on"', 'rule = "on"\ncount = 2'),
    Change("settings-deadline", TOML, 'unit = "school_days"', 'unit = "fortnights"'),
    Change("settings-deadline", TOML, 'title = "Arrange the visit"\n', ""),
    Change("settings-variable", TOML, 'sen = { fact = "sen_provision" }', 'sen = { fact = "pupil", given = 1 }'),
    Change("settings-variable", TOML, "sen = {", "len = {"),
    Change("settings-outcome", TOML, "VISITED = ", "visited = "),
    Change("settings-outcome", TOML, '"No visit was made."', '""'),
    Change("unknown-role", TOML, '"home-staff"', '"headteacher"'),
    Change("unknown-role", TOML, "[lanes]", '[start]\nby = ["headteacher"]\n[lanes]'),
    Change("settings-key", TOML, "[lanes]", '[start]\nat = "opening"\n[lanes]'),
    Change("unknown-policy", TOML, '"visit.length"', '"visit.width"'),
    Change("unknown-policy", TOML, "count = 3", 'policy = "visit.count"'),
    Change("unknown-fact", TOML, '"sen_provision"', '"shoe_size"'),
    Change("unknown-fact", REQUEST, '"x-fact": "pupil"', '"x-fact": "shoe_size"'),
]
NAMES = [
    Change("no-diagram", BPMN),
    Change("process-id", BPMN, '<bpmn:process id="home_visit"', '<bpmn:process id="visit_home"'),
    Change("decision-id", DMN, '<decision id="visit_route"', '<decision id="route_of_visit"'),
    Change("unknown-decision", BPMN, ">visit_route<", ">visit_routes<"),
    Change("unknown-process", BPMN, TASK, f'<bpmn:callActivity id="ask" calledElement="nowhere" />{TASK}'),
    Change("unknown-process", BPMN, 'id="send_notice" resultVariable="sent">', START_NOWHERE),
    Change("form-missing", BPMN, '<spiffworkflow:property name="form" value="arrange" />', ""),
    Change("unknown-form", BPMN, 'value="arrange" />', 'value="arranged" />'),
    Change("unknown-form", TOML, 'start_form = "request"', 'start_form = "requested"'),
    Change("unknown-lane", BPMN, 'name="School"', 'name="Schools"'),
    Change("lane-missing", BPMN, "<bpmn:flowNodeRef>inform</bpmn:flowNodeRef>", ""),
    Change("unknown-milestone", BPMN, "visit.arranged", "visit.imagined"),
    Change("unknown-deadline", BPMN, 'deadline("visit_day"', 'deadline("visit_night"'),
    Change("unknown-deadline", TOML, "[deadlines.arrange]", "[deadlines.arranged]"),
    Change("unknown-outcome", BPMN, 'value="VISITED"', 'value="SEEN"'),
    Change("unknown-outcome", BPMN, '"CALLED_OFF" if', '"OFF" if'),
    Change("unknown-task", BPMN, 'name="due" value=', AFTER_NOBODY),
    Change("unknown-shown", BPMN, 'name="due" value=', SHOWS_NOTHING),
    Change("unknown-operator", BPMN, 'id="send_notice"', 'id="send_pigeon"'),
    Change("operator-parameter", BPMN, '<spiffworkflow:parameter id="notice"', '<spiffworkflow:parameter id="letter"'),
    Change("unknown-notice", BPMN, "visit_planned", "visit_dreamt"),
    Change("unknown-recipient", BPMN, "[\"parent\", \"pupil\"]", "[\"parent\", \"neighbour\"]"),
    Change("unset-variable", BPMN, "urgency &gt; 3", "hurry &gt; 3"),
    Change("unset-variable", DMN, "<text>route_asked</text>", "<text>route_wished</text>"),
    Change("unset-variable", ARRANGE, '"x-variable": true,', ""),
    Change("unknown-property", BPMN, 'name="due"', 'name="dueExpr"'),
    Change("operator-missing", BPMN, TASK, f'<bpmn:serviceTask id="idle" />{TASK}'),
]  # fmt: skip
FORMS = [
    Change("form-malformed", ARRANGE, '"required"', "required"),
    Change("form-malformed", ARRANGE, '"title": "Arrange the visit",', '"title": "a", "title": "b",'),
    Change("form-malformed", ARRANGE, '"type": "object"', '"type": "thing"'),
    Change("form-malformed", ARRANGE, "{", "[{"),
    Change("form-malformed", ARRANGE, None, "[]"),
    Change("form-malformed", RECORD, '"format": "email"', '"pattern": "("'),
    Change("form-shape", ARRANGE, '"additionalProperties": false', '"additionalProperties": true'),
    Change("form-shape", ARRANGE, 'object",\n        "additionalProperties": false,', 'object",'),
    Change("form-shape", REQUEST, "2020-12", "2019-09"),
    Change("form-vocabulary", ARRANGE, '"format": "date"', '"format": "hostname"'),
    Change("form-vocabulary", ARRANGE, '"maxLength": 80', '"$ref": "#"'),
    Change("form-vocabulary", ARRANGE, '"type": "array",', '"type": "array", "contains": {},'),
    Change("form-vocabulary", ARRANGE, '"autocomplete"', '"placeholder"'),
    Change("form-vocabulary", ARRANGE, '"title": "Arrange the visit",', '"title": "Arrange", "anyOf": [{}],'),
    Change("form-vocabulary", REQUEST, '"type": "boolean"', '"type": ["boolean", "null"]'),
    Change("form-vocabulary", REQUEST, '"type": "integer"', '"type": "object"'),
    Change("form-vocabulary", RECORD, '"declaration"', '"hint"'),
    Change("form-vocabulary", RECORD, '{"const": "no", "title": "No"}', '{"const": "no"}'),
    Change("form-vocabulary", REQUEST, '"items": {"oneOf"', '"items": {"enum": ["late"], "oneOf"'),
    Change("form-check", REQUEST, '"not_after"', '"not_on_sunday"'),
    Change("form-check", REQUEST, '"field": "letter_sent_on"', '"field": "letter_came_on"'),
    Change("form-condition", REQUEST, '"then": {"required"', '"else": {"required"'),
    Change("form-condition", REQUEST, '{"letter": {"const": true}}', '{"post": {"const": true}}'),
    Change("form-field", REQUEST, '"required": ["pupil"', '"required": ["pupils"'),
    Change("form-field", REQUEST, '"askIf": {"letter"', '"askIf": {"post"'),
    Change("form-field", REQUEST, '"then": {"required": ["letter_sent_on"]', '"then": {"required": ["letter_day"]'),
    Change("required-without-sentence", REQUEST, '"errors": {"required": "Choose the pupil"}', '"hint": "A name"'),
    Change("required-without-sentence", REQUEST, ', "errors": {"required": "Enter the day of the letter"}', ""),
    Change("required-without-sentence", ARRANGE, '"required": "Enter a name", ', ""),
    Change("form-sentence", ARRANGE, '"format": "Enter a real date"', '"formatted": "Enter a real date"'),
    Change("form-sentence", ARRANGE, '"format": "Enter a real date"', '"format": ""'),
    Change("personal-variable", ARRANGE, '"x-personal": false,', ""),
    Change("form-variable", ARRANGE, '"maxLength": 80,', '"x-personal": false, "x-variable": true,'),
    Change("notice-malformed", NOTICE, "---\n", ""),
    Change("notice-malformed", NOTICE, "statutory:", "important:"),
    Change("notice-malformed", NOTICE, "title: A visit is planned\n", ""),
    Change("notice-malformed", NOTICE, "title: A visit is planned", "title: [A, &x"),
    Change("notice-placeholder", NOTICE, "{{ link }}", "{{ shoe_size }}"),
    Change("notice-placeholder", NOTICE, "{{ link }}", "{{ link | upper }}"),
    Change("notice-placeholder", NOTICE, "{{ link }}", "{% for x in y %}"),
    Change("notice-variant", "notices/visit_planned.welsh.md", None, "---\ntitle: Dewch\n---\nDewch."),
    Change("notice-variant", "notices/other.easy.md", None, "---\ntitle: Come\neasy_read: true\n---\nCome."),
]  # fmt: skip
DOUBTS = [
    Change("unused-file", "notices/other.md", None, "---\ntitle: Never sent\n---\nNothing.\n"),
    Change("unused-file", TOML, 'start_form = "request"', 'start_form = "arrange"'),
    Change("unused-lane", TOML, "[lanes]\n", '[lanes]\n"Panel" = "caseworker"\n'),
    Change("unused-deadline", BPMN, 'deadline("arrange")', '"P3D"'),
    Change("unused-outcome", TOML, "[outcomes]\n", '[outcomes]\nMOVED = "The family moved."\n'),
    Change("stray-file", "holiday.jpg", None, "no picture"),
    Change("field-without-title", RECORD, '"title": "Who wants a copy?", ', ""),
]
