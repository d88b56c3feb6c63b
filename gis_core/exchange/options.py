"""What a user can say about a file that is read."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

from pydantic import ValidationError

from gis_core.config import EstimateSettings
from gis_core.exchange.faults import Fault, ImportRejected
from gis_core.fault_texts import words_of

Role = Literal[
    "buildings",
    "communities",
    "boundary",
    "estates",
    "streets",
    "walls",
    "water",
    "waterways",
    "rail",
    "organisations",
]
ROLES: tuple[Role, ...] = get_args(Role)
BARRIER_ROLES: tuple[Role, ...] = ("streets", "walls", "water", "waterways", "rail")


@dataclass(frozen=True)
class ImportOptions:
    """Options of reading and importing; everything has a default.

    `layers`: role to layer name. `fields`: canonical column to the source's column of the buildings layer.
    `crs`: the CRS where the file declares none. `datum`: wgs84, gcj02 or bd09; None says nothing.
    `metric_crs`: the CRS in which communities are measured. `community`: all rows belong to this one. `by`: the
    column that holds the community's code. `dataset`: the name under which rows are matched when imported again.
    `persons_per_household` overrides the one of `estimate`; `estimates=False` leaves missing counts missing.
    """

    layers: Mapping[str, str] = field(default_factory=dict)
    fields: Mapping[str, str] = field(default_factory=dict)
    crs: str | None = None
    datum: str | None = None
    metric_crs: str | None = None
    community: str | None = None
    by: str | None = None
    dataset: str | None = None
    persons_per_household: float | None = None
    estimate: EstimateSettings = field(default_factory=EstimateSettings)
    estimates: bool = True
    encoding: str | None = None


_EXAMPLES = {
    "layer": ("buildings=houses", "buildings=楼栋"),
    "field": ("households=nb_logts", "households=户数"),
}


def assignments(texts: Iterable[str], option: str) -> dict[str, str]:
    """`KEY=VALUE` texts as a mapping; keys without case and outer blanks. Raises ImportRejected naming all others."""
    pairs = {text: text.partition("=") for text in texts}
    example, example_zh = _EXAMPLES[option.removeprefix("--")]
    details = {"option": option, "example": example, "example_zh": example_zh}
    wrong = [
        Fault("option_malformed", value=text, details=details)
        for text, (key, _, value) in pairs.items()
        if not (key.strip() and value)
    ]
    if wrong:
        raise ImportRejected(wrong)
    return {key.strip().casefold(): value for key, _, value in pairs.values()}


def out_of_range(option: str, value: Any, reason: str, reason_zh: str) -> Fault:
    """The fault of an option whose value is not allowed."""
    return Fault(
        "option_out_of_range",
        value=value,
        details={"option": option, "reason": reason, "reason_zh": reason_zh},
    )


def estimate_settings(
    base: EstimateSettings, floors: float | None, persons_per_household: float | None
) -> EstimateSettings:
    """The settings with what a user says about one file. Raises ImportRejected for values out of range."""
    told = {"default_floors": floors, "persons_per_household": persons_per_household}
    options = {"default_floors": "floors"}
    try:
        return EstimateSettings.model_validate(
            base.model_dump() | {key: value for key, value in told.items() if value is not None}
        )
    except ValidationError as error:
        raise ImportRejected(
            [
                out_of_range(
                    str(options.get(fault["loc"][0], fault["loc"][0])),
                    fault["input"],
                    words_of(fault, "en"),
                    words_of(fault, "zh"),
                )
                for fault in error.errors()
            ]
        ) from error
