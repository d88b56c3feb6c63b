"""Who acts. There are no accounts yet: whoever sits at this machine is the planner, and nobody else writes."""

from ipaddress import ip_address
from typing import Annotated

from fastapi import Depends, Request

from gis_core.errors import ForbiddenError


def acting_name(request: Request) -> str:
    """Name of whoever sends a request that writes.

    Raises:
        ForbiddenError: the request comes from another machine.
    """
    host = "" if request.client is None else request.client.host
    if _is_elsewhere(host):
        raise ForbiddenError(
            f"Without accounts, plans are changed from this machine only; the request comes from {host}. "
            "Open the page on the machine that serves it.",
            f"在启用账号之前，只能在本机修改方案；该请求来自 {host}。请在运行服务的电脑上打开页面。",
        )
    return "planner"


def _is_elsewhere(host: str) -> bool:
    """Whether it is the address of another machine; a name is one of a test or of a local socket."""
    try:
        return not ip_address(host).is_loopback
    except ValueError:
        return False


By = Annotated[str, Depends(acting_name)]
