"""GOV.UK Notify, through its official client. Keeps our reference with each message, so it can be asked what it has."""

import logging
from datetime import date, datetime
from typing import Any

from notifications_python_client.errors import APIError
from notifications_python_client.notifications import NotificationsAPIClient
from requests import ConnectionError as NotConnected
from requests import ConnectTimeout

from services.notify.channels.channel import Absent, Accepted, Answer, Away, Refused, Standing, Unknown
from services.notify.notices import Notice, Way
from services.notify.settings import Settings

TIMEOUT = 30  # seconds for an answer
FAILED = {"permanent-failure", "temporary-failure"}
REFUSED = {"technical-failure", "validation-failed", "virus-scan-failed", "cancelled"}

logging.getLogger("notifications_python_client").setLevel(logging.CRITICAL)  # it quotes what it is answered


class GovukNotify:
    """The client is not for several threads: one channel for each."""

    name = "govuk-notify"

    def __init__(self, settings: Settings) -> None:
        client: Any = NotificationsAPIClient  # it has no types
        self._client = client(settings.govuk_api_key, settings.govuk_url, TIMEOUT)
        templates = {
            "email": settings.govuk_email_template,
            "sms": settings.govuk_sms_template,
            "letter": settings.govuk_letter_template,
        }
        self._templates = {way: template for way, template in templates.items() if template}
        self.ways = tuple(self._templates)

    def send(self, notice: Notice, way: Way) -> Answer:
        try:
            return Accepted(str(self._post(notice, way)["id"]))
        except APIError as error:
            return _answered(error)
        except (KeyError, TypeError):
            return Unknown()

    def _post(self, notice: Notice, way: Way) -> Any:
        template, reference = self._templates[way], notice.delivery
        match way:
            case "email":
                assert notice.email is not None
                said = {"title": notice.email.title, "words": notice.email.words}
                return self._client.send_email_notification(notice.email.address, template, said, reference)
            case "sms":
                assert notice.sms is not None
                said = {"words": notice.sms.words}
                return self._client.send_sms_notification(notice.sms.number, template, said, reference)
            case "letter":
                assert notice.letter is not None
                lines = {f"address_line_{n}": line for n, line in enumerate(notice.letter.address, 1)}
                said = {**lines, "title": notice.letter.title, "words": notice.letter.words}
                return self._client.send_letter_notification(template, said, reference)

    def find(self, reference: str) -> Accepted | Absent | Away | Unknown:
        """What it has under a reference. Ask when no request of ours can be under way any more."""
        try:
            found = self._client.get_all_notifications(reference=reference)["notifications"]
        except (APIError, KeyError, TypeError):
            return Away()
        return Accepted(str(found[0]["id"])) if found else Absent()

    def standing(self, id: str) -> Standing | Away:
        try:
            found = self._client.get_notification_by_id(id)
        except APIError:
            return Away()
        return _standing(found)


def _answered(error: APIError) -> Answer:
    """An error of the client. Without an answer of the service it may have taken the message, unless no connection came
    about at all."""
    if error.response is None:
        cause = error.__cause__
        never = isinstance(cause, ConnectTimeout) or (
            isinstance(cause, NotConnected) and "Connection refused" in str(cause)
        )
        return Away() if never else Unknown()
    status = error.status_code
    if status in (403, 429):
        return Away()  # our key, or too many at once: nothing about this message
    if status < 500:
        return Refused("refused")
    return Unknown()


def _standing(found: dict[str, Any]) -> Standing:
    status, letter = found.get("status"), found.get("type") == "letter"
    if letter and status == "received":  # by the printer, which posts it the same day
        return Standing("sent", posted_on=_day(found))
    if status == "delivered":
        return Standing("delivered")
    if status == "sent":  # an international text: nobody tells more
        return Standing("sent")
    if status in FAILED:
        return Standing("failed", "not_received")
    if status in REFUSED:
        return Standing("failed", "refused")
    return Standing("on_its_way")


def _day(found: dict[str, Any]) -> date | None:
    for name in ("completed_at", "sent_at"):
        if found.get(name):
            return datetime.fromisoformat(str(found[name])).date()
    return None
