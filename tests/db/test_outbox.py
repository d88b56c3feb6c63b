"""Messages are kept with what they tell of, and sent at least once, each by one sender at a time."""

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest
from cryptography.fernet import Fernet

from gis_core.db import connect
from gis_core.errors import NotFoundError
from gis_core.incidents.inbox import inbox, mark_read, unread
from gis_core.incidents.outbox import MOST_ATTEMPTS, queue, send_due
from gis_core.incidents.senders import EmailSender, FileSmsSender, Sender, SendError
from gis_core.sealing import Seal
from tests.mail_server import mail_server
from tests.people import person
from tests.unit.test_senders import mail_settings

KEY = Fernet.generate_key()
SEAL = Seal([KEY])
NOON = datetime(2026, 11, 28, 4, tzinfo=UTC)
"""12:00 in Shanghai."""
EVENING = datetime(2026, 11, 28, 14, tzinfo=UTC)
"""22:00 in Shanghai."""
MORNING = datetime(2026, 11, 29, 0, tzinfo=UTC)
PHONE = "13800000000"


@pytest.fixture
def post(database_url: str) -> Iterator[psycopg.Connection]:
    """A connection that commits by itself."""
    with connect(database_url) as connection:
        connection.autocommit = True
        yield connection


def put(connection: psycopg.Connection, key: str = "k", channel: str = "sms", **told: object) -> bool:
    base = {"template": "accepted", "lang": "zh", "now": NOON, "receiver": PHONE, "values": {"number": "1"}}
    return queue(connection, SEAL, key=key, channel=channel, **{**base, **told})  # type: ignore[arg-type]


def column(connection: psycopg.Connection, name: str) -> list[object]:
    return [row[0] for row in connection.execute(f"SELECT {name} FROM message ORDER BY id").fetchall()]


def lines(path: Path) -> list[dict[str, str]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


class Refusing:
    """Refuses everything, in a way that can be told."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    def send(self, *_: str, **__: str) -> None:
        raise self.error


class Noting:
    """Keeps what it is given."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, str, str, str]] = []

    def send(self, receiver: str, subject: str, body: str, key: str) -> None:
        self.sent.append((receiver, subject, body, key))


def test_a_key_is_queued_once(post: psycopg.Connection) -> None:
    assert put(post) is True
    assert put(post, receiver="13900000000") is False
    assert [SEAL.open(sealed)["to"] for sealed in column(post, "receiver")] == [PHONE]  # type: ignore[arg-type]


def test_receiver_and_link_lie_sealed(post: psycopg.Connection, tmp_path: Path) -> None:
    put(post, values={"number": "1", "link": "https://grid.example.org/follow/secret"})
    row = str(post.execute("SELECT message::text, encode(receiver, 'escape') FROM message").fetchone())
    assert PHONE not in row
    assert "secret" not in row
    assert column(post, "values") == [{"number": "1"}]
    assert send_due(post, SEAL, {"sms": FileSmsSender(tmp_path / "sms")}, NOON) == 1
    assert lines(tmp_path / "sms") == [
        {
            "key": "k",
            "receiver": PHONE,
            "body": "您上报的 1 已受理，将安排处置。 详情：https://grid.example.org/follow/secret",
        }
    ]


def test_what_is_sent_is_noted_and_its_receiver_forgotten(post: psycopg.Connection, tmp_path: Path) -> None:
    put(post)
    senders = {"sms": FileSmsSender(tmp_path / "sms")}
    assert send_due(post, SEAL, senders, NOON - timedelta(seconds=1)) == 0
    assert send_due(post, SEAL, senders, NOON) == 1
    assert send_due(post, SEAL, senders, NOON + timedelta(days=1)) == 0
    row = post.execute("SELECT status, sent_at, attempts, receiver, failure FROM message").fetchone()
    assert row == ("sent", NOON, 1, None, None)


def test_a_message_lacks_no_value(post: psycopg.Connection) -> None:
    with pytest.raises(KeyError, match="message warn lacks category, due"):
        put(post, template="warn")


def test_a_message_goes_with_the_transaction_that_it_tells_of(post: psycopg.Connection) -> None:
    with post.transaction():
        put(post)
        raise psycopg.Rollback
    assert column(post, "key") == []


def test_senders_need_transactions_of_their_own(post: psycopg.Connection) -> None:
    with post.transaction(), pytest.raises(RuntimeError, match="transactions of their own"):
        send_due(post, SEAL, {}, NOON)


def test_at_night_only_what_is_urgent_goes_out(post: psycopg.Connection) -> None:
    put(post, "late", now=EVENING)
    put(post, "urgent", now=EVENING, urgent=True)
    put(post, "hook", "webhook", now=EVENING)
    put(post, "left over", now=NOON)
    assert column(post, "due_at") == [MORNING, EVENING, EVENING, NOON]
    noting = Noting()
    senders: dict[str, Sender] = {"sms": noting, "webhook": noting}
    assert send_due(post, SEAL, senders, EVENING) == 2
    assert [key for *_, key in noting.sent] == ["urgent", "hook"]
    assert send_due(post, SEAL, senders, MORNING - timedelta(seconds=1)) == 0
    assert send_due(post, SEAL, senders, MORNING) == 2
    assert [key for *_, key in noting.sent] == ["urgent", "hook", "left over", "late"]


def test_a_mail_that_is_put_off_is_tried_six_times_with_longer_waits(post: psycopg.Connection) -> None:
    with mail_server() as served:
        senders = {"email": EmailSender(mail_settings(served.port))}
        served.refuse["rcpt"] = "450 zhang@example.org come later"
        put(post, channel="email", receiver="zhang@example.org")
        at, waits = NOON, []
        for _ in range(MOST_ATTEMPTS):
            assert send_due(post, SEAL, senders, at) == 0
            (due,) = column(post, "due_at")
            assert isinstance(due, datetime)
            waits.append((due - at) / timedelta(minutes=1))
            assert send_due(post, SEAL, senders, due - timedelta(seconds=1)) == 0
            at = due
        assert waits == [1, 4, 16, 64, 256, 0]
        row = post.execute("SELECT status, attempts, failure FROM message").fetchone()
        assert row == ("failed", 6, "the mail server refused the receiver (450)")
        served.refuse.clear()
        assert send_due(post, SEAL, senders, at) == 0
        assert served.mails == []


def test_a_mail_is_sent_after_a_refusal(post: psycopg.Connection) -> None:
    with mail_server() as served:
        senders = {"email": EmailSender(mail_settings(served.port))}
        put(post, channel="email", receiver="zhang@example.org", lang="en")
        served.refuse["data"] = "452 full"
        assert send_due(post, SEAL, senders, NOON) == 0
        served.refuse.clear()
        assert send_due(post, SEAL, senders, NOON + timedelta(minutes=1)) == 1
        (mail,) = served.mails
        assert (mail["Subject"], mail["To"]) == ("Report 1 accepted", "zhang@example.org")
    assert post.execute("SELECT status, attempts, failure FROM message").fetchone() == ("sent", 2, None)


@pytest.mark.parametrize(
    ("senders", "status", "failure"),
    [
        ({"sms": Refusing(SendError("the gateway says no", retry=False))}, "failed", "the gateway says no"),
        ({"sms": Refusing(SendError("the gateway is busy", retry=True))}, "queued", "the gateway is busy"),
        ({"sms": Refusing(ZeroDivisionError(PHONE))}, "queued", "sending failed (ZeroDivisionError)"),
        ({}, "queued", "no way to send by sms is set up"),
    ],
)
def test_a_failure_is_noted_without_the_receiver(
    post: psycopg.Connection,
    senders: dict[str, Sender],
    status: str,
    failure: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    put(post)
    assert send_due(post, SEAL, senders, NOON) == 0
    assert post.execute("SELECT status, failure FROM message").fetchone() == (status, failure)
    assert PHONE not in caplog.text


def test_without_its_key_a_message_waits(post: psycopg.Connection, tmp_path: Path) -> None:
    put(post)
    senders = {"sms": FileSmsSender(tmp_path / "sms")}
    assert send_due(post, Seal([Fernet.generate_key()]), senders, NOON) == 0
    assert column(post, "failure") == ["no secret key opens the receiver"]
    assert send_due(post, SEAL, senders, NOON + timedelta(minutes=1)) == 1


def test_one_bad_message_does_not_stop_the_others(post: psycopg.Connection, tmp_path: Path) -> None:
    put(post, "mail", "email")
    for number in range(5):
        put(post, str(number))
    senders = {"sms": FileSmsSender(tmp_path / "sms")}
    assert send_due(post, SEAL, senders, NOON, limit=3) == 2
    assert send_due(post, SEAL, senders, NOON) == 3


def test_of_an_account_the_sender_gets_the_name(post: psycopg.Connection, pg: psycopg.Connection) -> None:
    person(pg, "desk")
    (account,) = post.execute("SELECT id FROM account").fetchone() or (0,)
    put(post, channel="webhook", receiver=None, account_id=account)
    noting = Noting()
    assert send_due(post, SEAL, {"webhook": noting}, NOON) == 1
    assert noting.sent[0][0] == "desk"


def test_while_one_sends_another_sends_the_rest(post: psycopg.Connection, database_url: str) -> None:
    for number in range(3):
        put(post, str(number))
    taken, go_on = threading.Event(), threading.Event()
    slow, quick = Noting(), Noting()

    class Slow:
        def send(self, receiver: str, subject: str, body: str, key: str) -> None:
            taken.set()
            assert go_on.wait(30)
            slow.send(receiver, subject, body, key)

    def run() -> None:
        with connect(database_url) as connection:
            connection.autocommit = True
            send_due(connection, SEAL, {"sms": Slow()}, NOON)

    thread = threading.Thread(target=run)
    thread.start()
    try:
        assert taken.wait(30)
        assert send_due(post, SEAL, {"sms": quick}, NOON) == 2
    finally:
        go_on.set()
        thread.join()
    assert [key for *_, key in slow.sent] == ["0"]
    assert [key for *_, key in quick.sent] == ["1", "2"]


def test_senders_at_once_send_each_message_once(
    post: psycopg.Connection, database_url: str, tmp_path: Path
) -> None:
    for number in range(100):
        put(post, str(number))
    begin = threading.Barrier(4)
    sent: list[int] = []

    def run() -> None:
        with connect(database_url) as connection:
            connection.autocommit = True
            begin.wait(30)
            sent.append(send_due(connection, SEAL, {"sms": FileSmsSender(tmp_path / "sms")}, NOON))

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(sent) == 100
    assert sorted(int(line["key"]) for line in lines(tmp_path / "sms")) == list(range(100))


KILLED = """
import sys
from datetime import datetime
from gis_core.db import connect
from gis_core.incidents.outbox import send_due
from gis_core.incidents.senders import FileSmsSender
from gis_core.sealing import Seal

class Stuck:
    def send(self, receiver, subject, body, key):
        if sys.argv[4] == "after":
            FileSmsSender(sys.argv[5]).send(receiver, subject, body, key)
        print("taken", flush=True)
        sys.stdin.read()

with connect(sys.argv[1]) as connection:
    connection.autocommit = True
    send_due(connection, Seal([sys.argv[2].encode()]), {"sms": Stuck()}, datetime.fromisoformat(sys.argv[3]))
"""


@pytest.mark.parametrize(("moment", "times"), [("before", 1), ("after", 2)])
def test_a_sender_that_is_killed_loses_nothing(
    post: psycopg.Connection, database_url: str, tmp_path: Path, moment: str, times: int
) -> None:
    put(post)
    path = tmp_path / "sms"
    killed = subprocess.Popen(
        [sys.executable, "-c", KILLED, database_url, KEY.decode(), NOON.isoformat(), moment, str(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with killed:
        assert killed.stdout is not None
        assert killed.stdout.readline() == "taken\n"
        assert send_due(post, SEAL, {"sms": FileSmsSender(path)}, NOON) == 0
        killed.kill()
    # Waits until the server has noticed.
    post.execute("SELECT 1 FROM message FOR UPDATE")
    assert column(post, "status") == ["queued"]
    assert send_due(post, SEAL, {"sms": FileSmsSender(path)}, NOON) == 1
    assert [line["key"] for line in lines(path)] == ["k"] * times
    assert column(post, "status") == ["sent"]


@pytest.fixture
def accounts(pg: psycopg.Connection) -> dict[str, int]:
    for name in ("worker", "other"):
        person(pg, name)
    return dict(pg.execute("SELECT name, id FROM account").fetchall())


def test_messages_in_the_browser_are_there_at_once(
    post: psycopg.Connection, accounts: dict[str, int]
) -> None:
    values = {"number": "7", "category": {"zh": "暴露垃圾", "en": "Rubbish"}, "due": "2026-11-28 17:00"}
    for number in range(3):
        put(
            post,
            str(number),
            "web",
            template="warn",
            values=values,
            receiver=None,
            account_id=accounts["worker"],
            now=EVENING,
        )
    put(post, "mail", "email", account_id=accounts["worker"])
    own = inbox(post, accounts["worker"])
    assert [letter.at for letter in own] == [EVENING] * 3
    assert own[0].id > own[1].id > own[2].id
    assert (own[0].subject, own[0].body) == (
        "7 即将超期",
        "7“暴露垃圾”将于 2026-11-28 17:00 到期，请尽快办理。",
    )
    assert (
        inbox(post, accounts["worker"], lang="en", limit=1)[0].body
        == '7 "Rubbish" is due by 2026-11-28 17:00.'
    )
    assert [letter.id for letter in inbox(post, accounts["worker"], before=own[1].id)] == [own[2].id]
    assert inbox(post, accounts["other"]) == []


def test_messages_are_read_by_their_receiver_only(post: psycopg.Connection, accounts: dict[str, int]) -> None:
    for number in range(3):
        put(post, str(number), "web", receiver=None, account_id=accounts["worker"])
    worker, other = accounts["worker"], accounts["other"]
    newest, middle, _ = (letter.id for letter in inbox(post, worker))
    later = NOON + timedelta(minutes=1)
    assert (unread(post, worker), unread(post, other)) == (3, 0)
    assert mark_read(post, worker, NOON, message=newest) == 1
    assert mark_read(post, worker, later, message=newest) == 0
    assert unread(post, worker) == 2
    assert mark_read(post, worker, later) == 2
    assert [letter.read_at for letter in inbox(post, worker)] == [NOON, later, later]
    with pytest.raises(NotFoundError, match=f"You have no message {middle}.") as raised:
        mark_read(post, other, NOON, message=middle)
    assert raised.value.text("zh") == f"您没有编号为 {middle} 的消息。"
    assert mark_read(post, other, NOON) == 0
