"""Which layer of a file plays which role: guessed by name and geometry, or told by option."""

from collections.abc import Mapping, Sequence
from typing import cast

from gis_core.exchange.containers import RawLayer
from gis_core.exchange.faults import Fault
from gis_core.exchange.options import BARRIER_ROLES, ROLES, Role

_LAYER_NAMES: dict[Role, tuple[str, ...]] = {
    "buildings": (
        "buildings",
        "building",
        "楼栋",
        "建筑",
        "建筑物",
        "房屋",
        "houses",
        "batiment",
        "bldg",
        "footprints",
    ),
    "communities": ("communities", "community", "社区", "社区界", "社区边界"),
    "boundary": ("boundary", "border", "边界", "界线", "范围", "extent"),
    "estates": ("estates", "estate", "小区", "compounds"),
    "streets": ("streets", "street", "roads", "road", "道路", "街道", "路网", "highways"),
    "walls": ("walls", "wall", "围墙", "fences"),
    "water": ("water", "水系", "水体", "河流", "rivers", "lakes"),
    "waterways": ("waterways", "waterway", "河道"),
    "rail": ("rail", "rails", "railway", "railways", "铁路"),
    "organisations": ("organisations", "organizations", "单位", "驻社区单位"),
}
_SHORTEST_PART = 2


def map_layers(
    layers: Sequence[RawLayer], told: Mapping[str, str], *, completes: bool = False
) -> tuple[dict[Role, RawLayer], list[Fault]]:
    """The layer of each role, and what is wrong with the choice.

    Told roles come first. Then exact names, in the order of the table; then the only layer that contains one of a
    role's names, where several are a fault. A file of one layer whose name says nothing is taken by its geometry.
    `completes`: the file completes another one, so that it needs no buildings.
    """
    chosen, faults = _told(layers, told)
    free = [layer for layer in layers if layer not in chosen.values()]
    for exact in (True, False):
        for role in ROLES:
            if role in chosen or role in told:
                continue
            matches = _matches(free, role, exact=exact)
            if not exact and len(matches) > 1:
                names = ", ".join(layer.name for layer in matches)
                faults.append(Fault("layer_ambiguous", value=names, details={"role": role}))
            elif matches:
                chosen[role] = matches[0]
                free.remove(matches[0])
    if not chosen and not faults and len(layers) == 1:
        chosen[_role_by_content(layers[0])] = layers[0]
    ambiguous = any(fault.code == "layer_ambiguous" for fault in faults)
    if (
        not told
        and not ambiguous
        and not completes
        and "buildings" not in chosen
        and not _stands_alone(chosen, layers)
    ):
        names = ", ".join(layer.name for layer in layers) or "-"
        faults.append(Fault("buildings_missing", value=names))
    return chosen, faults


def _told(layers: Sequence[RawLayer], told: Mapping[str, str]) -> tuple[dict[Role, RawLayer], list[Fault]]:
    chosen: dict[Role, RawLayer] = {}
    faults = []
    for role, name in told.items():
        found = next((layer for layer in layers if layer.name == name), None)
        if role not in ROLES:
            faults.append(Fault("role_unknown", value=role, limit=", ".join(ROLES)))
        elif found is None:
            names = ", ".join(layer.name for layer in layers)
            faults.append(Fault("layer_unknown", value=name, limit=names, details={"role": role}))
        else:
            chosen[cast(Role, role)] = found
    return chosen, faults


def _matches(layers: Sequence[RawLayer], role: Role, *, exact: bool) -> list[RawLayer]:
    names = _LAYER_NAMES[role]
    if exact:
        return [layer for name in names for layer in layers if layer.name.strip().casefold() == name]
    contained = [name for name in names if len(name) >= _SHORTEST_PART]
    return [layer for layer in layers if any(name in layer.name.casefold() for name in contained)]


def _role_by_content(layer: RawLayer) -> Role:
    """The role of a file's only layer whose name says nothing: lines are barriers, anything else buildings."""
    if "line" not in layer.geometry_type.lower():
        return "buildings"
    fields = {field.casefold() for field in layer.fields()}
    return "rail" if "railway" in fields else "waterways" if "waterway" in fields else "streets"


def _stands_alone(chosen: Mapping[Role, RawLayer], layers: Sequence[RawLayer]) -> bool:
    """Whether the file is plainly meant without buildings: of communities, or one layer of barriers."""
    return "communities" in chosen or (
        len(layers) == 1 and any(role in chosen for role in (*BARRIER_ROLES, "boundary"))
    )
