"""What many times come to."""

import math
import statistics


def summary(seconds: list[float]) -> list[float]:
    """[median, 95th percentile (milliseconds), how many]."""
    ordered = sorted(seconds)
    p95 = ordered[min(len(ordered) - 1, math.ceil(0.95 * len(ordered)) - 1)]
    return [1000 * statistics.median(ordered), 1000 * p95, len(ordered)]
