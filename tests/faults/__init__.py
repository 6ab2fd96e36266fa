"""Faults: what must hold while processes are killed, the database goes away, everybody acts at once. The tests run a
short form of each."""
