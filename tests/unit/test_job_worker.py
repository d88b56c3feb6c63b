"""A worker that is told to end between taking a job and working on it knows what to give back."""

import signal

import pytest

from gis_core.jobs.work import _signals_held_back


def test_a_signal_takes_effect_after_the_block() -> None:
    taken = []

    def take() -> None:
        with _signals_held_back():
            signal.raise_signal(signal.SIGINT)
            taken.append("job")

    with pytest.raises(KeyboardInterrupt):
        take()
    assert taken == ["job"]
    with pytest.raises(KeyboardInterrupt):
        signal.raise_signal(signal.SIGINT)


def test_without_a_signal_nothing_happens() -> None:
    before = signal.getsignal(signal.SIGTERM)
    with _signals_held_back():
        assert signal.getsignal(signal.SIGTERM) is not before
    assert signal.getsignal(signal.SIGTERM) is before
