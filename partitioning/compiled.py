"""The compiler as a decorator that keeps the types of what it compiles."""

from collections.abc import Callable
from typing import Any, TypeVar, cast

from numba import njit

Function = TypeVar("Function", bound=Callable[..., Any])


def compiled(
    *, cache: bool = False, inline: bool = False, allocates: bool = True
) -> Callable[[Function], Function]:
    """Compile with numba: division by zero as in numpy; cache keeps the machine code beside the module.

    Only functions that Python calls are cached: what they call is compiled into them, and after a change there the
    cached code is an old one until the caching module changes too. inline copies the function into its callers, which
    pays for small ones with many arrays. allocates=False, for functions that make no array: references to arrays are
    then not counted, which takes longer than the moves themselves.
    """
    options: dict[str, Any] = {
        "cache": cache,
        "error_model": "numpy",
        "inline": "always" if inline else "never",
        "_nrt": allocates,
    }
    return cast(Callable[[Function], Function], njit(**options))
