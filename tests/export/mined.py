"""Run by the Python that has pm4py: reads an export, prints the directly-follows graph of completed user tasks."""

import json
import sys
import warnings
from contextlib import redirect_stdout

warnings.simplefilter("ignore")
with redirect_stdout(sys.stderr):
    import pm4py

    file = sys.argv[1]
    if file.endswith(".xes"):
        log = pm4py.read_xes(file)
        log = log[log["lifecycle:transition"] == "complete"]
    else:
        log = pm4py.ocel_flattening(pm4py.read_ocel2_json(file), "case")
        log = log[log["recorded_type"] == "case.task_completed.v1"]
    graph, _, _ = pm4py.discover_dfg(log)
print(json.dumps(sorted([a, b, count] for (a, b), count in graph.items())))
