"""Plays the token game of a net and keeps what a person would want to know about it."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from services.case.process.gate.model import Node
from services.case.process.gate.tokens.net import TERMINATES, Join, Move, Net

MOST_STATES: Final = 10_000
MOST_STEPS: Final = 400_000  # moves tried, also through markings that do not last

DONE: Final[int] = 0  # the marking in which all tokens have ended
FAILED: Final[int] = -1  # an error has left the scope


@dataclass(slots=True)
class Played:
    """What came of a game. With `exploded`, or anything in `doubled`, it was not played to the end."""

    states: int = 0
    exploded: bool = False
    finishes: bool = False
    touched: set[Node] = field(default_factory=set)
    doubled: set[Node] = field(default_factory=set)  # entered by a second token of the same colour
    deadlocked: set[Node] = field(default_factory=set)  # joins that wait for ever
    trapped: set[Node] = field(default_factory=set)  # left in markings from which no end can be reached


class TooMuch(Exception):
    """The game has too many markings."""


def play(net: Net) -> Played:
    """Every marking that the net can reach, in breadth."""
    game = _Game(net)
    played = Played()
    try:
        game.explore()
    except TooMuch:
        played.exploded = True
    played.states = len(game.successors)
    played.touched = {node for node in net.nodes if game.touched >> net.number[node] & 1}
    played.doubled = game.doubled
    played.finishes = DONE in game.successors
    if not played.exploded:
        game.judge(played)
    return played


class _Game:
    def __init__(self, net: Net) -> None:
        self.net = net
        self.successors: dict[int, list[int]] = {}
        self.touched = 0
        self.doubled: set[Node] = set()
        self._steps = 0
        self._masks = [net.colour_mask(colour) for colour in range(net.colours)]

    def explore(self) -> None:
        if self.net.too_wide:
            raise TooMuch
        waiting: list[int] = []
        for start in self.net.starts:
            waiting += self._settle(self._apply(DONE, start, 0))
        while waiting:
            marking = waiting.pop()
            if marking in self.successors:
                continue
            if len(self.successors) >= MOST_STATES:
                raise TooMuch
            following = list(dict.fromkeys(self._next(marking)))
            self.successors[marking] = following
            waiting += [other for other in following if other not in self.successors]

    def judge(self, played: Played) -> None:
        """What is wrong with the markings from which neither the end nor an error can be reached."""
        before: dict[int, list[int]] = {}
        for marking, following in self.successors.items():
            for other in following:
                before.setdefault(other, []).append(marking)
        good = {marking for marking in (DONE, FAILED) if marking in self.successors}
        waiting = list(good)
        while waiting:
            for marking in before.get(waiting.pop(), ()):
                if marking not in good:
                    good.add(marking)
                    waiting.append(marking)
        for marking in self.successors.keys() - good:
            holders = {self.net.owners[place] for place, _ in self._tokens(marking)}
            if not self.successors[marking]:
                played.deadlocked |= {join.node for join in self.net.joins if join.node in holders}
            else:
                played.trapped |= holders

    def _next(self, marking: int) -> Iterator[int]:
        if marking == FAILED:
            return
        for place, colour in self._tokens(marking):
            bit = 1 << (place * self.net.colours + colour)
            for move in self.net.moves[place]:
                if not move.colour:
                    yield from self._settle(self._apply(marking & ~bit, move, colour))
                elif not marking & self._masks[move.colour]:
                    yield from self._settle(self._apply(marking, move, move.colour))

    def _settle(self, marking: int | None) -> Iterator[int]:
        """The lasting markings that come of one in which something may go on at once."""
        waiting, seen = [marking], {marking}
        while waiting:
            current = waiting.pop()
            if current is None:
                continue
            further = self._at_once(current) if current not in (DONE, FAILED) else None
            if further is None:
                yield current
                continue
            for other in further:
                if other not in seen:
                    seen.add(other)
                    waiting.append(other)

    def _at_once(self, marking: int) -> list[int | None] | None:
        hasty = marking & self.net.urgent
        if hasty:
            bit = hasty & -hasty
            place, colour = divmod(bit.bit_length() - 1, self.net.colours)
            return [self._apply(marking & ~bit, move, colour) for move in self.net.moves[place]]
        for join in self.net.joins:
            taken = self._taken(join, marking) if marking & join.anywhere else None
            if taken:
                colour = min((bit.bit_length() - 1) % self.net.colours for bit in taken)
                rest = marking & ~sum(taken)
                return [self._apply(rest, move, colour) for move in join.moves]
        return None

    def _taken(self, join: Join, marking: int) -> list[int]:
        """The tokens that a join takes in this marking: none while it has to wait."""
        waiting = [marking & arrival for arrival in join.arrivals]
        present = [bits & -bits for bits in waiting if bits]
        if not present or (not join.reaches and len(present) < len(waiting)):
            return []
        if join.reaches and len(present) < len(waiting):
            here = sum(1 << number for number, bits in enumerate(waiting) if bits)
            for place, _ in self._tokens(marking):
                for reached in join.reaches[place] if self.net.owners[place] is not join.node else ():
                    if reached & ~here and not reached & here:
                        return []
        return present

    def _apply(self, marking: int, move: Move, colour: int) -> int | None:
        """The marking after a move; `None` where it would put a second token of one colour on a place."""
        self._steps += 1
        if self._steps > MOST_STEPS:
            raise TooMuch
        self.touched |= move.touches
        if move.effect:
            return DONE if move.effect == TERMINATES else FAILED
        places = move.places << colour
        clash = marking & places
        if move.twice is not None or clash:
            place = (clash & -clash).bit_length() - 1
            self.doubled.add(move.twice or self.net.owners[place // self.net.colours])
            return None
        return marking | places

    def _tokens(self, marking: int) -> Iterator[tuple[int, int]]:
        while marking > 0:
            bit = marking & -marking
            marking ^= bit
            yield divmod(bit.bit_length() - 1, self.net.colours)
