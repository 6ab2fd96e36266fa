"""Figures for Prometheus, on a port of their own (`AUDIT_PORT`)."""

from prometheus_client import CollectorRegistry, Counter, Gauge

REGISTRY = CollectorRegistry()
ENTERED = Counter("audit_entries", "Events entered in the ledger.", registry=REGISTRY)
FOUND = Counter("audit_findings", "What was found to be wrong, by kind.", ["kind"], registry=REGISTRY)
STOPPED = Gauge("audit_streams_stopped", "Streams of which nothing more is entered; should be 0.", registry=REGISTRY)
COUNTERSIGNED = Gauge("audit_countersigned_position", "Position of the last checkpoint borne out.", registry=REGISTRY)
