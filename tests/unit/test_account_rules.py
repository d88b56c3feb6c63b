"""Who may do what, and which names and passwords are taken."""

from datetime import UTC, datetime, timedelta

import pytest

from gis_core.accounts.rules import (
    PERMISSIONS,
    WINDOW,
    Grant,
    Permission,
    Role,
    check_password,
    clean_account_name,
    csrf_of,
    hashed,
    may,
    new_secret,
    wait_after,
)
from gis_core.errors import InvalidInputError

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)


def test_the_table_of_permissions() -> None:
    """Spelt out a second time on purpose: whoever changes a right changes it in two places."""
    cases = {"map.read", "incident.read", "incident.work"}
    drafts = {"map.read", "draft.read", "comment.write"}
    office = {"reporter.read", "measure.read", "notice.send"}
    expected = {
        "viewer": {"map.read"},
        "grid_worker": cases | {"visit.write"},
        "community_desk": drafts | cases | office | {"photo.moderate", "visit.write"},
        "department": cases,
        "leader": drafts | cases | office,
        "planner": drafts | {"plan.edit", "measure.read"},
        "administrator": drafts
        | cases
        | office
        | {"photo.moderate", "visit.write", "incident.setup", "plan.edit", "plan.adopt", "data.import"}
        | {"audit.read"},
    }
    assert {str(role): {str(one) for one in held} for role, held in PERMISSIONS.items()} == expected
    assert set(PERMISSIONS) == set(Role)


@pytest.mark.parametrize(
    ("grant", "allowed"),
    [
        (Grant(Role.PLANNER), True),
        (Grant(Role.PLANNER, community="c1"), True),
        (Grant(Role.PLANNER, community="c2"), False),
        (Grant(Role.PLANNER, area="district"), True),
        (Grant(Role.PLANNER, area="street"), True),
        (Grant(Role.PLANNER, area="elsewhere"), False),
        (Grant(Role.VIEWER), False),
    ],
)
def test_a_role_holds_where_it_is_granted_and_below(grant: Grant, allowed: bool) -> None:
    assert may([grant], Permission.PLAN_EDIT, "c1", ["street", "district"]) is allowed


def test_roles_add_up_but_never_cross_areas() -> None:
    grants = [Grant(Role.VIEWER), Grant(Role.PLANNER, community="c1")]
    assert may(grants, Permission.MAP_READ, "c2", [])
    assert not may(grants, Permission.PLAN_EDIT, "c2", [])
    assert may(grants, Permission.PLAN_EDIT, "c1", [])
    assert not may([], Permission.MAP_READ, "c1", [])


@pytest.mark.parametrize("name", ["li.na", "李娜", " padded ", "a" * 64])
def test_names(name: str) -> None:
    assert clean_account_name(name) == name.strip()


@pytest.mark.parametrize("name", ["", " ", "a b", "a/b", "a" * 65, "a\x00", "a\u202eb"])
def test_what_is_no_name(name: str) -> None:
    with pytest.raises(InvalidInputError, match="is not an account name"):
        clean_account_name(name)


@pytest.mark.parametrize("password", ["short", "x" * 201, "1111111111", "li.na2026!!", "LI.NA-long-enough"])
def test_passwords_that_are_refused(password: str) -> None:
    with pytest.raises(InvalidInputError):
        check_password("li.na", password)


def test_passwords_that_are_taken() -> None:
    check_password("li.na", "correct horse")
    check_password("li.na", "正确的马电池钉书钉好记")


def test_secrets_differ_and_their_tokens_do_not_give_them_away() -> None:
    one, other = new_secret(), new_secret()
    assert one != other
    assert len(hashed(one)) == 32
    assert csrf_of(one) != csrf_of(other)
    assert csrf_of(one) not in (one, hashed(one).hex())


def test_failures_are_free_until_too_many_lie_within_the_window() -> None:
    failures = [NOW - timedelta(minutes=minutes) for minutes in (1, 2, 3, 16)]
    assert wait_after(failures, 4, NOW) is None
    assert wait_after(failures, 3, NOW) == WINDOW - timedelta(minutes=3)
    assert wait_after(failures, 2, NOW) == WINDOW - timedelta(minutes=2)
    assert wait_after([], 1, NOW) is None
