"""E-mail through the council's own mail server. It cannot be asked afterwards: what was not answered stays unknown."""

import smtplib
import ssl
from email.message import EmailMessage
from email.utils import formatdate

from services.notify.channels.channel import Absent, Accepted, Answer, Away, Refused, Standing, Unknown
from services.notify.notices import Notice, Way
from services.notify.settings import Settings

PATIENCE = 20  # seconds for each answer of the server


class Smtp:
    """A connection for each message: there are not many."""

    name = "smtp"

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def send(self, notice: Notice, way: Way) -> Answer:
        """Until the words are handed over nothing can have been sent; after that only an answer tells."""
        assert notice.email is not None
        try:
            with self._connected() as server:
                return self._hand_over(server, notice)
        except (OSError, smtplib.SMTPException):
            return Away()

    def _hand_over(self, server: smtplib.SMTP, notice: Notice) -> Answer:
        assert notice.email is not None
        for code, _ in (server.mail(self._settings.smtp_from), server.rcpt(notice.email.address)):
            if code >= 400:
                return _refused(code, "not_received")
        try:
            code, _ = server.data(self._message(notice).as_bytes())
        except smtplib.SMTPDataError as error:  # before the words: it did not want any
            return _refused(error.smtp_code, "refused")
        except (OSError, smtplib.SMTPException):
            return Unknown()
        return Accepted(final=True) if code < 400 else _refused(code, "refused")

    def _connected(self) -> smtplib.SMTP:
        given = self._settings
        server = smtplib.SMTP(given.smtp_host, given.smtp_port, timeout=PATIENCE)
        if given.smtp_tls:
            server.starttls(context=ssl.create_default_context())
        if given.smtp_username:
            server.login(given.smtp_username, given.smtp_password)
        server.ehlo_or_helo_if_needed()
        return server

    def _message(self, notice: Notice) -> EmailMessage:
        assert notice.email is not None
        message = EmailMessage()
        message["From"] = self._settings.smtp_from
        message["To"] = notice.email.address
        message["Subject"] = notice.email.title
        message["Date"] = formatdate()
        message["Message-ID"] = f"<{notice.delivery.replace(':', '.')}@{self._settings.smtp_from.rpartition('@')[2]}>"
        message["Auto-Submitted"] = "auto-generated"  # RFC 3834: nobody's holiday reply
        message.set_content(notice.email.words)
        return message

    def find(self, reference: str) -> Accepted | Absent | Away | Unknown:
        return Unknown()

    def standing(self, id: str) -> Standing | Away:
        return Standing("sent")


def _refused(code: int, because: str) -> Answer:
    """4xx: come back; 5xx: never (RFC 5321)."""
    if code < 500:
        return Away()
    return Refused("not_received" if because == "not_received" else "refused")
