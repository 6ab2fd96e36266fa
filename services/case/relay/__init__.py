"""Kafka, on the side of the case service: the only importer of its client. Nobody else needs Kafka to be there."""
