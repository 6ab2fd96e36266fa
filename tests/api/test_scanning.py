"""Where a council has ClamAV, it looks at each file before it is kept; where it is away, nothing is."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from services.case.application.scanning import Clamd
from services.case.domain.file_errors import FileInfected, ScannerAway
from tests.api.clamd import LARGEST, VIRUS, clamd
from tests.api.conftest import MORNING
from tests.api.desk import Desk, house_of, problem
from tests.api.documents import PDF
from tests.api.test_files import add
from tests.serving import serve
from tests.store.embedding import data_folder


@pytest.fixture
def address() -> Iterator[str]:
    with clamd() as found:
        yield found


def test_what_it_finds_is_refused_and_all_else_is_not(address: str) -> None:
    scanner = Clamd(address)

    scanner.refuse_infected(PDF)
    scanner.refuse_infected(PDF + b"\0" * 500_000)  # several chunks
    with pytest.raises(FileInfected):
        scanner.refuse_infected(PDF + b"\0" * 500_000 + VIRUS)
    with pytest.raises(ScannerAway):  # it does not say that all is well
        scanner.refuse_infected(b"\0" * (LARGEST + 1))


def test_nobody_there_is_not_that_all_is_well(tmp_path: Path) -> None:
    for nowhere in ("127.0.0.1:9", str(tmp_path / "no.socket")):
        with pytest.raises(ScannerAway):
            Clamd(nowhere).refuse_infected(PDF)


def test_a_served_house_asks_it_and_keeps_nothing_that_was_not_looked_at() -> None:
    with contextlib.ExitStack() as there, data_folder() as data:
        environment = {"CASE_CLAMD": there.enter_context(clamd())}
        with serve(data, clock=MORNING, environment=environment) as served:
            desk = Desk(served)
            ref = desk.open()
            assert add(desk, "caseworker", PDF, case=ref).status_code == 201
            before = desk.head()

            infected = add(desk, "caseworker", PDF + VIRUS, case=ref)
            there.close()
            unseen = add(desk, "caseworker", PDF, case=ref)

            assert problem(infected, 422)["type"] == "/problems/file-infected"
            assert problem(unseen, 503)["type"] == "/problems/scanner-away"
            assert desk.head() == before
            with house_of(served) as house:
                assert house.database.row("SELECT count(*) FROM files") == (1,)
            desk.close()
