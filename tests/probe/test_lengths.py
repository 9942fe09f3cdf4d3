"""Claims about lengths: what people write, and what is drawn from it."""

import random

import pytest

from planner.errors import UsageError
from planner.probe.lengths import Lengths


@pytest.mark.parametrize(
    ("text", "lengths", "mean"),
    [
        ("512", Lengths("fixed", 512), 512),
        ("256-1024", Lengths("uniform", 256, 1024), 640),
        (" 512~128 ", Lengths("normal", 512, 128), 512),
        ("7-7", Lengths("uniform", 7, 7), 7),
    ],
)
def test_three_forms_are_read(text: str, lengths: Lengths, mean: float) -> None:
    """A number, a range, a mean with its standard deviation; printed as it was written."""
    assert Lengths.parse(text) == lengths
    assert str(lengths) == text.strip()
    assert lengths.mean == mean


@pytest.mark.parametrize(
    "text",
    ["", "0", "-5", "1.5", "512-", "~3", "10-5", "1-2-3", "5e2", "９", "99999999999", "9" * 5000,
     "1~10000001", "512 128"],
)  # fmt: skip
def test_anything_else_is_refused(text: str) -> None:
    """One line that says what to give instead."""
    with pytest.raises(UsageError, match="give ") as refused:
        Lengths.parse(text)
    assert len(str(refused.value)) < 150


def test_draws_are_seeded_and_in_range() -> None:
    """The same seed draws the same lengths; a range is kept, a normal one never below 1."""
    uniform, normal = Lengths.parse("3-5"), Lengths.parse("2~50")
    draws = [uniform.draw(seeded(seed)) for seed in range(100)]
    assert draws == [uniform.draw(seeded(seed)) for seed in range(100)]
    assert set(draws) == {3, 4, 5}
    assert min(normal.draw(seeded(seed)) for seed in range(100)) == 1
    assert Lengths.parse("9").draw(seeded(0)) == 9


def seeded(seed: int) -> random.Random:
    """A generator of its own."""
    return random.Random(seed)  # noqa: S311 - a sample, no secret
