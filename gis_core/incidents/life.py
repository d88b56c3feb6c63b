"""The life of an incident, read from `data/transitions.toml`: its states, and the transitions between them."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Any, Literal

Clock = Literal["run", "pause", "stop"]


class Kind(StrEnum):
    """The four kinds of work."""

    GENERAL = "general"
    COORDINATION = "coordination"
    EMERGENCY = "emergency"
    APPROVAL = "approval"


class Actor(StrEnum):
    """As what somebody takes a step."""

    REPORTER = "reporter"
    GRID_WORKER = "grid_worker"
    DESK = "desk"
    DEPARTMENT = "department"
    LEADER = "leader"
    SUBDISTRICT_LEADER = "subdistrict_leader"
    DISTRICT_LEADER = "district_leader"
    PROGRAM = "program"
    SYSTEM = "system"


RESIDENTS = frozenset({Actor.REPORTER, Actor.PROGRAM})
"""By whom words and photos of residents come: by themselves, or by a program of Open311."""

KIND_NAMES: dict[Kind, tuple[str, str]] = {
    Kind.GENERAL: ("general", "一般性"),
    Kind.COORDINATION: ("coordination", "协调性"),
    Kind.EMERGENCY: ("emergency", "突发性"),
    Kind.APPROVAL: ("approval", "审批性"),
}
ACTOR_NAMES: dict[Actor, tuple[str, str]] = {
    Actor.REPORTER: ("reporter", "上报人"),
    Actor.GRID_WORKER: ("grid worker", "网格员"),
    Actor.DESK: ("community desk", "社区"),
    Actor.DEPARTMENT: ("department", "责任单位"),
    Actor.LEADER: ("leader", "领导"),
    Actor.SUBDISTRICT_LEADER: ("leader of the subdistrict", "街道领导"),
    Actor.DISTRICT_LEADER: ("leader of the district", "区领导"),
    Actor.PROGRAM: ("program with a key", "持密钥的程序"),
    Actor.SYSTEM: ("the system", "系统"),
}
"""(English, Chinese)."""


@dataclass(frozen=True)
class State:
    """open: as the public sees it. stage: which limit runs, if any. clock: what the stage's clock does."""

    name: str
    zh: str
    en: str
    open: bool
    stage: str | None
    clock: Clock


@dataclass(frozen=True)
class Transition:
    """A step. to: the state after it, "same", or "before" for the one where a side state was entered.

    evidence, guards: names that `gis_core.incidents.evidence` knows. restart: the stage's clock begins anew. tells:
    whether the reporter is told.
    """

    action: str
    zh: str
    en: str
    sources: tuple[str, ...]
    to: str
    actors: frozenset[Actor]
    kinds: frozenset[Kind]
    evidence: tuple[str, ...]
    guards: tuple[str, ...]
    restart: bool
    tells: bool

    def fits(self, state: str, kind: str) -> bool:
        """Whether it leads out of this state for this kind of work."""
        return state in self.sources and kind in self.kinds


@dataclass(frozen=True)
class Life:
    """All states and transitions, by their names."""

    states: Mapping[str, State]
    transitions: Mapping[str, Transition]

    def leading_out(self, state: str, kind: str) -> list[Transition]:
        """The transitions out of a state for a kind of work, in the order of the table."""
        return [one for one in self.transitions.values() if one.fits(state, kind)]


@cache
def life() -> Life:
    """The table that ships with this package."""
    text = files("gis_core.incidents").joinpath("data/transitions.toml").read_text(encoding="utf-8")
    return parse_life(tomllib.loads(text))


def parse_life(data: Mapping[str, Any]) -> Life:
    """The table from plain data.

    Raises:
        ValueError: a transition names a state, an actor or a kind that there is not, or a name comes twice.
    """
    states = {
        row["name"]: State(
            row["name"], row["zh"], row["en"], row["open"], row.get("stage"), row["clock"]
        )
        for row in data["state"]
    }  # fmt: skip
    transitions = {row["action"]: _transition(row) for row in data["transition"]}
    if len(states) < len(data["state"]) or len(transitions) < len(data["transition"]):
        raise ValueError("a state or an action is named twice")
    for one in transitions.values():
        unknown = {*one.sources, one.to} - states.keys() - {"same", "before"}
        if unknown:
            raise ValueError(f"{one.action}: there is no state {', '.join(sorted(unknown))}")
    return Life(states, transitions)


def _transition(row: Mapping[str, Any]) -> Transition:
    return Transition(
        action=row["action"],
        zh=row["zh"],
        en=row["en"],
        sources=tuple(row["from"]),
        to=row["to"],
        actors=frozenset(Actor(one) for one in row["actors"]),
        kinds=frozenset(Kind(one) for one in row.get("kinds", Kind)),
        evidence=tuple(row.get("evidence", ())),
        guards=tuple(row.get("guards", ())),
        restart=row.get("restart", False),
        tells=row.get("audience") == "reporter",
    )
