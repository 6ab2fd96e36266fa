"""The conformance kit: feeds a consumer what a subscriber may get, and tells what it got wrong.

    python -m contracts.conformance -- COMMAND…

The command reads CloudEvents from its standard input, structured mode, one JSON object a line. For each event that it
has handled it prints `{"id": …, "effect": …}`, once the effect and the fact that it was handled are stored; `effect` is
for people. Where the input ends it ends, with exit code 0. It is started several times over; between the starts it may
keep what it likes in the folder that CONFORMANCE_STATE names, which is empty at first.
"""
