"""All that goes to Kafka and comes from there, as a process of its own, until it is told to stop."""

import signal
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from services.case.relay.contacts import contacts_of
from services.case.relay.relay import relay_of
from services.case.relay.results import results_of
from services.case.wiring import House


def relay_until_told(house: House, started: Callable[[], None]) -> None:
    """`started` is called once it runs, whether the broker is there or not."""
    told = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda number, frame: told.set())
    followers = [relay_of(house), contacts_of(house), results_of(house)]
    for follower in followers:
        follower.start()
    started()
    told.wait()
    with ThreadPoolExecutor() as pool:
        list(pool.map(lambda follower: follower.stop(), followers))
