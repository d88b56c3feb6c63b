"""What is said of a stored plan: the engine's own answer, or, once it was edited, how it stands now."""

from collections.abc import Mapping
from typing import Any

from psycopg import Connection

from gis_core.editing.ground import Places
from gis_core.editing.standing import broken_rules, let_pass, stand
from gis_core.editing.store import read_labels
from partitioning import Rules


def record_now(
    connection: Connection, plan: int, community: str, rules: Mapping[str, Any], places: Places
) -> dict[str, Any]:
    """The engine's record of an edited plan, its figures, reasons and notes being of now, and "unassigned", how many
    buildings have no grid; where none has one, "scores" is None.
    """
    place = places.get(connection, community)
    labels = read_labels(connection, plan, place.stored.community_id)
    standing = stand(place, labels, Rules.from_dict(rules))
    return standing.record() | {
        "reasons": broken_rules(standing),
        "notes": let_pass(standing),
        "unassigned": standing.loose["buildings"],
    }
