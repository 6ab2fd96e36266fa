"""The ways out of the house. Each takes a notice with the delivery's id as its reference, and says what it knows."""

from services.notify.channels.channel import Channel
from services.notify.channels.console import Console
from services.notify.channels.govuk_notify import GovukNotify
from services.notify.channels.smtp import Smtp
from services.notify.settings import Settings


def channels_of(settings: Settings) -> dict[str, Channel]:
    """By way (email, sms, letter), the channel that goes it. Made for one thread."""
    found: dict[str, Channel] = {}
    if settings.outbox_dir:
        found = dict.fromkeys(("email", "sms", "letter"), Console(settings.outbox_dir))
    if settings.smtp_host:
        found["email"] = Smtp(settings)
    if settings.govuk_api_key:
        govuk = GovukNotify(settings)
        found |= dict.fromkeys(govuk.ways, govuk)
    return found
