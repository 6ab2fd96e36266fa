"""Signing in at a council's own provider, and the ways in which that must fail."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import psycopg
import pytest

from services.case.web.role_pages import code_of
from tests.conftest import MASTER_KEY
from tests.serving import Served, serve
from tests.web.browsing import Browser
from tests.web.provider import CLIENT, SECRET, Provider

ROLES = """
claim = "groups"
authority = "937"

[roles]
"Inclusion team" = ["caseworker@937"]
"Audit" = ["auditor@937"]
"Systems" = ["admin@937"]
"""


class OverTls(Browser):
    """A browser that takes this machine for safe, as browsers do, and so sends cookies that are for TLS alone."""

    def __init__(self, address: str) -> None:
        super().__init__(address)
        self.kept: dict[str, str] = {}
        self.client.event_hooks = {"request": [self._send], "response": [self._keep]}

    def _send(self, request: httpx.Request) -> None:
        if str(request.url).startswith(str(self.client.base_url)):
            request.headers["cookie"] = "; ".join(f"{name}={value}" for name, value in self.kept.items())

    def _keep(self, response: httpx.Response) -> None:
        for line in response.headers.get_list("set-cookie"):
            name, _, value = line.partition(";")[0].partition("=")
            assert name.startswith("__Host-") and "Secure" in line and "HttpOnly" in line and "SameSite=lax" in line
            self.kept[name] = value.strip('"')


@pytest.fixture(scope="module")
def provider() -> Iterator[Provider]:
    running = Provider()
    yield running
    running.close()


@pytest.fixture(scope="module")
def served(postgresql: str, provider: Provider, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder: Path = tmp_path_factory.mktemp("signing-in")
    (folder / "roles.toml").write_text(ROLES)
    with psycopg.connect(f"{postgresql} dbname=postgres", autocommit=True) as admin:
        admin.execute("CREATE DATABASE signing_in")
        environment = {
            "CASE_DATABASE_URL": f"{postgresql} dbname=signing_in",
            "CASE_MASTER_KEY": MASTER_KEY,
            "CASE_OIDC_ISSUER": provider.address,
            "CASE_OIDC_CLIENT_ID": CLIENT,
            "CASE_OIDC_CLIENT_SECRET": SECRET,
            "CASE_OIDC_ROLES_PATH": str(folder / "roles.toml"),
            "CASE_BRAND_NAME": "Example County Council",
        }
        with serve(folder, environment=environment) as running:
            yield running
        admin.execute("DROP DATABASE signing_in WITH (FORCE)")


@pytest.fixture
def visitor(served: Served) -> Iterator[OverTls]:
    browser = OverTls(served.address)
    yield browser
    browser.close()


def test_somebody_signs_in_at_the_provider_and_out_again(visitor: OverTls, provider: Provider) -> None:
    # given somebody on their way to a page, at a council with its own provider
    visitor.open("/tasks/team")
    assert visitor.path == "/sign-in" and "sample people" not in visitor.text
    assert "Example County Council" in visitor.page.text_content()

    # when they sign in there, then they are where they wanted to go, in the role that their group means
    visitor.open(visitor.links()["Sign in with your work account"])
    assert (visitor.path, visitor.heading) == ("/tasks/team", "Team’s tasks")
    assert "Asha Bell" in visitor.page.text_content() and visitor.open("/cases/new").status == 200

    # when they sign out, then also there
    cookies = dict(visitor.kept)
    visitor.send("/sign-out")
    assert len(provider.ended) == 1 and provider.ended[0].count(".") == 2
    visitor.kept = cookies
    assert visitor.open("/tasks").path == "/sign-in"


def test_a_group_that_means_nothing_here_gives_no_role(visitor: OverTls, provider: Provider) -> None:
    provider.person = {**provider.person, "sub": "another", "groups": ["Canteen", "caseworker@937"]}
    visitor.open("/sign-in/start")
    assert visitor.path == "/tasks" and visitor.open("/cases/new").status == 403


def test_an_administrator_sees_which_group_means_a_role(visitor: OverTls, provider: Provider) -> None:
    somebody = "5f0c9a7e"
    provider.person = {"sub": somebody, "name": "Asha Bell", "groups": ["Inclusion team"]}
    visitor.open("/sign-in/start")
    provider.person = {**provider.person, "sub": "systems", "name": "Pat Lowe", "groups": ["Systems"]}
    visitor.open("/sign-in/start").open("/people")
    assert "Asha Bell Caseworker, Warwickshire council" in visitor.text
    told = visitor.open(f"/people/{code_of(somebody)}").text
    assert "Caseworker Warwickshire council Sign-in: “Inclusion team” in the claim “groups” means it" in told


def test_a_sign_in_that_was_not_begun_here_or_was_changed_on_the_way_is_refused(
    visitor: OverTls, provider: Provider
) -> None:
    def began() -> str:
        visitor.client.follow_redirects = False
        there = visitor.open("/sign-in/start").answer.headers["location"]
        back: str = httpx.get(there).headers["location"]
        visitor.client.follow_redirects = True
        return back

    back = began()
    for path in ("/sign-in/done?code=x&state=y", back.replace("state=", "state=x"), back.replace("code=", "code=x")):
        assert visitor.open(path).path == "/sign-in", path
        assert visitor.open("/tasks").path == "/sign-in"
    other = began()
    visitor.kept.pop("__Host-sign-in")
    assert visitor.open(other).path == "/sign-in", "begun by another browser"
    third = began()
    visitor.kept["__Host-sign-in"] = visitor.kept["__Host-sign-in"][:-40] + "0" * 40
    assert visitor.open(third).path == "/sign-in"

    provider.nonce = "another"
    assert visitor.open(began()).path == "/sign-in", "a token made for another sign-in"
    provider.nonce = ""
    assert visitor.open(began()).path == "/tasks"


def test_the_sample_people_are_not_there(visitor: OverTls) -> None:
    visitor.open("/sign-in")
    token = visitor.kept["__Host-form"]
    assert visitor.post("/sign-in", [("token", token), ("name", "caseworker")]).status == 404
