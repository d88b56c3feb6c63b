"""Who has a plan open: a seat a page, renewed by the server that holds it; those of a dead server are void soon."""

from collections.abc import Mapping

import psycopg

RENEW_S = 20.0
VOID_AFTER_S = 60


def take_seats(connection: psycopg.Connection, plan: int, seats: Mapping[str, str]) -> None:
    """Take or renew seats, {seat: name of who sits there}; seats that are void are swept."""
    connection.execute(
        "INSERT INTO plan_presence (plan_id, seat, by, seen_at)"
        " SELECT %s, taken.seat, taken.by, now() FROM unnest(%s::text[], %s::text[]) AS taken (seat, by)"
        " ON CONFLICT (plan_id, seat) DO UPDATE SET seen_at = excluded.seen_at",
        [plan, list(seats), list(seats.values())],
    )
    connection.execute(
        "DELETE FROM plan_presence WHERE plan_id = %s AND seen_at < now() - make_interval(secs => %s)",
        [plan, VOID_AFTER_S],
    )


def leave_seats(connection: psycopg.Connection, plan: int, seats: list[str]) -> None:
    """Give seats up."""
    connection.execute("DELETE FROM plan_presence WHERE plan_id = %s AND seat = ANY(%s)", [plan, seats])


def people_of(connection: psycopg.Connection, plan: int) -> list[str]:
    """Names of who has the plan open, each once, in alphabetical order."""
    rows = connection.execute(
        "SELECT DISTINCT by FROM plan_presence"
        " WHERE plan_id = %s AND seen_at >= now() - make_interval(secs => %s) ORDER BY by",
        [plan, VOID_AFTER_S],
    ).fetchall()
    return [row[0] for row in rows]
