"""Copies of a case for others: a case file that anyone can check, and event logs for process mining (XES, OCEL 2.0)."""
