"""Cost curves in a terminal: a column for each volume, a letter for each way."""

from decimal import Decimal

from planner.core.breakeven_answer import BreakevenAnswer, CostCurve
from planner.core.offers import Billing
from planner.render.money import converted, currency
from planner.render.safe import plain

_HEIGHT = 10
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_MOST_WAYS = 5
_LABEL = 9


def plot_lines(answer: BreakevenAnswer, width: int) -> list[str]:
    """USD per hour over tokens per hour; where ways meet the first letter is shown."""
    curves = chosen(answer)
    if not curves:
        return []
    volumes = curves[0].tokens_per_hour
    columns = min(len(volumes), max(width - _LABEL - 2, 10))
    picks = [round(i * (len(volumes) - 1) / (columns - 1)) for i in range(columns)]
    # A way far above the others would flatten them; the frame follows the cheapest at each end.
    top = 2 * max(min(c.usd_per_hour[0] for c in curves), min(c.usd_per_hour[-1] for c in curves))
    top = min(top, max(max(c.usd_per_hour) for c in curves)) or Decimal(1)
    rows = [[" "] * columns for _ in range(_HEIGHT)]
    for letter, curve in reversed(list(zip(_LETTERS, curves, strict=False))):
        for column, pick in enumerate(picks):
            level = curve.usd_per_hour[pick] / top
            if level <= 1:
                rows[min(_HEIGHT - 1, int(level * _HEIGHT))][column] = letter
    lines = [f"{currency()} per hour, by tokens per hour"]
    for number in range(_HEIGHT - 1, -1, -1):
        label = f"{converted(top * (number + 1) / _HEIGHT):,.2f}" if number % 3 == 0 else ""
        lines.append(f"{label:>{_LABEL}} |{''.join(rows[number]).rstrip()}")
    last = f"{volumes[-1]:,}"
    lines.append(f"{'0':>{_LABEL + 2}}{last:>{max(columns - 1, len(last))}}")
    named = zip(_LETTERS, curves, strict=False)
    lines += [plain(f"{letter} {curve.option}") for letter, curve in named]
    return lines


def chosen(answer: BreakevenAnswer) -> list[CostCurve]:
    """The curves worth drawing: the ways that are the cheapest in the frame, then others."""
    by_option = {c.option: c for c in answer.curves}
    end = max((c.tokens_per_hour[-1] for c in answer.curves), default=0)
    first = [row.option for row in answer.cheapest if row.from_tokens_per_hour <= end]
    managed = [o.id for o in answer.options if o.kind is not Billing.SELF_HOSTED]
    order = dict.fromkeys([*first[:_MOST_WAYS], *managed, *by_option])
    return [by_option[option] for option in order][:_MOST_WAYS]
