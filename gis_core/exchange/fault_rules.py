"""The rules that an import checks, by code: each with its severity, its words and the way out, zh and en."""

from gis_core.exchange.fault_rule import Rule
from gis_core.exchange.fault_rules_files import FILE_RULES
from gis_core.exchange.fault_rules_rows import ROW_RULES

RULES: dict[str, Rule] = FILE_RULES | ROW_RULES
