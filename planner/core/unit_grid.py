"""The counts in which units can be bought: from a minimum on, in steps."""

from fractions import Fraction
from math import ceil, floor

import msgspec

_LARGEST = 1_000_000


class Grid(msgspec.Struct, frozen=True, kw_only=True):
    """0, `minimum`, `minimum` + `step`, ... up to `maximum` (None: no known end)."""

    minimum: int = 1
    step: int = 1
    maximum: int | None = None

    def __post_init__(self) -> None:
        for name in ("minimum", "step"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} is {getattr(self, name)}; give 1 or more")
        if self.maximum is not None and self.maximum < self.minimum:
            raise ValueError(f"maximum {self.maximum} is below the minimum {self.minimum}")

    @property
    def largest(self) -> int:
        """The largest count."""
        return self.at_most(Fraction(self.maximum or _LARGEST))

    def count(self, steps: int) -> int:
        """The count so many steps above the minimum."""
        return self.minimum + steps * self.step

    def steps_to(self, count: int) -> int:
        """How many steps above the minimum a count is; 0 for what is below it."""
        return max(0, count - self.minimum) // self.step

    def at_least(self, need: Fraction) -> int | None:
        """The smallest count that meets a need; None where no allowed one does."""
        if need <= 0:
            return 0
        found = self.count(max(0, ceil((need - self.minimum) / self.step)))
        return found if found <= (self.maximum or found) else None

    def at_most(self, need: Fraction) -> int:
        """The largest count that a need fills; 0 below the minimum."""
        if need < self.minimum:
            return 0
        found = self.count(floor((need - self.minimum) / self.step))
        most = self.maximum
        return found if most is None or found <= most else self.count(self.steps_to(most))
