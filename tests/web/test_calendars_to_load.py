"""Where a date needs a calendar that nobody has loaded, the administrator finds it among their tasks."""

from collections.abc import Callable

from tests.api.desk import Desk
from tests.store.embedding import until
from tests.web.browsing import Browser


def test_an_administrator_is_asked_for_the_calendar_of_next_year(desk: Desk, browser: Callable[[str], Browser]) -> None:
    admin, worker = browser("admin"), browser("caseworker")
    assert "provisional" not in admin.open("/tasks").text
    # given a move that is explored until after the summer, in a year of which no calendar is there
    desk.served.clock_to("2027-07-19T09:00:00+01:00")
    desk.open_move()
    asked = until(lambda: admin.open("/tasks").links().get("load 1 calendar"), "the calendar to be asked for")
    assert "2027/28" in admin.open(asked).text
    assert "provisional" not in worker.open("/tasks").text
