"""Seeds of tests that are the same on many made-up towns: some for every run, more of them for a long one."""

import pytest


def seeds(few: int, many: int) -> list[object]:
    """0 to few - 1, and further ones up to many - 1 that are slow tests."""
    return [*range(few), *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(few, many))]
