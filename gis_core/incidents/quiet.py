"""Hours of the night in which nobody's telephone is to ring without need. Pure."""

from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

CHANNELS = ("email", "sms")
"""Ways of sending that wait for the morning."""


@dataclass(frozen=True)
class QuietHours:
    """From `begin` to `end` of the wall clock in `zone`; over midnight where begin is the later; none where equal."""

    begin: time = time(21)
    end: time = time(8)
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("Asia/Shanghai"))

    def hold(self, at: datetime) -> bool:
        """Whether the instant (aware) lies in them; the end does not."""
        clock = at.astimezone(self.zone).time()
        if self.begin <= self.end:
            return self.begin <= clock < self.end
        return clock >= self.begin or clock < self.end

    def after(self, at: datetime) -> datetime:
        """The instant itself outside of them, else when they end."""
        if not self.hold(at):
            return at
        local = at.astimezone(self.zone)
        days = timedelta(days=1 if local.time() >= self.end else 0)
        return datetime.combine(local.date() + days, self.end, self.zone).astimezone(at.tzinfo)
