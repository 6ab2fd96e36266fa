"""The outbox: what subscribers get, in the order in which they get it. It is the log, one record for each event,
without the streams that are held because something in them cannot be published, and with what waited where it was
released.

`/feed` and the relay to Kafka both read it here, so both serve the same.
"""
