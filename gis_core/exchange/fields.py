"""Which column of a source means what: guessed by common Chinese and English names, or told by option."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from gis_core.exchange.faults import Fault
from gis_core.exchange.options import BARRIER_ROLES, Role

SHAPEFILE_NAME_LENGTH = 10
_SHORTEST_CUT_NAME = 8

_COMMUNITY_CODES = (
    "community_id",
    "community_code",
    "社区代码",
    "社区编码",
    "社区编号",
    "community",
    "comm_id",
    "所属社区",
    "社区",
    "社区名称",
)
_IDS = ("source_id", "osm_id", "id", "gid", "uid", "uuid", "fid", "objectid", "编码", "编号")
_NAMES = ("name", "名称", "nom", "title")

BUILDING_FIELDS: dict[str, tuple[str, ...]] = {
    "source_id": (
        "source_id",
        "building_id",
        "buildingid",
        "bldg_id",
        "楼栋编码",
        "楼栋编号",
        "建筑编码",
        "建筑编号",
        *_IDS[1:],
        "楼栋号",
        "楼栋",
        "楼号",
        "code",
    ),
    "households": (
        "households",
        "household",
        "总户数",
        "户数",
        "住户数",
        "居民户数",
        "household_count",
        "num_households",
        "n_households",
        "hh",
        "hh_count",
        "dwellings",
        "dwelling_units",
        "n_dwellings",
        "nb_logts",
        "housing_units",
        "flats",
        "units",
        "n_units",
    ),
    "households_kind": ("households_kind", "hh_kind", "户数来源"),
    "persons": (
        "persons",
        "总人口",
        "常住人口",
        "人口",
        "人口数",
        "居住人口",
        "population",
        "pop",
        "people",
        "residents",
        "inhabitants",
        "n_persons",
        "tot_pop",
    ),
    "persons_kind": ("persons_kind", "pop_kind", "人口来源"),
    "floors": (
        "floors",
        "层数",
        "楼层数",
        "楼层",
        "总层数",
        "地上层数",
        "levels",
        "building:levels",
        "storeys",
        "stories",
        "n_floors",
        "num_floors",
        "floor_count",
        "bldg_floors",
        "building_floors",
        "nb_etages",
        "max_floor",
        "hdb_max_floor",
        "floor",
    ),
    "height_m": (
        "height_m",
        "height",
        "高度",
        "楼高",
        "建筑高度",
        "building_height",
        "bldg_height",
        "hauteur",
    ),
    "use": (
        "use",
        "use_kind",
        "building_use",
        "用途",
        "建筑用途",
        "房屋用途",
        "usage",
        "usage1",
        "function",
        "building",
        "类型",
        "type",
    ),
    "name": ("name", "楼名", "楼栋名称", "建筑名称", "名称", "building_name", "nom", "title"),
    "address": ("address", "地址", "详细地址", "门牌号", "门牌", "addr_full", "addr", "addr_street"),
    "estate": ("estate", "小区名称", "小区", "小区名", "estate_name", "compound", "residence"),
    "community": _COMMUNITY_CODES,
}
_BARRIER_FIELDS: dict[str, tuple[str, ...]] = {
    "source_id": _IDS,
    "kind": (),
    "class_": (
        "class",
        "highway",
        "railway",
        "waterway",
        "barrier",
        "kind_detail",
        "fclass",
        "road_class",
        "道路等级",
        "等级",
        "kind",
        "nature",
        "类型",
        "type",
        "natural",
    ),
    "name": (*_NAMES, "道路名称", "路名"),
    "bridge": ("bridge", "is_bridge", "桥", "桥梁"),
    "tunnel": ("tunnel", "is_tunnel", "隧道"),
}
_COMMUNITY_FIELDS: dict[str, tuple[str, ...]] = {
    "code": (
        "community_id",
        "community_code",
        "社区代码",
        "社区编码",
        "社区编号",
        "code",
        "代码",
        "id",
        "insee_com",
        "社区名称",
        "社区",
        "name",
    ),
    "name": ("community_name", "社区名称", "社区", *_NAMES, "subzone", "pln_area_n"),
}
FIELD_NAMES: dict[Role, dict[str, tuple[str, ...]]] = {
    "buildings": BUILDING_FIELDS,
    "communities": _COMMUNITY_FIELDS,
    "boundary": _COMMUNITY_FIELDS,
    "estates": {
        "source_id": ("estate_id", "小区编码", "小区编号", *_IDS),
        "name": ("estate", "estate_name", "小区名称", "小区", *_NAMES),
        "community": _COMMUNITY_CODES,
    },
    "organisations": {
        "source_id": _IDS,
        "name": ("organisation", "单位名称", "单位", *_NAMES),
        "kind": ("kind", "类别", "单位类型", "类型", "type"),
        "community": _COMMUNITY_CODES,
    },
    **dict.fromkeys(BARRIER_ROLES, _BARRIER_FIELDS),
}


@dataclass(frozen=True, slots=True)
class FieldChoice:
    """Where a canonical column comes from; `column` is None where the source has none.

    `told` says that an option named it; `passed_over` are the columns that could have been meant as well.
    """

    target: str
    column: str | None
    told: bool = False
    passed_over: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FieldMapping:
    """How the columns of one layer are understood: shown before anything is done with it."""

    role: Role
    layer: str
    choices: tuple[FieldChoice, ...]

    def column(self, target: str) -> str | None:
        """The source's column of a canonical one."""
        return next((choice.column for choice in self.choices if choice.target == target), None)

    def rows(self) -> list[tuple[str, str, str]]:
        """Canonical column, source column, columns passed over: for a table, unmapped targets left out."""
        return [
            (choice.target, choice.column, ", ".join(choice.passed_over))
            for choice in self.choices
            if choice.column is not None
        ]


def map_fields(
    role: Role, layer: str, columns: Sequence[str], told: Mapping[str, str]
) -> tuple[FieldMapping, list[Fault]]:
    """The mapping of a layer's columns; `told` (canonical to source column) goes before any guess.

    A column serves one target only, the first in the order of the tables above, apart from communities, whose name
    may serve as their code too.
    """
    faults = _told_faults(role, layer, columns, told)
    taken = {column for target, column in told.items() if target in FIELD_NAMES[role]}
    whole = {_plain(name) for names in FIELD_NAMES[role].values() for name in names}
    shared = role in ("communities", "boundary")
    choices = []
    for target, names in FIELD_NAMES[role].items():
        if target in told:
            choices.append(FieldChoice(target, told[target] if told[target] in columns else None, told=True))
            continue
        found = [column for column in _candidates(columns, names, whole) if shared or column not in taken]
        taken.update(found[:1])
        choices.append(FieldChoice(target, found[0] if found else None, passed_over=tuple(found[1:])))
    return FieldMapping(role, layer, tuple(choices)), faults


def _told_faults(role: Role, layer: str, columns: Sequence[str], told: Mapping[str, str]) -> list[Fault]:
    limit = ", ".join(columns) or "-"
    return [
        Fault(
            "field_unknown", layer=layer, value=column, limit=limit, details={"option": f"{target}={column}"}
        )
        for target, column in told.items()
        if target in FIELD_NAMES[role] and column not in columns
    ]


def _candidates(columns: Sequence[str], names: Sequence[str], whole: set[str]) -> list[str]:
    """Columns that bear one of the names, best first; names cut to a Shapefile's ten characters count last.

    `whole` are the names that some column may bear uncut: `households` is not a cut `households_kind`.
    """
    plain = {column: _plain(column) for column in columns}
    wanted = [_plain(name) for name in names]
    exact = [column for name in wanted for column in columns if plain[column] == name]
    cut = [
        column
        for name in wanted
        for column in columns
        if len(column) == SHAPEFILE_NAME_LENGTH
        and len(plain[column]) >= _SHORTEST_CUT_NAME
        and plain[column] not in whole
        and name.startswith(plain[column])
    ]
    return list(dict.fromkeys(exact + cut))


def _plain(name: str) -> str:
    """A name without case, blanks and separators."""
    return "".join(letter for letter in name.casefold() if letter not in " _-.　")
