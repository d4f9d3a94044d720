"""A real SMTP server that keeps the letters it accepts, and can be away or in a bad mood."""

from email import message_from_bytes, policy
from email.message import EmailMessage
from threading import Lock
from typing import Any, cast

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.support.ports import free_port


class Mailbox:
    """The server and its letters; it can be stopped and started again on the same port."""

    def __init__(self) -> None:
        self.host = "127.0.0.1"
        self.port = free_port()
        # Set to, say, "451 Try again later", it is the answer to every letter, which is then not kept.
        self.refusal: str | None = None
        self.sender_refusal: str | None = None  # The same, but said already of our own address.
        self._letters: list[EmailMessage] = []
        self._lock = Lock()
        self._controller: Controller | None = None

    def start(self) -> None:
        """Accept letters."""
        self._controller = Controller(self, hostname=self.host, port=self.port)
        self._controller.start()

    def stop(self) -> None:
        """Close the port: connections are refused, as when the server is down."""
        if self._controller:
            self._controller.stop()
            self._controller = None

    @property
    def letters(self) -> list[EmailMessage]:
        """The letters accepted so far, in order."""
        with self._lock:
            return list(self._letters)

    def to(self, address: str) -> list[EmailMessage]:
        """Return the letters to one address."""
        return [letter for letter in self.letters if address in letter["X-Envelope-To"].split(", ")]

    async def handle_MAIL(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if self.sender_refusal:
            return self.sender_refusal
        envelope.mail_from = address
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        if self.refusal:
            return self.refusal
        letter = message_from_bytes(cast("Any", envelope.content), policy=policy.default)
        letter["X-Envelope-To"] = ", ".join(envelope.rcpt_tos)
        with self._lock:
            self._letters.append(letter)
        return "250 OK"
