"""The compiler as a decorator that keeps the types of what it compiles."""

from collections.abc import Callable
from typing import Any, TypeVar, cast

from numba import njit

Function = TypeVar("Function", bound=Callable[..., Any])


def compiled(*, cache: bool = False) -> Callable[[Function], Function]:
    """Compile with numba: division by zero as in numpy; cache keeps the machine code beside the module.

    Only functions that Python calls are cached: what they call is compiled into them.
    """
    return cast(Callable[[Function], Function], njit(cache=cache, error_model="numpy"))
