"""Draws grids: arrays in, plans and reasons out; no database, web, clock or global random."""

from partitioning.engine import draw_grids
from partitioning.errors import CallError, DrawCancelledError, PartitioningError, ProblemError, RulesError
from partitioning.explain import explain_notes, explain_violations
from partitioning.parts import PartId, Parts
from partitioning.plan import LocalCertificate, Outcome, Plan
from partitioning.problem import Problem
from partitioning.problem_checks import Entrance
from partitioning.reasons import Reason, Relaxation
from partitioning.repair import complete_grids, repair_grids
from partitioning.rules import Rules
from partitioning.scores import Scores, Violation, check_plan, score_plan

__all__ = [
    "CallError",
    "DrawCancelledError",
    "Entrance",
    "LocalCertificate",
    "Outcome",
    "PartId",
    "PartitioningError",
    "Parts",
    "Plan",
    "Problem",
    "ProblemError",
    "Reason",
    "Relaxation",
    "Rules",
    "RulesError",
    "Scores",
    "Violation",
    "check_plan",
    "complete_grids",
    "draw_grids",
    "explain_notes",
    "explain_violations",
    "repair_grids",
    "score_plan",
]
