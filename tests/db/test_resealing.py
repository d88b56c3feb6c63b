"""A key can be changed: everything sealed is put under the newest, and what no key opens is told."""

import contextlib
from datetime import UTC, datetime

import psycopg
import pytest
from cryptography.fernet import Fernet
from typer.testing import CliRunner

from api.commands.db import app
from gis_core.db import connect
from gis_core.errors import ConfigError
from gis_core.incidents import resealing
from gis_core.incidents.outbox import queue
from gis_core.incidents.resealing import SEALED, Resealed, reseal
from gis_core.sealing import Seal

OLD, NEW, LOST = (Fernet.generate_key() for _ in range(3))


def put(pg: psycopg.Connection, key: str, seal: Seal) -> None:
    queue(
        pg, seal, key=key, channel="sms", template="accepted", lang="zh", now=datetime(2026, 11, 28, tzinfo=UTC),
        receiver=f"138{key}", values={"number": "1"},
    )  # fmt: skip


def receivers(pg: psycopg.Connection, seal: Seal) -> list[str]:
    rows = pg.execute("SELECT receiver FROM message WHERE key <> 'lost' ORDER BY id").fetchall()
    return [seal.open(sealed)["to"] for (sealed,) in rows]


def test_everything_lies_under_the_newest_key(pg: psycopg.Connection) -> None:
    for key in ("1", "2"):
        put(pg, key, Seal([OLD]))
    put(pg, "3", Seal([NEW]))
    put(pg, "lost", Seal([LOST]))
    pg.commit()
    assert reseal(pg, Seal([NEW, OLD])) == Resealed(done=3, unopened=1)
    assert receivers(pg, Seal([NEW])) == ["1381", "1382", "1383"]
    with pytest.raises(ConfigError):
        receivers(pg, Seal([OLD]))


class StoppedError(Exception):
    """The run is ended from outside."""


class Ending(Seal):
    """Stops after so many."""

    left = 5

    def rotate(self, sealed: bytes) -> bytes:
        if not self.left:
            raise StoppedError
        self.left -= 1
        return super().rotate(sealed)


def test_a_run_that_is_stopped_keeps_its_pages_and_another_does_the_rest(
    pg: psycopg.Connection, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(resealing, "PAGE", 2)
    for number in range(7):
        put(pg, str(number), Seal([OLD]))
    pg.commit()
    with pytest.raises(StoppedError):
        reseal(pg, Ending([NEW, OLD]))
    with connect(database_url) as other:
        sealed = [
            one for (one,) in other.execute("SELECT receiver FROM message ORDER BY id FOR UPDATE NOWAIT")
        ]
        other.commit()
    opened = []
    for one in sealed:
        with contextlib.suppress(ConfigError):
            opened.append(Seal([NEW]).open(one)["to"])
    assert opened == ["1380", "1381", "1382", "1383"]
    assert reseal(pg, Seal([NEW, OLD])) == Resealed(done=7, unopened=0)
    assert receivers(pg, Seal([NEW])) == [f"138{number}" for number in range(7)]


def test_pages_need_transactions_of_their_own(pg: psycopg.Connection) -> None:
    put(pg, "1", Seal([OLD]))
    with pytest.raises(RuntimeError, match="end the open one first"):
        reseal(pg, Seal([NEW, OLD]))


def test_no_sealed_column_is_left_out(pg: psycopg.Connection) -> None:
    rows = pg.execute(
        "SELECT c.table_name, c.column_name FROM information_schema.columns c"
        " WHERE c.table_schema = 'public' AND c.data_type = 'bytea' AND c.column_name !~ 'hash|content'"
        " AND c.table_name ~ '^(incident|notice|message|public|building_visit)'"
    ).fetchall()
    assert set(rows) == {(table, column) for table, _, column in SEALED}
    for table, key, column in SEALED:
        assert pg.execute(f"SELECT {key}, {column} FROM {table}").fetchall() == []


def test_the_command_says_how_many_and_what_no_key_opens(
    pg: psycopg.Connection, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(pg, "1", Seal([OLD]))
    pg.commit()
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("WANGGE_LANG", "en")
    monkeypatch.setenv("WANGGE_SECRET_KEYS", f"{NEW.decode()},{OLD.decode()}")
    ran = CliRunner().invoke(app, ["reseal"])
    assert (ran.exit_code, ran.output) == (0, "resealed: 1\n")
    assert receivers(pg, Seal([NEW])) == ["1381"]
    put(pg, "lost", Seal([LOST]))
    pg.commit()
    ran = CliRunner().invoke(app, ["reseal"])
    assert isinstance(ran.exception, ConfigError)
    assert "No key opens 1 sealed texts" in str(ran.exception)
    assert "有 1 条加密内容没有密钥能解开" in ran.exception.text("zh")
