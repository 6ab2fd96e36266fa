"""Figures for Prometheus, on a port of their own (`NOTIFY_PORT`)."""

from prometheus_client import CollectorRegistry, Counter, Gauge

REGISTRY = CollectorRegistry()
MOVED = Counter("notify_deliveries", "Deliveries that came to a state.", ["state"], registry=REGISTRY)
PARKED = Counter("notify_parked", "Records that could not be read.", registry=REGISTRY)
UNTOLD = Gauge("notify_results_untold", "Results that the case service has not heard yet.", registry=REGISTRY)
ERASED = Counter("notify_erased", "Erasures of cases that were heard.", registry=REGISTRY)
