"""Notices to residents: consent, private links, counts before sending, each in their language, none without consent."""

from datetime import datetime, timedelta

import psycopg
import pytest

from gis_core.errors import InvalidInputError, NotFoundError, RateError, RepeatedKeyError
from gis_core.incidents import notices, subscriptions
from gis_core.incidents.case import Person
from gis_core.incidents.life import Actor
from gis_core.incidents.notices import Notice, Sent, send_notice
from gis_core.incidents.outbox import send_due
from gis_core.incidents.rates import MOST_A_DAY
from gis_core.incidents.reporting import take_report
from gis_core.incidents.reports import Contact, Report
from gis_core.incidents.senders import SendError
from tests.towns.incident_sql import NOW, RUBBISH, build_incident_town, office, place
from tests.towns.town_sql import CODE

WATER = Notice(CODE, "28 日停水", "No water on the 28th")


class Noting:
    """A sender that keeps what it is given, or fails."""

    def __init__(self, error: SendError | None = None) -> None:
        self.sent: list[tuple[str, str]] = []
        self.error = error

    def send(self, receiver: str, _subject: str, body: str, _key: str) -> None:
        if self.error:
            raise self.error
        self.sent.append((receiver, body))


@pytest.fixture(autouse=True)
def town(pg: psycopg.Connection) -> int:
    return build_incident_town(pg)


def subscribe(pg: psycopg.Connection, building: int, contact: str, secret: str, lang: str = "zh") -> None:
    channel: subscriptions.Channel = "email" if "@" in contact else "sms"
    subscriptions.subscribe(
        pg, office(), building, channel, contact, secret, lang=lang, consent=True, now=NOW
    )


def send(pg: psycopg.Connection, notice: Notice = WATER, key: str = "k1", *, dry_run: bool = False) -> Sent:
    return send_notice(pg, office(), notice, by="she", key=key, dry_run=dry_run, now=NOW)


def sent_by(pg: psycopg.Connection, sender: Noting) -> list[tuple[str, str]]:
    pg.commit()
    pg.autocommit = True
    send_due(pg, office().seal, {"email": sender, "sms": sender}, NOW + timedelta(days=1))
    pg.autocommit = False
    return sorted(sender.sent)


@pytest.fixture
def three(pg: psycopg.Connection) -> None:
    """Two receivers in grid 1 (buildings 1, 2), one in grid 3 (building 5)."""
    subscribe(pg, 1, "13800138001", "a")
    subscribe(pg, 2, "a@example.org", "b", "en")
    subscribe(pg, 5, "13800138003", "c")


@pytest.mark.usefixtures("three")
def test_a_dry_run_counts_and_sends_nothing(pg: psycopg.Connection) -> None:
    found = send(pg, dry_run=True)
    told = [(one.number, one.channel, one.receivers) for one in found.groups]
    assert told == [(1, "email", 1), (1, "sms", 1), (3, "sms", 1)]
    assert pg.execute("SELECT count(*) FROM message WHERE template = 'notice'").fetchone() == (0,)
    assert pg.execute("SELECT count(*) FROM audit_entry WHERE action = 'notice.send'").fetchone() == (0,)


@pytest.mark.usefixtures("three")
def test_each_is_told_once_in_their_language_with_the_way_out(pg: psycopg.Connection) -> None:
    assert send(pg).receivers == 3
    assert send(pg).repeated
    with pytest.raises(RepeatedKeyError):
        send(pg, Notice(CODE, "别的"))
    told = [one for one in sent_by(pg, Noting()) if "28" in one[1]]
    assert told == [
        ("13800138001", "安源社区：28 日停水 退订：http://127.0.0.1/subscribe/a"),
        ("13800138003", "安源社区：28 日停水 退订：http://127.0.0.1/subscribe/c"),
        ("a@example.org", "安源社区: No water on the 28th To end these: http://127.0.0.1/subscribe/b"),
    ]
    [entry] = notices.sent_notices(pg, CODE, None, 10)
    assert (entry["by"], entry["text_zh"], entry["receivers"]) == ("she", "28 日停水", 3)
    left = pg.execute("SELECT values::text FROM message").fetchall()
    assert not any("subscribe" in row[0] or "138001" in row[0] for row in left)


@pytest.mark.usefixtures("three")
@pytest.mark.parametrize(
    ("more", "count"),
    [({"buildings": (2, 5)}, 2), ({"buildings": (9,)}, 0), ({"subscription": 10**9}, 0)],
)
def test_some_and_none(pg: psycopg.Connection, more: dict[str, object], count: int) -> None:
    assert send(pg, Notice(CODE, "停水", **more), dry_run=True).receivers == count


@pytest.mark.usefixtures("three")
def test_one_grid_and_one_subscription(pg: psycopg.Connection) -> None:
    row = pg.execute("SELECT code FROM grid WHERE number = 1").fetchone()
    assert row is not None
    assert send(pg, Notice(CODE, "停水", grids=(row[0],)), dry_run=True).receivers == 2
    [(number, channel)] = notices.choices(pg, CODE, 5)
    assert channel == "sms"
    assert send(pg, Notice(CODE, "停水", subscription=number), dry_run=True).groups[0].number == 3


def test_faults_are_told_at_once(pg: psycopg.Connection) -> None:
    bad = Notice(CODE, " ", "x" * 501, grids=("none",), buildings=(99,))
    with pytest.raises(InvalidInputError) as refused:
        send(pg, bad)
    words = str(refused.value)
    for part in (
        "notice in Chinese",
        "English text has 501 characters",
        "one of them",
        "no grids in force none",
        "no buildings 99",
    ):
        assert part in words
    with pytest.raises(NotFoundError, match="no community with the code x"):
        send(pg, Notice("x", "停水"))


@pytest.mark.parametrize("consent", [True, False])
def test_an_incident_reaches_its_reporter_only_with_consent(pg: psycopg.Connection, consent: bool) -> None:
    lon, lat = place()
    contact = Contact(phone="13800138009")
    by = Person("reporter", frozenset({Actor.REPORTER}))
    report = Report(lon, lat, RUBBISH, "垃圾", contact=contact, consent=consent)
    number = take_report(pg, office(), report, (), by=by, now=NOW).number
    assert send(pg, Notice(CODE, "已安排", incident=number)).receivers == consent
    told = [receiver for receiver, body in sent_by(pg, Noting()) if "已安排" in body]
    assert told == (["13800138009"] if consent else [])


def test_without_consent_or_contact_nobody_is_subscribed(pg: psycopg.Connection) -> None:
    def refused(contact: str, *, consent: bool) -> str:
        with pytest.raises(InvalidInputError) as error:
            subscriptions.subscribe(
                pg, office(), 1, "email", contact, "s", lang="zh", consent=consent, now=NOW
            )
        return error.value.text("zh")

    assert "须经本人同意" in refused("a@example.org", consent=False)
    assert "请填写接收通知的邮箱或手机号" in refused(" ", consent=True)
    assert "name@host" in refused("nothing", consent=True)
    with pytest.raises(NotFoundError, match="no such building"):
        subscribe(pg, 99, "a@example.org", "s")


def change(pg: psycopg.Connection, secret: str, contact: str, now: datetime) -> None:
    subscriptions.change(pg, office(), secret, "sms", contact, lang="zh", now=now)


def test_a_building_has_so_many_consents_in_a_day(pg: psycopg.Connection) -> None:
    """New ones, changes and those that ended: each sends a message to a contact that nobody has proved."""
    for number in range(MOST_A_DAY // 2):
        subscribe(pg, 1, "13800138001", f"s{number}")
        subscriptions.withdraw(pg, f"s{number}")
    subscribe(pg, 1, "13800138001", "mine")
    for number in range(1, MOST_A_DAY // 2):
        change(pg, "mine", f"138001390{number:02}", NOW + timedelta(minutes=number))
    later = NOW + timedelta(hours=1)
    with pytest.raises(RateError) as refused:
        change(pg, "mine", "13800138002", later)
    assert "50 subscriptions to notices of this building were made or changed" in str(refused.value)
    assert (refused.value.text("zh"), refused.value.seconds) == (
        "该楼栋一天内已有 50 次订阅或更改，请明天再试。",
        82_800,
    )
    assert subscriptions.subscription_of(pg, office(), "mine").contact == "13800139024"
    with pytest.raises(RateError):
        subscribe(pg, 1, "13800138001", "one more")
    count = "SELECT count(*) FROM message WHERE template = 'subscribed'"
    assert pg.execute(count).fetchone() == (MOST_A_DAY,)
    subscriptions.withdraw(pg, "mine")
    subscribe(pg, 2, "13800138001", "of another building")
    subscriptions.subscribe(
        pg,
        office(),
        1,
        "sms",
        "13800138001",
        "tomorrow",
        lang="zh",
        consent=True,
        now=NOW + timedelta(days=1),
    )


@pytest.mark.usefixtures("three")
def test_the_private_link_shows_changes_and_ends(pg: psycopg.Connection) -> None:
    send(pg)
    found = subscriptions.subscription_of(pg, office(), "a")
    assert (found.contact, found.place.address, found.works) == ("13800138001", "跃进路1号", True)
    subscriptions.change(
        pg, office(), "a", "email", "new@example.org", lang="en", now=NOW + timedelta(minutes=1)
    )
    assert subscriptions.subscription_of(pg, office(), "a").contact == "new@example.org"
    subscriptions.withdraw(pg, "c")
    with pytest.raises(NotFoundError, match="opens no subscription"):
        subscriptions.subscription_of(pg, office(), "c")
    for act in (lambda: subscriptions.withdraw(pg, "c"),
                lambda: subscriptions.change(pg, office(), "c", "sms", "13800138000", lang="zh", now=NOW)):  # fmt: skip
        with pytest.raises(NotFoundError):
            act()
    told = sent_by(pg, Noting())
    assert {receiver for receiver, _ in told} == {"a@example.org", "new@example.org"}
    assert [body for receiver, body in told if receiver == "new@example.org"] == [
        "You will get notices of 安源社区. If you did not ask for them, end them."
        " To end these: http://127.0.0.1/subscribe/a"
    ]


def test_what_failed_three_times_for_good_is_not_used_until_it_is_changed(pg: psycopg.Connection) -> None:
    subscribe(pg, 1, "13800138001", "a")
    for key in ("k1", "k2", "k3"):
        assert send(pg, key=key).receivers == 1
        sent_by(pg, Noting(SendError("refused", retry=False)))
    found = send(pg, dry_run=True)
    assert (found.receivers, found.unused) == (0, 1)
    assert not subscriptions.subscription_of(pg, office(), "a").works
    later = NOW + timedelta(hours=1)
    subscriptions.change(pg, office(), "a", "sms", "13800138002", lang="zh", now=later)
    assert send(pg, dry_run=True).receivers == 1


@pytest.mark.parametrize(("east", "found"), [(0.0, 1), (0.00015, 1), (0.00025, 2), (-0.0004, 1)])
def test_a_place_at_a_building(pg: psycopg.Connection, east: float, found: int) -> None:
    """Its centre; 5 m and 15 m east of its wall, of which the next is 20 m off; and 30 m west of it."""
    lon, lat = place(1)
    assert subscriptions.place_of(pg, at=(lon + east, lat)).building == found


def test_far_from_every_building(pg: psycopg.Connection) -> None:
    lon, lat = place(1)
    with pytest.raises(NotFoundError, match="stand nearer to it"):
        subscriptions.place_of(pg, at=(lon - 0.002, lat))
