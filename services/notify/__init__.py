"""Notify: brings words to people by e-mail, text or letter, and tells what became of them. It knows the case service
only by what is published: records of `case.contacts.v1` in, records as on `notify.results.v1` out."""
