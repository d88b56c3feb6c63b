"""Messages leave over real mail and web servers; what cannot be sent says whether to try again, and shows nobody."""

import datetime
import hashlib
import hmac
import http.server
import ipaddress
import json
import re
import ssl
import stat
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from pydantic import SecretStr, ValidationError

from gis_core.config import MessageSettings, Settings, settings_faults
from gis_core.incidents.senders import EmailSender, FileSmsSender, SendError, WebhookSender, senders_from
from tests.mail_server import MailServer, mail_server

SECRET = b"a secret of the test"
RECEIVER = "zhang.san@example.org"


def mail_settings(port: int, **told: object) -> MessageSettings:
    base = {
        "smtp_host": "127.0.0.1",
        "smtp_port": port,
        "smtp_from": "网格 <grid@example.com>",
        "smtp_tls": "none",
    }
    return MessageSettings(**{**base, **told})  # type: ignore[arg-type]


@pytest.fixture
def mail() -> Iterator[MailServer]:
    with mail_server() as served:
        yield served


def failure(sender: object, receiver: str = RECEIVER) -> SendError:
    with pytest.raises(SendError) as raised:
        sender.send(receiver, "受理", "正文 secret-body", "incident:1:accepted")  # type: ignore[attr-defined]
    assert receiver not in str(raised.value)
    assert "secret-body" not in str(raised.value)
    assert raised.value.__cause__ is None
    return raised.value


def test_a_mail_arrives_with_both_scripts(mail: MailServer) -> None:
    EmailSender(mail_settings(mail.port)).send(RECEIVER, "上报 1 已受理", "您上报的 1 已受理。\n", "a")
    (arrived,) = mail.mails
    assert arrived["To"] == RECEIVER
    assert arrived["From"] == "网格 <grid@example.com>"
    assert arrived["Subject"] == "上报 1 已受理"
    assert arrived["Auto-Submitted"] == "auto-generated"
    assert arrived["Date"].datetime.tzinfo is not None
    assert arrived.get_content().splitlines() == ["您上报的 1 已受理。"]


def test_a_repeat_is_known_by_its_message_id(mail: MailServer) -> None:
    sender = EmailSender(mail_settings(mail.port))
    for key in ("a", "a", "b"):
        sender.send(RECEIVER, "s", "b", key)
    first, again, other = (arrived["Message-ID"] for arrived in mail.mails)
    assert first == again != other
    assert first.endswith("@example.com>")


@pytest.mark.parametrize(
    ("step", "answer", "reason", "retry"),
    [
        ("rcpt", f"550 no such user {RECEIVER}", "the mail server refused the receiver (550)", False),
        ("rcpt", "450 come later", "the mail server refused the receiver (450)", True),
        ("data", f"554 spam for {RECEIVER}", "the mail server refused the mail (554)", False),
        ("data", "452 full", "the mail server refused the mail (452)", True),
    ],
)
def test_what_the_mail_server_refuses(
    mail: MailServer, step: str, answer: str, reason: str, retry: bool
) -> None:
    mail.refuse[step] = answer
    error = failure(EmailSender(mail_settings(mail.port)))
    assert (str(error), error.retry) == (reason, retry)
    assert mail.mails == []


@pytest.mark.parametrize("receiver", ["", "nobody", "a@b.c, d@e.f", "a@b.c\r\nBcc: d@e.f", "张三@例子.中国"])
def test_only_one_plain_address_is_written_to(mail: MailServer, receiver: str) -> None:
    with pytest.raises(SendError) as raised:
        EmailSender(mail_settings(mail.port)).send(receiver, "s", "b", "k")
    assert (raised.value.retry, mail.mails) == (receiver == "张三@例子.中国", [])


def test_a_mail_server_that_is_away_is_tried_again() -> None:
    with mail_server() as gone:
        pass
    error = failure(EmailSender(mail_settings(gone.port)))
    assert (str(error), error.retry) == ("the mail server cannot be reached (ConnectionRefusedError)", True)


def certificate(folder: Path) -> Path:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False
        )
        .sign(key, hashes.SHA256())
    )
    path = folder / "server.pem"
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return path


def test_mail_is_encrypted_and_signed_in_where_told(tmp_path: Path) -> None:
    path = certificate(tmp_path)
    offered = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    offered.load_cert_chain(path)
    with mail_server(offered) as served:
        served.users["grid"] = "right"
        told = {"smtp_tls": "starttls", "smtp_user": "grid"}
        trusted = ssl.create_default_context(cafile=str(path))
        right = mail_settings(served.port, **told, smtp_password=SecretStr("right"))
        EmailSender(right, context=trusted).send(RECEIVER, "s", "b", "k")
        assert served.encrypted == [True]
        wrong = mail_settings(served.port, **told, smtp_password=SecretStr("wrong"))
        error = failure(EmailSender(wrong, context=trusted))
        assert (str(error), error.retry) == ("the mail server refused the user (535)", True)
        error = failure(EmailSender(right))
        assert (str(error), error.retry) == (
            "the mail server cannot be reached (SSLCertVerificationError)",
            True,
        )
        assert len(served.mails) == 1


def test_a_server_without_tls_gets_no_mail_that_wants_it(mail: MailServer) -> None:
    error = failure(EmailSender(mail_settings(mail.port, smtp_tls="starttls")))
    assert str(error) == "the mail server lacks what the mail needs: TLS, sign-in or UTF-8"
    assert mail.mails == []


class Hook(http.server.BaseHTTPRequestHandler):
    """Keeps what comes; answers with the status that the path says."""

    def do_POST(self) -> None:
        content = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.came.append((self.path, dict(self.headers), content))  # type: ignore[attr-defined]
        self.send_response(int(self.path[1:]))
        self.send_header("Location", "/200")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Quiet."""


@contextmanager
def hook() -> Iterator[tuple[str, list[tuple[str, dict[str, str], bytes]]]]:
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Hook) as server:
        server.came = []  # type: ignore[attr-defined]
        thread = threading.Thread(target=server.serve_forever, args=[0.01])
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}", server.came  # type: ignore[attr-defined]
        finally:
            server.shutdown()
            thread.join()


def test_a_webhook_gets_signed_json_and_the_key() -> None:
    with hook() as (url, came):
        WebhookSender(f"{url}/204", SECRET).send("desk", "主题", "正文", "incident:1:网格")
    ((_, headers, content),) = came
    assert json.loads(content) == {
        "key": "incident:1:网格",
        "receiver": "desk",
        "subject": "主题",
        "body": "正文",
    }
    assert headers["Idempotency-Key"] == "incident:1:%E7%BD%91%E6%A0%BC"
    assert headers["X-Wangge-Signature"] == "sha256=" + hmac.new(SECRET, content, hashlib.sha256).hexdigest()
    assert headers["Content-Type"] == "application/json"


@pytest.mark.parametrize(
    ("status", "retry"),
    [(500, True), (503, True), (429, True), (408, True), (400, False), (403, False), (404, False)],
)
def test_what_a_webhook_refuses(status: int, retry: bool) -> None:
    with hook() as (url, _):
        error = failure(WebhookSender(f"{url}/{status}", SECRET))
    assert (str(error), error.retry) == (f"the webhook answered {status}", retry)


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_no_redirect_is_followed(status: int) -> None:
    with hook() as (url, came):
        error = failure(WebhookSender(f"{url}/{status}", SECRET))
    assert (str(error), error.retry, len(came)) == (f"the webhook answered {status}", False, 1)


def test_a_webhook_that_is_away_or_silent_is_tried_again() -> None:
    with hook() as (url, _):
        pass
    error = failure(WebhookSender(f"{url}/200", SECRET))
    assert (str(error), error.retry) == ("the webhook did not answer (ConnectionError)", True)
    with http.server.HTTPServer(("127.0.0.1", 0), Hook) as silent:
        error = failure(WebhookSender(f"http://127.0.0.1:{silent.server_port}/200", SECRET, timeout_s=0.2))
    assert (str(error), error.retry) == ("the webhook did not answer (ReadTimeout)", True)


def test_short_messages_are_lines_of_a_file_that_only_its_owner_reads(tmp_path: Path) -> None:
    path = tmp_path / "sms.jsonl"
    sender = FileSmsSender(path)
    with ThreadPoolExecutor(8) as threads:
        list(
            threads.map(
                lambda number: sender.send("13800000000", "", f"第{number}条", str(number)), range(200)
            )
        )
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    assert sorted(int(line["key"]) for line in lines) == list(range(200))
    assert {"key": "7", "receiver": "13800000000", "body": "第7条"} in lines
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    error = failure(FileSmsSender(tmp_path), "13800000000")
    assert (str(error), error.retry) == ("the file of short messages cannot be written: Is a directory", True)


def test_a_deployment_has_the_ways_that_it_tells(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert senders_from(Settings()) == {}
    for name, value in {
        "WANGGE_SMTP_HOST": "mail.example.org",
        "WANGGE_SMTP_FROM": "grid@example.org",
        "WANGGE_SMTP_PASSWORD": "hunter2",
        "WANGGE_WEBHOOK_URL": "https://hook.example.org/x",
        "WANGGE_WEBHOOK_SECRET": "hunter2hunter2hunter2",
        "WANGGE_SMS_FILE": str(tmp_path / "sms"),
    }.items():
        monkeypatch.setenv(name, value)
    settings = Settings()
    assert {name: type(sender) for name, sender in senders_from(settings).items()} == {
        "email": EmailSender,
        "webhook": WebhookSender,
        "sms": FileSmsSender,
    }
    assert (settings.messages.smtp_port, settings.messages.smtp_tls) == (587, "starttls")
    assert "hunter2" not in repr(settings)


@pytest.mark.parametrize(
    ("environment", "said"),
    [
        (
            {"WANGGE_SMTP_HOST": "m"},
            "smtp_from=None: Value error, a mail server needs WANGGE_SMTP_FROM",
        ),
        (
            {
                "WANGGE_SMTP_HOST": "mail.example.org",
                "WANGGE_SMTP_FROM": "a@b.c",
                "WANGGE_SMTP_TLS": "none",
                "WANGGE_SMTP_PASSWORD": "hunter2",
            },
            "WANGGE_SMTP_PASSWORD=***: Value error, a password is not sent in the clear",
        ),
        ({"WANGGE_SMTP_PORT": "0"}, "WANGGE_SMTP_PORT=0: Input should be greater than or equal to 1"),
        ({"WANGGE_WEBHOOK_URL": "http://hook.example.org"}, "Value error, messages go to an https address"),
        (
            {"WANGGE_WEBHOOK_URL": "https://hook.example.org", "WANGGE_WEBHOOK_SECRET": "hunter2"},
            "WANGGE_WEBHOOK_SECRET=***: Value error, an address for messages needs a secret of 16 characters or more",
        ),
    ],
)
def test_wrong_settings_are_told_without_secrets(
    monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], said: str
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(ValidationError) as raised:
        Settings()
    told = settings_faults(raised.value)
    assert said in told
    assert "hunter2" not in told + str(raised.value)


def test_the_check_of_the_how_to_takes_ours_and_nothing_else() -> None:
    page = (Path(__file__).resolve().parents[2] / "docs" / "howto" / "messages.md").read_text(
        encoding="utf-8"
    )
    (code,) = (block for block in re.findall(r"```python\n(.*?)```", page, re.DOTALL) if "is_ours" in block)
    told: dict[str, Any] = {}
    exec(code, told)
    with hook() as (url, came):
        WebhookSender(f"{url}/204", SECRET).send("desk", "主题", "正文", "k")
    ((_, headers, content),) = came
    assert told["is_ours"](content, headers["X-Wangge-Signature"], SECRET)
    assert not told["is_ours"](content + b" ", headers["X-Wangge-Signature"], SECRET)
    assert not told["is_ours"](content, headers["X-Wangge-Signature"], SECRET + b"!")


def test_the_how_to_names_every_setting() -> None:
    page = (Path(__file__).resolve().parents[2] / "docs" / "howto" / "messages.md").read_text(
        encoding="utf-8"
    )
    names = {field.alias for field in MessageSettings.model_fields.values()}
    assert {name for name in names if f"`{name}`" not in page} == set()
