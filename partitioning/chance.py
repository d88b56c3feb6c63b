"""Random numbers inside compiled code, from a state that the caller seeds and keeps: splitmix64."""

import numpy as np
from numpy.typing import NDArray

from partitioning.compiled import compiled

_GAMMA = np.uint64(0x9E3779B97F4A7C15)
_MIX_1 = np.uint64(0xBF58476D1CE4E5B9)
_MIX_2 = np.uint64(0x94D049BB133111EB)
_S30, _S27, _S31, _S11, _S32, _S54 = (np.uint64(bits) for bits in (30, 27, 31, 11, 32, 54))


@compiled()
def mix(z: np.uint64) -> np.uint64:
    """Scramble the bits of a number, so that neighbouring numbers start streams that have nothing in common."""
    z = (z ^ (z >> _S30)) * _MIX_1
    z = (z ^ (z >> _S27)) * _MIX_2
    return z ^ (z >> _S31)


@compiled()
def uniform(state: NDArray[np.uint64]) -> float:
    """Next number in [0, 1)."""
    state[0] += _GAMMA
    return np.float64(mix(state[0]) >> _S11) * 1.1102230246251565e-16


_TOSSES = 1024
_TOSS = -np.log1p(-(np.arange(_TOSSES) + 0.5) / _TOSSES)

MOST_TOSSED = float(_TOSS[-1])
"""No toss is above it."""


@compiled()
def toss(state: NDArray[np.uint64]) -> float:
    """Next number of the exponential distribution with mean 1, by the middles of a thousand equally likely ranges: the
    logarithm itself takes a tenth of the search's time.
    """
    state[0] += _GAMMA
    return float(_TOSS[mix(state[0]) >> _S54])


@compiled()
def below(state: NDArray[np.uint64], n: int) -> int:
    """Next whole number in 0..n-1; n is far below 2^32."""
    state[0] += _GAMMA
    return int(((mix(state[0]) >> _S32) * np.uint64(n)) >> _S32)
