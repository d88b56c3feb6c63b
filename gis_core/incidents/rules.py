"""Who may take which step with an incident, and what must come with it. No I/O.

The table of transitions says which steps there are (`life`); `evidence` says what the names of its evidence and of its
guards mean. Whoever asks for a step is told all that it lacks at once, and what may be done instead.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime

from gis_core.accounts.rules import Grant, Role
from gis_core.errors import ConflictError, ForbiddenError, InvalidInputError, WanggeError, faults_of_fields
from gis_core.incidents.case import Case, Evidence, Person
from gis_core.incidents.evidence import EVIDENCE, EVIDENCE_FIELDS, GUARDS, Words, too_long
from gis_core.incidents.life import ACTOR_NAMES, Actor, Life, State, Transition

SAMPLED_IN = 10
"""One of so many that were settled on the spot is checked again."""
NOT_ASKED_FOR = ("report", "move", "erase")
"""Transitions that are no requests: they have functions of their own."""
HANDLING = ("start", "respond", "resolve", "finish_step", "close_on_spot")
"""Actions by which somebody becomes a handler of the incident, who may not verify it."""


def actors_of(grants: Iterable[Grant], levels: Mapping[str, str], *, member: bool) -> frozenset[Actor]:
    """As what an account acts at a place.

    grants: those that hold there. levels: {code: level} of the admin areas above. member: it acts for the department
    that the incident is with. An administrator stands in for the desk and for leaders of all levels, never for those
    who handle.
    """
    found: set[Actor] = set()
    for grant in grants:
        level = levels.get(grant.area) if grant.area else None
        if grant.role is Role.GRID_WORKER:
            found.add(Actor.GRID_WORKER)
        elif grant.role is Role.COMMUNITY_DESK:
            found.add(Actor.DESK)
        elif grant.role is Role.DEPARTMENT and member:
            found.add(Actor.DEPARTMENT)
        elif grant.role is Role.LEADER:
            found.add(Actor.LEADER)
            if grant.everywhere or level == "subdistrict":
                found.add(Actor.SUBDISTRICT_LEADER)
            if grant.everywhere or level in ("district", "city", "province"):
                found.add(Actor.DISTRICT_LEADER)
        elif grant.role is Role.ADMINISTRATOR:
            found |= {Actor.DESK, Actor.LEADER, Actor.SUBDISTRICT_LEADER, Actor.DISTRICT_LEADER}
    return frozenset(found)


def check(
    life: Life, action: str, case: Case, person: Person, evidence: Evidence, now: datetime
) -> Transition:
    """The transition, where it may be taken.

    Raises:
        InvalidInputError: there is no such action, or evidence is missing or wrong; all faults at once, with
            their fields in `more`.
        ConflictError: the incident's state does not allow it; `more` tells what is allowed.
        ForbiddenError: somebody else may do it.
    """
    one = life.transitions.get(action)
    if one is None or action in NOT_ASKED_FOR:
        actions = ", ".join(name for name in life.transitions if name not in NOT_ASKED_FOR)
        raise InvalidInputError(
            f"There is no action {action!r}; there are {actions}.",
            f"没有“{action}”这一操作；可用的有：{actions}。",
        )
    if not one.fits(case.state, case.kind):
        raise _refusal(ConflictError, life, case, person, now, *_wrong_state(life, one, case))
    if not one.actors & person.actors:
        raise _refusal(ForbiddenError, life, case, person, now, *_wrong_actor(one))
    broken = [words for guard in one.guards if (words := GUARDS[guard](case, person, now))]
    if broken:
        raise _refusal(ConflictError, life, case, person, now, *_joined(broken))
    faults = too_long(evidence)
    for name in one.evidence:
        if words := EVIDENCE[name](case, person, evidence, now):
            faults.append((EVIDENCE_FIELDS.get(name, name), *words))
    if faults:
        raise faults_of_fields(faults)
    return one


def allowed(life: Life, case: Case, person: Person, now: datetime) -> list[Transition]:
    """What this person may do next, evidence aside, in the order of the table."""
    return [
        one
        for one in life.leading_out(case.state, case.kind)
        if one.action not in NOT_ASKED_FOR
        and one.actors & person.actors
        and not any(GUARDS[guard](case, person, now) for guard in one.guards)
    ]


def target_state(life: Life, one: Transition, case: Case) -> State:
    """The state after a transition."""
    if one.to == "same":
        return life.states[case.state]
    if one.to == "before":
        return life.states[case.resume_state or "accepted"]
    return life.states[one.to]


def _refusal(
    kind: type[WanggeError], life: Life, case: Case, person: Person, now: datetime, en: str, zh: str
) -> WanggeError:
    steps = allowed(life, case, person, now)
    error = kind(
        f"{en} {_named(steps, 1)}",
        f"{zh}{_named(steps, 0)}",
    )
    error.more = {"state": case.state, "allowed": [one.action for one in steps]}
    return error


def _named(steps: list[Transition], lang: int) -> str:
    names = [(f"“{one.zh}”", f"{one.action} ({one.en})")[lang] for one in steps]
    if lang:
        return f"You may: {', '.join(names)}." if names else "You may do nothing with it now."
    return f"您现在可以：{'、'.join(names)}。" if names else "您现在不能对它进行操作。"


def _wrong_state(life: Life, one: Transition, case: Case) -> Words:
    state = life.states[case.state]
    return (
        f"Incident {case.number} is {state.en}: {one.action} is not possible from there.",
        f"事件 {case.number} 目前{state.zh}，不能“{one.zh}”。",
    )


def _wrong_actor(one: Transition) -> Words:
    names = [ACTOR_NAMES[actor] for actor in Actor if actor in one.actors]
    return (
        f"{one.action} is for: {', '.join(en for en, _ in names)}.",
        f"“{one.zh}”须由{'、'.join(zh for _, zh in names)}操作。",
    )


def _joined(words: list[Words]) -> Words:
    return " ".join(en for en, _ in words), "".join(zh for _, zh in words)


def is_sampled(serial: int) -> bool:
    """Whether an incident that is settled on the spot is checked again; by its number alone, so that nobody chooses."""
    return serial % SAMPLED_IN == 0
