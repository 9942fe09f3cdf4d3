"""What can change in the stand-in feeds between two requests."""

from decimal import Decimal

CHANGES = {"price", "jump", "zero", "words", "gone"}
_FACTORS = {"price": Decimal("1.1"), "jump": Decimal(5), "zero": Decimal(0)}


class Changes:
    """What has happened to the one meter of each cloud that changes."""

    def __init__(self) -> None:
        self._kinds: list[str] = []

    def add(self, kind: str) -> None:
        """Let one more change happen; raises ValueError for an unknown one."""
        if kind not in CHANGES:
            raise ValueError(f"{kind!r} is no change; known are {sorted(CHANGES)}")
        self._kinds.append(kind)

    def amount(self, usd: str) -> str:
        """The amount as of now."""
        amount = Decimal(usd)
        for kind in self._kinds:
            amount *= _FACTORS.get(kind, 1)
        return f"{amount.normalize():f}"

    def words(self, words: str, other: str) -> str:
        """The meter's words as of now."""
        return other if "words" in self._kinds else words

    @property
    def gone(self) -> bool:
        """Whether the meter is there no more."""
        return "gone" in self._kinds
