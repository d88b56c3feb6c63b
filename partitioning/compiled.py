"""The compiler as a decorator that keeps the types of what it compiles."""

from collections.abc import Callable
from typing import Any, TypeVar, cast

from numba import njit
from numba.core.caching import FunctionCache
from numba.core.runtime.nrt import rtsys

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
        "error_model": "numpy",
        "inline": "always" if inline else "never",
        "_nrt": allocates,
    }

    def wrapped(function: Function) -> Function:
        dispatcher = njit(**options)(function)
        if cache:
            dispatcher._cache = _KeptCode(function)  # type: ignore[no-untyped-call]
        return cast(Function, dispatcher)

    return wrapped


class _KeptCode(FunctionCache):
    """Reads kept code without what only compiling needs: numba loads that first, which takes longer than the reading.
    Where nothing is kept, its compiler loads it. For code on arrays and numbers: that of texts, sets and dictionaries
    leans on what is then not loaded.
    """

    def load_overload(self, sig: Any, target_context: Any) -> Any:
        return super().load_overload(sig, _Reading(target_context))  # type: ignore[no-untyped-call]


class _Reading:
    """A target whose refreshing makes ready to run, and no more."""

    def __init__(self, target_context: Any) -> None:
        self._target_context = target_context

    def refresh(self) -> None:
        rtsys.initialize(self._target_context)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._target_context, name)
