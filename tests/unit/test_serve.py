"""How `wangge serve` listens."""

import socket

from api.commands.serve import _bound


def test_answers_are_not_held_up_by_nagles_algorithm() -> None:
    """Asyncio switches it off for connections whose listener names TCP, and for no others."""
    with _bound("127.0.0.1", 0) as listener:
        assert listener.proto == socket.IPPROTO_TCP
