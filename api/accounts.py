"""Who acts."""

from typing import Annotated

from fastapi import Depends


def acting_name() -> str:
    """Name of the account that sends the request."""
    return "planner"


By = Annotated[str, Depends(acting_name)]
