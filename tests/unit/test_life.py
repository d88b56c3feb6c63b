"""The table of transitions: walked whole, and shown in the documentation as it is."""

import re
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from benchmarks.pages import filled
from gis_core.accounts.rules import Grant, Role
from gis_core.errors import ConflictError, ForbiddenError, InvalidInputError
from gis_core.incidents.case import Case, Evidence, Person
from gis_core.incidents.evidence import EVIDENCE, EVIDENCE_NAMES, GUARD_NAMES, GUARDS
from gis_core.incidents.life import Actor, Kind, life, parse_life
from gis_core.incidents.life_table import states_table, transitions_table, words_table
from gis_core.incidents.rules import NOT_ASKED_FOR, actors_of, allowed, check, target_state

PAGE = Path(__file__).parents[2] / "docs" / "incidents.md"
NOW = datetime(2026, 11, 25, 2, tzinfo=UTC)
FULL = Evidence(
    note="n", public_note="p", reason_code="unclear", target="1", department="d", document="1", assignee="a",
    until=NOW + timedelta(days=3), limit=("work_day", 1.0), satisfied=True, change={"level": 1},
    notice={"text_zh": "x", "text_en": "x", "days": 3}, photos=("after",),
)  # fmt: skip
OPEN_CASE = Case(
    "1", "reported", "general", resume_state="accepted", asked=True, sampled=True, closed_at=NOW, more_steps=True,
    notices_over=True,
)  # fmt: skip
"""A case in which no guard but those of returns and extensions stands in the way."""


def documented() -> list[dict[str, str]]:
    """The rows of the page's table of transitions."""
    text = PAGE.read_text(encoding="utf-8")
    block = text.split("<!-- begin transitions -->")[1].split("<!-- end transitions -->")[0]
    lines = [[cell.strip() for cell in line.strip("|").split(" | ")] for line in block.strip().splitlines()]
    return [dict(zip(lines[0], line, strict=True)) for line in lines[2:]]


def names(cell: str) -> set[str]:
    return set(re.findall(r"`(\w+)`", cell))


def test_the_page_shows_the_data() -> None:
    text = PAGE.read_text(encoding="utf-8")
    blocks = {
        "words": words_table(),
        "states": states_table(life()),
        "transitions": transitions_table(life()),
    }
    assert filled(text, blocks) == text


@pytest.mark.parametrize("kind", Kind)
def test_every_state_action_and_actor_is_as_the_page_says(kind: Kind) -> None:
    """What the page's table says, read from the page, against what the rules do: each combination, nothing else."""
    walked = 0
    for row in documented():
        [action] = names(row["action"])
        if action in NOT_ASKED_FOR:
            continue
        for state in life().states:
            for actor in Actor:
                fits = state in names(row["from"]) and (row["kinds"] == "all" or kind in names(row["kinds"]))
                expected = (
                    "done" if fits and actor in names(row["who"]) else "forbidden" if fits else "conflict"
                )
                assert outcome(action, state, kind, actor) == expected, (action, state, actor)
                walked += 1
    assert walked == (len(life().transitions) - len(NOT_ASKED_FOR)) * len(life().states) * len(Actor)


def outcome(action: str, state: str, kind: Kind, actor: Actor) -> str:
    again = action in ("approve_return", "approve_extension")
    case = replace(OPEN_CASE, state=state, kind=kind, returns=int(again), extensions=int(again))
    if actor is Actor.DEPARTMENT:
        case = replace(case, dispatched=True)
    try:
        check(life(), action, case, Person("somebody", frozenset({actor}), 1), FULL, NOW)
    except ForbiddenError:
        return "forbidden"
    except ConflictError:
        return "conflict"
    return "done"


def test_what_is_allowed_is_what_check_lets_through() -> None:
    for state in life().states:
        for kind in Kind:
            for actor in Actor:
                case = replace(OPEN_CASE, state=state, kind=kind, dispatched=actor is Actor.DEPARTMENT)
                person = Person("somebody", frozenset({actor}), 1)
                offered = {one.action for one in allowed(life(), case, person, NOW)} - {*NOT_ASKED_FOR}
                done = set()
                for action in life().transitions.keys() - {*NOT_ASKED_FOR}:
                    try:
                        check(life(), action, case, person, FULL, NOW)
                        done.add(action)
                    except (ConflictError, ForbiddenError):
                        pass
                assert offered == done


def test_every_name_in_the_table_has_a_meaning_and_words() -> None:
    for one in life().transitions.values():
        for name in one.evidence:
            assert name in EVIDENCE_NAMES
            assert name in EVIDENCE or one.action == "report"
        for name in one.guards:
            assert name in GUARDS
            assert name in GUARD_NAMES


@pytest.mark.parametrize("action", [one for one in life().transitions if one not in NOT_ASKED_FOR])
def test_a_step_without_its_evidence_says_what_is_missing(action: str) -> None:
    one = life().transitions[action]
    again = action in ("approve_return", "approve_extension")
    actor = next(
        actor for actor in Actor if (actor in one.actors and actor is not Actor.DESK) or one.actors == {actor}
    )
    case = replace(
        OPEN_CASE, state=one.sources[0], kind=sorted(one.kinds)[0], returns=int(again), extensions=int(again),
        dispatched=actor is Actor.DEPARTMENT,
    )  # fmt: skip
    person = Person("somebody", frozenset({actor}), 1)
    if not one.evidence:
        assert check(life(), action, case, person, Evidence(), NOW) is one
        return
    with pytest.raises(InvalidInputError) as refused:
        check(life(), action, case, person, Evidence(), NOW)
    told = refused.value.more["faults"]
    assert "".join(one["zh"] for one in told) == refused.value.text("zh")
    assert " ".join(one["en"] for one in told) == str(refused.value)
    assert {one["field"] for one in told} <= {field.name for field in fields(Evidence)}
    assert not re.search("[A-Za-z`{]", refused.value.text("zh")), "words of the page, no names of fields"
    assert not re.search("[`{_]", str(refused.value))


def test_side_states_lead_back() -> None:
    case = replace(OPEN_CASE, state="suspended", resume_state="in_progress")
    assert target_state(life(), life().transitions["resume"], case).name == "in_progress"
    assert target_state(life(), life().transitions["comment"], case).name == "suspended"


def test_every_open_state_can_end() -> None:
    """From each open state some way leads to a state that is closed."""
    ends = {name for name, state in life().states.items() if not state.open}
    reach = set(ends)
    for _ in life().states:
        reach |= {
            source
            for one in life().transitions.values()
            for source in one.sources
            if one.to in reach or one.to == "before"
        }
    assert reach >= {name for name, state in life().states.items() if state.open}


LEVELS = {"area": "subdistrict", "district": "district"}


@pytest.mark.parametrize(
    ("grant", "member", "actors"),
    [
        (Grant(Role.VIEWER), False, set()),
        (Grant(Role.PLANNER), False, set()),
        (Grant(Role.GRID_WORKER, community="c"), False, {"grid_worker"}),
        (Grant(Role.COMMUNITY_DESK, community="c"), False, {"desk"}),
        (Grant(Role.DEPARTMENT, area="district"), True, {"department"}),
        (Grant(Role.DEPARTMENT, area="district"), False, set()),
        (Grant(Role.LEADER, community="c"), False, {"leader"}),
        (Grant(Role.LEADER, area="area"), False, {"leader", "subdistrict_leader"}),
        (Grant(Role.LEADER, area="district"), False, {"leader", "district_leader"}),
        (Grant(Role.LEADER), False, {"leader", "subdistrict_leader", "district_leader"}),
        (Grant(Role.ADMINISTRATOR), False, {"desk", "leader", "subdistrict_leader", "district_leader"}),
    ],
)
def test_roles_act_as(grant: Grant, member: bool, actors: set[str]) -> None:
    assert {str(one) for one in actors_of([grant], LEVELS, member=member)} == actors


def test_a_table_that_names_what_there_is_not_is_refused() -> None:
    state = {"name": "a", "zh": "a", "en": "a", "open": True, "clock": "run"}
    step = {"action": "x", "zh": "x", "en": "x", "from": ["a"], "to": "b", "actors": ["desk"]}
    with pytest.raises(ValueError, match="x: there is no state b"):
        parse_life({"state": [state], "transition": [step]})
    with pytest.raises(ValueError, match="named twice"):
        parse_life({"state": [state, state], "transition": []})
