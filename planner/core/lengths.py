"""How long the prompts or the answers of a workload are."""

from collections.abc import Iterator
from fractions import Fraction
from functools import cached_property
from itertools import pairwise

import msgspec

MOST_TOKENS = 10_000_000


class Portion(msgspec.Struct, frozen=True):
    """A share of the requests, and their length in tokens."""

    share: Fraction
    tokens: Fraction


class Lengths(msgspec.Struct, frozen=True, dict=True):
    """How long prompts or answers are: portions of the requests, by length.

    `maximum` is the longest of them where it is known to be longer than the portions.
    """

    portions: tuple[Portion, ...]
    maximum: int | None = None

    @classmethod
    def of(cls, tokens: Fraction | int, maximum: int | None = None) -> "Lengths":
        """All of one length, or of a mean length."""
        return cls((Portion(Fraction(1), Fraction(tokens)),), maximum)

    def __post_init__(self) -> None:
        total = sum((p.share for p in self.portions), Fraction())
        if total != 1:
            raise ValueError(f"the shares of the lengths sum to {float(total):g}; make it 1")
        if any(p.share < 0 for p in self.portions):
            raise ValueError("a share of the lengths is negative; give 0 or more")
        if not all(0 <= p.tokens <= MOST_TOKENS for p in self.portions):
            raise ValueError(f"a length is not within 0 and {MOST_TOKENS:,} tokens")
        longest = max(p.tokens for p in self.portions)
        if self.maximum is not None and self.maximum < longest:
            raise ValueError(
                f"maximum is {self.maximum:,}, less than a length of {float(longest):,g}; raise it"
            )

    @cached_property
    def mean(self) -> Fraction:
        """The mean length in tokens."""
        return sum((p.share * p.tokens for p in self.portions), Fraction())

    @cached_property
    def longest(self) -> Fraction:
        """The longest that is known of."""
        return Fraction(self.maximum or max(p.tokens for p in self.portions))

    @cached_property
    def longest_billed(self) -> Fraction:
        """The longest that is told with its share, so that it is in the bill."""
        return max(p.tokens for p in self.portions if p.share)

    @cached_property
    def _cuts(self) -> dict[tuple[int, ...], tuple[Portion, ...]]:
        return {}

    def cut(self, bounds: tuple[int, ...]) -> tuple[Portion, ...]:
        """One portion up to the first bound and one above each: share and mean length."""
        if bounds not in self._cuts:
            # A log may have hundreds of portions, and their prices are asked for again and again.
            self._cuts[bounds] = tuple(_cut(self.portions, bounds))
        return self._cuts[bounds]


def _cut(portions: tuple[Portion, ...], bounds: tuple[int, ...]) -> Iterator[Portion]:
    for low, high in pairwise((-1, *bounds, MOST_TOKENS)):
        inside = [p for p in portions if low < p.tokens <= high]
        share = sum((p.share for p in inside), Fraction())
        tokens = sum((p.share * p.tokens for p in inside), Fraction())
        yield Portion(share, tokens / share if share else Fraction())
