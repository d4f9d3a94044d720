"""Letters handed to an SMTP server, and what became of each."""

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from email.message import EmailMessage
from urllib.parse import unquote, urlsplit

TIMEOUT_SECONDS = 10

SENT, RETRYING, REFUSED = "sent", "retrying", "refused"
"""The server took it, may take it later, never will."""


class ServerGone(Exception):
    """The SMTP server does not answer, or left in the middle of a word."""


@contextmanager
def connected(smtp_url: str) -> Iterator[smtplib.SMTP]:
    """Connect by `smtp://user:password@host:port` (STARTTLS where it is offered) or `smtps://…`."""
    try:
        server = _connect(smtp_url)
    except (OSError, smtplib.SMTPException) as gone:
        raise ServerGone(repr(gone)) from gone
    try:
        yield server
    finally:
        with suppress(OSError, smtplib.SMTPException):
            server.quit()
        server.close()


def hand_over(server: smtplib.SMTP, message: EmailMessage) -> str:
    """Give a letter to the server and return what became of it; raises ServerGone."""
    try:
        server.send_message(message)
    # A sender it does not take is a mistake of our settings, and says nothing of this letter.
    except (smtplib.SMTPServerDisconnected, smtplib.SMTPSenderRefused) as gone:
        raise ServerGone(repr(gone)) from gone
    except smtplib.SMTPException as refusal:
        return RETRYING if _may_pass(refusal) else REFUSED
    except OSError as gone:
        raise ServerGone(repr(gone)) from gone
    return SENT


def _may_pass(refusal: smtplib.SMTPException) -> bool:
    """Whether the server may take it later: its answers 4xx."""
    if isinstance(refusal, smtplib.SMTPRecipientsRefused):
        return any(400 <= code < 500 for code, _ in refusal.recipients.values())
    return isinstance(refusal, smtplib.SMTPResponseException) and 400 <= refusal.smtp_code < 500


def _connect(smtp_url: str) -> smtplib.SMTP:
    parts = urlsplit(smtp_url)
    host, secure = parts.hostname or "localhost", ssl.create_default_context()
    if parts.scheme == "smtps":
        server: smtplib.SMTP = smtplib.SMTP_SSL(
            host, parts.port or 465, timeout=TIMEOUT_SECONDS, context=secure
        )
    else:
        server = smtplib.SMTP(host, parts.port or 25, timeout=TIMEOUT_SECONDS)
    try:
        server.ehlo_or_helo_if_needed()
        if parts.scheme != "smtps" and server.has_extn("starttls"):
            server.starttls(context=secure)
            server.ehlo()
        if parts.username:
            server.login(unquote(parts.username), unquote(parts.password or ""))
    except Exception:
        server.close()
        raise
    return server
