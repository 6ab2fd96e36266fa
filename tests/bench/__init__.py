"""Benchmarks: what must hold, against baselines measured in the same run. Never part of the tests."""
