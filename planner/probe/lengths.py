"""How long prompts and answers are: a number of tokens, or a distribution of them."""

import random
import re
from typing import Literal

import msgspec

from planner.errors import UsageError

LONGEST = 10_000_000
"""No prompt or answer has more tokens than this."""

_FORM = re.compile(r"(\d+)(?:([-~])(\d+))?", re.ASCII)


class Lengths(msgspec.Struct, frozen=True):
    """Tokens of a request: `first` alone; evenly from `first` to `second`; or normal around them.

    For "normal" `first` is the mean and `second` the standard deviation, cut off below 1.
    """

    kind: Literal["fixed", "uniform", "normal"]
    first: int
    second: int = 0

    def __post_init__(self) -> None:
        """Hold lengths to 1 token up to LONGEST, and a range to its order."""
        if not 1 <= self.first <= LONGEST or self.second > LONGEST:
            raise UsageError(f"a length of {self} is out of range; give 1 to {LONGEST:,} tokens")
        if self.kind == "uniform" and self.second < self.first:
            raise UsageError(f"a length of {self} runs backwards; give the smaller number first")

    @classmethod
    def parse(cls, text: str) -> "Lengths":
        """Read "512", "256-1024" (uniform) or "512~128" (normal); raises UsageError."""
        found = _FORM.fullmatch(text.strip())
        if found is None or len(text) > 2 * len(str(LONGEST)) + 1:
            raise UsageError(
                f"{text[:40]!r} is no length in tokens; give 512, 256-1024 (uniform) or "
                "512~128 (mean~standard deviation)"
            )
        first, sign, second = found.groups()
        if sign is None:
            return cls("fixed", int(first))
        return cls("uniform" if sign == "-" else "normal", int(first), int(second))

    @property
    def mean(self) -> float:
        """The mean in tokens, of a normal one before it is cut."""
        return (self.first + self.second) / 2 if self.kind == "uniform" else float(self.first)

    def draw(self, chance: random.Random) -> int:
        """The tokens of one request; the same generator gives the same lengths."""
        if self.kind == "uniform":
            return chance.randint(self.first, self.second)
        if self.kind == "normal":
            return min(LONGEST, max(1, round(chance.gauss(self.first, self.second))))
        return self.first

    def __str__(self) -> str:
        sign = {"fixed": "", "uniform": "-", "normal": "~"}[self.kind]
        return f"{self.first}{sign}{self.second}" if sign else str(self.first)
