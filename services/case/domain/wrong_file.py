"""What is wrong with a file that people write to set the service up: a process, a policy, a calendar, a code list."""


class WrongFile(ValueError):
    """The file cannot be used. The message says which and why; nothing of any case is in it, so logs tell it."""
