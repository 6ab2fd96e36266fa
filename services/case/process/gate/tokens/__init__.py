"""The token game: every marking that a process can reach, blind to data, up to a bound.

Each process, and the inside of each sub-process, is played by itself: a sub-process is one token in the scope
around it, and what leaves it (its end, errors, escalations) is known from its own game. Every way out of a choice
is possible, every timer and message may come or not.

A token rests on an activity, a catch event, an event-based gateway, a merge, or a flow into a join. Splits and
throw events with one way in are passed at once, and a join fires as soon as it can: no order of these changes what
can be reached, and it keeps the number of markings near what a person would count.

A boundary event that does not interrupt adds a token. Such tokens have a colour of their own, one per event, and
two tokens of different colours may be on one element: the branch of a reminder may come back to the main flow.
Two of one colour may not: there parallel branches have met without a join. A branch is played once at a time.
"""
