"""How a message leaves the house: by mail, to an address that takes JSON, or as a short message."""

import contextlib
import hashlib
import hmac
import json
import os
import smtplib
import ssl
from collections.abc import Iterator, Mapping
from email.message import EmailMessage
from email.utils import format_datetime, localtime
from pathlib import Path
from typing import Protocol
from urllib.parse import quote

import requests

from gis_core.config import MessageSettings, Settings
from gis_core.errors import WanggeError

TIMEOUT_S = 15
SIGNATURE_HEADER = "X-Wangge-Signature"


class SendError(WanggeError):
    """A message could not be sent.

    retry: whether it is worth another try. The text never shows the receiver or the content.
    """

    def __init__(self, reason: str, *, retry: bool) -> None:
        super().__init__(reason)
        self.retry = retry


class Sender(Protocol):
    """One way for messages to leave. A deployment's own way to send short messages is such a class."""

    def send(self, receiver: str, subject: str, body: str, key: str) -> None:
        """Hand the message on; when this returns, the next station answers for it.

        receiver: as the channel writes it, an e-mail address or a telephone number. key: the same whenever this
        message is tried again, which happens where the answer of an earlier try was lost; stations that know keys must
        deliver once. Raises SendError, with retry where trying again may help. Safe to call from several threads.
        """


class EmailSender:
    """Mail over SMTP. The Message-ID comes from the key, so that a repeat is recognised as one."""

    def __init__(self, settings: MessageSettings, *, context: ssl.SSLContext | None = None) -> None:
        """settings: with a mail server. context: for TLS; the system's authorities unless told."""
        self._settings = settings
        self._context = context or ssl.create_default_context()

    def send(self, receiver: str, subject: str, body: str, key: str) -> None:
        """See Sender."""
        with _smtp_errors():
            message = self._message(receiver, subject, body, key)
            with self._connection() as server:
                server.send_message(message)

    def _message(self, receiver: str, subject: str, body: str, key: str) -> EmailMessage:
        sender = self._settings.smtp_from or ""
        message = EmailMessage()
        message["From"] = sender
        message["To"] = receiver
        if len(message["To"].addresses) != 1 or not message["To"].addresses[0].domain:
            raise SendError("the receiver is not one e-mail address", retry=False)
        message["Subject"] = subject
        message["Date"] = format_datetime(localtime())
        domain = sender.rpartition("@")[2].rstrip(">")
        message["Message-ID"] = f"<{hashlib.sha256(key.encode()).hexdigest()[:40]}@{domain}>"
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(body)
        return message

    @contextlib.contextmanager
    def _connection(self) -> Iterator[smtplib.SMTP]:
        told = self._settings
        host, port = told.smtp_host or "", told.smtp_port
        if told.smtp_tls == "tls":
            opened: smtplib.SMTP = smtplib.SMTP_SSL(host, port, timeout=TIMEOUT_S, context=self._context)
        else:
            opened = smtplib.SMTP(host, port, timeout=TIMEOUT_S)
        with opened as server:
            if told.smtp_tls == "starttls":
                server.starttls(context=self._context)
            if told.smtp_user and told.smtp_password:
                server.login(told.smtp_user, told.smtp_password.get_secret_value())
            yield server


class WebhookSender:
    """POSTs {key, receiver, subject, body} as JSON to one address, signed; follows no redirect."""

    def __init__(self, url: str, secret: bytes, *, timeout_s: float = TIMEOUT_S) -> None:
        """secret: of the signature, an HMAC-SHA256 of the body's bytes."""
        self._url = url
        self._secret = secret
        self._timeout_s = timeout_s

    def send(self, receiver: str, subject: str, body: str, key: str) -> None:
        """See Sender. What counts as taken is an answer 2xx; 408, 425, 429 and 5xx are worth another try."""
        told = {"key": key, "receiver": receiver, "subject": subject, "body": body}
        content = json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()
        headers = {
            "Content-Type": "application/json",
            "Idempotency-Key": quote(key, safe=":/@+="),
            SIGNATURE_HEADER: signature(self._secret, content),
        }
        try:
            with requests.post(
                self._url,
                data=content,
                headers=headers,
                timeout=self._timeout_s,
                allow_redirects=False,
                stream=True,
            ) as answer:
                status = answer.status_code
        except requests.RequestException as error:
            raise SendError(f"the webhook did not answer ({type(error).__name__})", retry=True) from None
        if not 200 <= status < 300:
            again = status in (408, 425, 429) or status >= 500
            raise SendError(f"the webhook answered {status}", retry=again)


def signature(secret: bytes, content: bytes) -> str:
    """What the signature's header says of a body: "sha256=" and the HMAC in hexadecimal."""
    return f"sha256={hmac.new(secret, content, hashlib.sha256).hexdigest()}"


class FileSmsSender:
    """Appends short messages to a file of JSON lines {key, receiver, body}: to try them without a gateway."""

    def __init__(self, path: Path) -> None:
        """path: of the file, made on first use for its owner alone, for it holds telephone numbers."""
        self._path = path

    def send(self, receiver: str, subject: str, body: str, key: str) -> None:  # noqa: ARG002 - SMS have no subject
        """See Sender."""
        line = json.dumps({"key": key, "receiver": receiver, "body": body}, ensure_ascii=False) + "\n"
        try:
            file = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
            try:
                # One write, so that lines of several processes do not mix.
                os.write(file, line.encode())
            finally:
                os.close(file)
        except OSError as error:
            raise SendError(
                f"the file of short messages cannot be written: {error.strerror}", retry=True
            ) from None


def senders_from(settings: Settings) -> Mapping[str, Sender]:
    """The ways that this deployment has, by channel: email, webhook, sms."""
    told = settings.messages
    senders: dict[str, Sender] = {}
    if told.smtp_host:
        senders["email"] = EmailSender(told)
    if told.webhook_url and told.webhook_secret:
        senders["webhook"] = WebhookSender(told.webhook_url, told.webhook_secret.get_secret_value().encode())
    if told.sms_file:
        senders["sms"] = FileSmsSender(told.sms_file)
    return senders


@contextlib.contextmanager
def _smtp_errors() -> Iterator[None]:
    """What the mail server or the way to it says, without its words: they often repeat the receiver."""
    try:
        yield
    except smtplib.SMTPRecipientsRefused as error:
        code = max(code for code, _ in error.recipients.values())
        raise SendError(f"the mail server refused the receiver ({code})", retry=code < 500) from None
    except smtplib.SMTPAuthenticationError as error:
        raise SendError(f"the mail server refused the user ({error.smtp_code})", retry=True) from None
    except smtplib.SMTPResponseException as error:
        code = error.smtp_code
        raise SendError(f"the mail server refused the mail ({code})", retry=not 500 <= code < 600) from None
    except smtplib.SMTPServerDisconnected:
        raise SendError("the mail server ended the connection", retry=True) from None
    except smtplib.SMTPNotSupportedError:
        raise SendError(
            "the mail server lacks what the mail needs: TLS, sign-in or UTF-8", retry=True
        ) from None
    except OSError as error:
        raise SendError(f"the mail server cannot be reached ({type(error).__name__})", retry=True) from None
    except ValueError:
        raise SendError("the receiver is no e-mail address", retry=False) from None
