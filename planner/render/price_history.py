"""`planner prices history` for people: what each way to buy a model cost, one period a line."""

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence

from planner.core.prices_answer import HistoryAnswer, PriceStep
from planner.render.columns import NOTHING, Column, grouped
from planner.render.listing import page
from planner.render.money import currency, money
from planner.render.safe import plain
from planner.render.terminal import Screen
from planner.render.words import count

_NARROW = 60
_MAIN = ("input", "cached_input", "output")


def history_text(
    answer: HistoryAnswer, screen: Screen, today: dt.date, *, every_row: bool = False
) -> str:
    """The whole text; the main charges of the default tier alone, unless `every_row`."""
    steps = [s for s in answer.history if every_row or _is_main(s)]
    hidden = len(answer.history) - len(steps)
    lines = [
        (way, start, end or "", amounts, _where(regions, every_row))
        for way, own in _periods(steps).items()
        for (start, end, regions), amounts in sorted(own.items(), key=_when)
    ]
    columns: list[Column] = [("From", [start for _, start, *_ in lines], True)]
    if any(end for _, _, end, *_ in lines):
        columns.append(("To", [end for _, _, end, *_ in lines], True))
    for head, charge in zip(("in", "cached", "out"), _MAIN, strict=True):
        if screen.width >= _NARROW or head != "cached":
            columns.append((head, [told.get(charge, NOTHING) for *_, told, _ in lines], True))
    if screen.width >= _NARROW:
        columns.append(("Regions", [where for *_, where in lines], False))
    others = [s for s in steps if s.charge not in _MAIN]
    body = grouped(columns, [way for way, *_ in lines], screen) if lines else []
    body += [plain(line) for line in map(_line, others)]
    headings = [_headline(answer, today), *(f"{note}." for note in answer.notes)]
    tail = [f"{hidden:,} more of other charges, tiers and lengths: --all."] if hidden else []
    sources = sorted({s.source for s in answer.history})
    tail.append(f"Rests on {'; '.join(sources)}." if sources else "")
    return page(screen, headings, body, [line for line in tail if line], whole=every_row)


def _when(period: tuple[tuple[str, str | None, tuple[str, ...]], object]) -> tuple[object, ...]:
    (start, _, regions), _ = period
    return start.removeprefix("seen "), regions


def _is_main(step: PriceStep) -> bool:
    plainest = step.tier == "default" and not step.context_over_tokens and not step.fine_tuned
    return plainest and step.charge in _MAIN


def _headline(answer: HistoryAnswer, today: dt.date) -> str:
    open_ = sum(s.effective_to is None or s.effective_to > today for s in answer.history)
    return (
        f"{answer.model}: {count(len(answer.history), 'price')} known, {open_:,} of them in force "
        f"on {today}; {currency()} per million tokens."
    )


def _periods(
    steps: Sequence[PriceStep],
) -> dict[str, dict[tuple[str, str | None, tuple[str, ...]], dict[str, str]]]:
    found: dict[str, dict[tuple[str, str | None, tuple[str, ...]], dict[str, str]]]
    found = defaultdict(lambda: defaultdict(dict))
    sellers = {step.provider for step in steps}
    for step in steps:
        if step.charge not in _MAIN:
            continue
        parts = [step.provider] if len(sellers) > 1 else []
        parts += [step.deployment_type or "", step.version or ""]
        parts += [step.tier] if step.tier != "default" else []
        parts += ["fine-tuned"] if step.fine_tuned else []
        parts += [f"over {step.context_over_tokens:,}"] if step.context_over_tokens else []
        way = plain(" ".join(filter(None, parts)))
        start = str(step.effective_from or f"seen {step.first_seen_on}")
        end = str(step.effective_to) if step.effective_to else None
        found[way][start, end, step.regions][step.charge] = money(step.usd)
    return found


def _where(regions: tuple[str, ...], every_row: bool) -> str:
    if not regions:
        return "any"
    if every_row or len(regions) == 1:
        return plain(" ".join(regions))
    return f"{plain(regions[0])} +{len(regions) - 1}"


def _line(step: PriceStep) -> str:
    end = f" to {step.effective_to}" if step.effective_to else ""
    start = step.effective_from or f"seen {step.first_seen_on}"
    what = " ".join(
        filter(None, (step.provider, step.deployment_type, step.version, step.charge, step.term))
    )
    return f"{what} {money(step.usd)} per {step.per} from {start}{end}"
