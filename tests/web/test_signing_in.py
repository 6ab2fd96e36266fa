"""Signing in and out, and what keeps others from using somebody's session."""

from collections.abc import Callable

import httpx
import psycopg
import pytest

from services.case.settings import Settings, SettingsRefused, read_settings
from tests.api.desk import house_of
from tests.serving import Served
from tests.web.browsing import Browser

At = Callable[[str], Browser]


def test_before_it_is_ready_it_says_where_people_sign_in_and_who_there_is(served: Served) -> None:
    said = "".join(served.said[: -len([line for line in served.said if line.startswith("ready")]) or None])
    before = "".join(served.said).partition("ready ")[0]
    assert f"{served.address}/sign-in" in before and said
    assert "Asha Bell" in before and "process-owner" in before


def test_a_page_leads_to_sign_in_and_back(served: Served, browser: At) -> None:
    # given somebody who is not signed in and follows a link to a page
    visitor = browser("")
    visitor.open("/tasks")
    assert (visitor.path, visitor.heading) == ("/sign-in", "Sign in")

    # when they sign in, then they are where they wanted to go
    visitor.send("/sign-in", name="caseworker")
    assert visitor.path == "/tasks"


def test_who_has_signed_out_is_out_whatever_cookie_is_sent_again(browser: At) -> None:
    person = browser("caseworker")
    before = dict(person.client.cookies)
    person.send("/sign-out")
    assert person.heading == "You are signed out"

    person.client.cookies.update(before)
    assert person.open("/tasks").path == "/sign-in"


def test_a_form_of_another_site_or_without_its_token_does_nothing(served: Served, browser: At) -> None:
    person = browser("caseworker")
    token = person.page.xpath("//form[@action='/sign-out']//input[@name='token']/@value")[0]

    assert person.post("/sign-out", [("token", token)], origin="https://elsewhere.example").status == 403
    assert person.post("/sign-out", [("token", token)], origin="null").status == 403
    assert person.post("/sign-out", []).status == 403
    assert person.post("/sign-out", [("token", "x" * 64)]).status == 403
    another = browser("caseworker2")
    assert another.post("/sign-out", [("token", token)]).status == 403
    assert person.open("/tasks").path == "/tasks"


def test_signing_in_changes_the_cookie_and_leads_to_our_pages_only(browser: At) -> None:
    person = browser("")
    for away in ("//elsewhere.example", "https://elsewhere.example", "/\\elsewhere.example"):
        person.open(f"/sign-in?next={away}")
        person.send("/sign-in", name="caseworker")
        assert person.answer.url.host == "127.0.0.1"
    first = person.client.cookies["session"]
    person.open("/sign-in")
    person.send("/sign-in", name="caseworker2")
    assert person.client.cookies["session"] != first


@pytest.mark.parametrize("column", ["seen_at", "began_at"])
def test_a_session_ends_by_itself(served: Served, browser: At, column: str) -> None:
    # given a session that nobody has used for half an hour, or that is twelve hours old
    person = browser("caseworker")
    with house_of(served) as house, psycopg.connect(house.url, autocommit=True) as connection:
        connection.execute(f"UPDATE sessions SET {column} = now() - interval '12 hours 1 minute'".encode())

    # then the next page is the sign-in page, which says why
    assert person.open("/tasks").path == "/sign-in"
    assert "You were signed out because" in person.text


def test_every_page_forbids_what_it_does_not_need(served: Served, browser: At) -> None:
    for path in ("/sign-in", "/help", "/tasks", "/no-such-page"):
        headers = browser("caseworker").open(path).answer.headers
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy and "unsafe" not in policy and "frame-ancestors 'none'" in policy
        assert headers["cache-control"] == "no-store"
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] in ("same-origin", "no-referrer")


def test_cookies_are_bound_to_host_and_tls_but_on_a_machine_of_ones_own() -> None:
    from services.case.web.safety import cookie_name

    assert (cookie_name("session", True), cookie_name("session", False)) == ("__Host-session", "session")


def test_files_are_kept_for_good_and_are_nobody_elses_brand(served: Served, browser: At) -> None:
    page = browser("").open("/sign-in").page
    for address in page.xpath("//link[@rel='stylesheet']/@href | //script/@src | //link[@rel='icon']/@href"):
        answer = httpx.get(served.address + address)
        assert answer.status_code == 200, address
        assert "immutable" in answer.headers["cache-control"]
        assert "GDS Transport" not in answer.text and "@font-face" not in answer.text
        assert "govuk-crest.svg" not in answer.text
    assert httpx.get(f"{served.address}/assets/x/axe.js").status_code == 404


def test_the_councils_colour_can_be_read_upon() -> None:
    assert read_settings({"CASE_BRAND_COLOUR": "#7b1113"}).brand_colour == "#7b1113"
    assert Settings().brand_colour
    with pytest.raises(SettingsRefused):
        read_settings({"CASE_BRAND_COLOUR": "#ffdd00"})
    with pytest.raises(SettingsRefused):
        read_settings({"CASE_BRAND_COLOUR": "red; } body { display: none"})
