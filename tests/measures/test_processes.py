"""What measures read is what our processes say: milestones, forms and answers of the bundles, in every scenario."""

import json
from pathlib import Path
from typing import Any, get_args

from services.case.application.files import HOUSE
from services.case.domain import milestones
from services.case.projections.measures import folding
from services.case.projections.measures.characteristics import characteristics
from services.case.projections.measures.occurrences import Kind
from services.case.wiring import House
from tests.measures.telling import project
from tests.projections.traffic import Traffic, lives

READ = {  # form -> answers that are read from it
    "direction_notice": ("end_on",),
    "direction_review": ("end_on",),
    "direction_change": ("end_on",),
    "choose_provider": ("provider",),
    "provider_check": ("setting_type",),
    "placement_check": ("total_cost", "weeks", "legal_route"),
    "commissioning_agreement": ("starts_on", "ends_on"),
    "placement_notice": ("starts_on", "ends_on"),
    "placement_review": ("extended_until",),
    "placement_end": ("final_cost", "destination", "sessions_offered", "sessions_attended"),
    "provision": ("begins_on",),
    "feedback": ("listened",),
    "pressure_looked_into": ("upheld",),
}
FORMS: dict[str, dict[str, Any]] = {
    path.name.removesuffix(".schema.json"): json.loads(path.read_text())["properties"]
    for path in Path(HOUSE).glob("*/forms/*.schema.json")
}


def test_forms_have_the_answers_that_are_counted_in_clear() -> None:
    assert READ.keys() == folding.FORMS.keys()
    for form, names in READ.items():
        for name in names:
            assert FORMS[form][name]["x-personal"] is False, (form, name)


def test_each_choice_of_a_referral_belongs_to_a_group() -> None:
    for name in ("sex", "ethnicity", "sen_type"):
        for choice in FORMS["referral"][name]["oneOf"]:
            assert all(characteristics({name: choice["const"]}).values()), choice
    assert characteristics({"fsm_ever6": False, "first_language": "ENG", "surname": "Example"}) == {
        "fsm": "no", "first_language": "english",
    }  # fmt: skip
    assert {"fsm_ever6", "first_language"} <= FORMS["referral"].keys()


def test_forms_with_both_views_are_reviews_or_begin_something() -> None:
    both = {form for form, fields in FORMS.items() if set(folding.VIEWS) <= fields.keys()}

    assert {form for form in both if form.endswith("review")} >= {"strategy_review", "placement_review"}


def test_milestones_are_those_that_diagrams_may_declare() -> None:
    assert folding.MILESTONES.keys() <= milestones.MILESTONES


def test_everything_that_is_counted_happens_in_some_scenario(house: House) -> None:
    Traffic(house.store, cases=len(lives())).run()
    project(house)

    found = {kind for (kind,) in house.database.rows("SELECT DISTINCT kind FROM occurrences")}
    ended = {kind for (kind,) in house.database.rows("SELECT DISTINCT kind FROM occurrences WHERE outcome <> ''")}

    tags = "SELECT DISTINCT split_part(t, ':', 1) FROM occurrences, unnest(tags) t WHERE kind = 'move'"
    checks = {tag for (tag,) in house.database.rows(tags)}

    assert found == set(get_args(Kind))
    assert checks >= {"check_at_6", "check_at_12", "check_at_end", "plan"}
    assert ended >= {"strategy", "approach", "direction", "move", "placement", "return", "review", "feedback", "panel"}
