"""Sends what waits, and asks the channels what became of what they have.

A delivery is `sending` from before it leaves until the channel has answered. Found in that state, nobody saw the end:
the channel is asked by the delivery's id. Only if it surely has nothing is it sent again; if it cannot tell, that is
said, and a person sees to it. So nobody gets a message twice.
"""

import logging
from collections.abc import Mapping
from datetime import date

from services.notify import deliveries
from services.notify.channels.channel import Absent, Accepted, Answer, Away, Channel, Refused, Standing, Unknown
from services.notify.deliveries import Connection, Delivery
from services.notify.notices import way_of

UNDER_WAY = 90.0  # seconds in which a request of ours may still arrive at the channel
ASK = (10.0, 60.0, 600.0, 3600.0)  # seconds between questions how something stands, the last for all further ones
BACK_OFF = (2.0, 10.0, 60.0, 300.0)  # seconds after a channel was away
GIVE_UP = 8 * 24 * 3600.0  # seconds after which a channel tells nothing new

log = logging.getLogger(__name__)


class Sending:
    """Works on one thread, with channels of its own."""

    def __init__(self, connection: Connection, channels: Mapping[str, Channel]) -> None:
        self._connection = connection
        self._channels = channels

    def work(self) -> bool:
        """One delivery; whether there was any."""
        one = deliveries.next_one(self._connection)
        if one is None:
            return False
        match one.state:
            case "waiting":
                self._send(one)
            case "sending":
                self._find(one)
            case _:
                self._ask(one)
        return True

    def _send(self, one: Delivery) -> None:
        assert one.notice is not None
        way = way_of(one.notice, self._channels)
        if one.expired:
            self._fail(one, "expired", "")
            return
        if way is None:
            self._fail(one, "refused", one.notice.ways[0] if one.notice.ways else "")
            return
        channel = self._channels[way]
        deliveries.sending(self._connection, one, way, channel.name, UNDER_WAY)
        self._take(one, way, channel.send(one.notice, way))

    def _take(self, one: Delivery, way: str, answer: Answer) -> None:
        match answer:
            case Accepted(id, final):
                self._accepted(one, way, id, final)
            case Refused(because):
                self._fail(one, because, way)
            case Away():
                deliveries.later(self._connection, one, "waiting", _of(BACK_OFF, one.tries))
            case Unknown():
                log.warning("%s: the answer of the channel was lost; it is asked", one.delivery)

    def _accepted(self, one: Delivery, way: str, id: str, final: bool) -> None:
        if final:
            deliveries.move(self._connection, one, "sent", {"channel": way}, id)
        else:
            deliveries.move(self._connection, one, "accepted", {"channel": way}, id, again=ASK[0])

    def _find(self, one: Delivery) -> None:
        """Nobody saw the end of sending: ask, once no request can be under way any more."""
        if one.since_sending < UNDER_WAY:
            deliveries.later(self._connection, one, "sending", UNDER_WAY - one.since_sending)
            return
        channel = self._channels.get(one.way)
        match channel.find(one.delivery) if channel is not None else Unknown():
            case Accepted(id, final):
                self._accepted(one, one.way, id, final)
            case Absent():
                deliveries.later(self._connection, one, "waiting", 0)
            case Away():
                deliveries.later(self._connection, one, "sending", _of(BACK_OFF, one.tries))
            case Unknown():
                self._fail(one, "unknown", one.way)

    def _ask(self, one: Delivery) -> None:
        """How it stands with what the channel has taken."""
        channel = self._channels.get(one.way)
        standing = channel.standing(one.channel_id) if channel is not None else Away()
        match standing:
            case Standing("sent", posted_on=posted_on):
                told = {"channel": one.way, "posted_on": _iso(posted_on)}
                deliveries.move(self._connection, one, "sent", told)
            case Standing("delivered"):
                deliveries.move(self._connection, one, "delivered", {"channel": one.way})
            case Standing("failed", because=because):
                self._fail(one, because or "refused", one.way)
            case _ if one.since_change > GIVE_UP:
                self._fail(one, "unknown", one.way)
            case _:
                asked = sum(one.since_change > pause for pause in ASK)
                deliveries.later(self._connection, one, "accepted", _of(ASK, asked))

    def _fail(self, one: Delivery, because: str, way: str) -> None:
        deliveries.move(self._connection, one, "failed", {"because": because, "channel": way})


def _of(pauses: tuple[float, ...], number: int) -> float:
    return pauses[min(number, len(pauses) - 1)]


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""
