"""A real mail server on loopback for tests, which can be told to refuse."""

import asyncio
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword


@dataclass
class MailServer:
    """port: on 127.0.0.1. mails: what came. refuse: {"rcpt" or "data": the answer}. users: {name: password}."""

    port: int = 0
    mails: list[EmailMessage] = field(default_factory=list)
    refuse: dict[str, str] = field(default_factory=dict)
    users: dict[str, str] = field(default_factory=dict)
    encrypted: list[bool] = field(default_factory=list)
    arrived: threading.Event = field(default_factory=threading.Event)

    async def handle_RCPT(  # noqa: N802 - a name of the library
        self, _server: SMTP, _session: Any, envelope: Any, address: str, _options: list[str]
    ) -> str:
        if "rcpt" in self.refuse:
            return self.refuse["rcpt"]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: SMTP, session: Any, envelope: Any) -> str:  # noqa: N802
        if "data" in self.refuse:
            return self.refuse["data"]
        self.encrypted.append(session.ssl is not None)
        mail = message_from_bytes(envelope.content, policy=default)
        assert isinstance(mail, EmailMessage)
        self.mails.append(mail)
        self.arrived.set()
        return "250 OK"

    def knows(self, _server: Any, _session: Any, _envelope: Any, _mechanism: str, data: Any) -> AuthResult:
        assert isinstance(data, LoginPassword)
        known = self.users.get(data.login.decode()) == data.password.decode()
        # What is not handled is answered by the library, with 535.
        return AuthResult(success=known, handled=known)


@contextmanager
def mail_server(tls: ssl.SSLContext | None = None) -> Iterator[MailServer]:
    """Run a server for the time of a block. tls: makes it offer and want STARTTLS."""
    served = MailServer()
    loop = asyncio.new_event_loop()

    def session() -> SMTP:
        return SMTP(
            served,
            tls_context=tls,
            require_starttls=tls is not None,
            authenticator=served.knows,
            auth_require_tls=tls is not None,
            loop=loop,
        )

    # In its own thread from the start: where a browser was driven before, this one has a loop already.
    thread = threading.Thread(target=loop.run_forever, name="mail server")
    thread.start()
    made = asyncio.run_coroutine_threadsafe(loop.create_server(session, "127.0.0.1", 0), loop)
    listening = made.result(30)
    served.port = listening.sockets[0].getsockname()[1]
    try:
        yield served
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        listening.close()
        loop.close()
