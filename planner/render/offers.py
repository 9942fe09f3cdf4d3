"""`planner offers` for people: a heading a model, a row a version and deployment type."""

import textwrap
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

import msgspec
from rich.cells import cell_len
from rich.text import Text

from planner.core.answers import OfferEntry, OffersAnswer
from planner.core.listing import has_retired
from planner.render.listing import end, legend, page
from planner.render.safe import plain
from planner.render.terminal import Screen
from planner.render.words import UNKNOWN, count, sources

_HEADS = ("Version", "Deployment type", "Retires")
_INDENT = "  "
_CELL_AT_MOST = 26  # "DataZoneProvisionedManaged"
_REGIONS_AT_LEAST = 14


class _Row(msgspec.Struct, frozen=True):
    """A version under a deployment type with one end, and the regions that have it."""

    cells: tuple[str, str, str]
    regions: tuple[str, ...]


class _Layout(msgspec.Struct, frozen=True):
    """How wide the columns are; `regions` False where all rows are in the same one."""

    widths: tuple[int, ...]
    screen_width: int
    regions: bool
    whole: bool

    def header(self) -> Iterator[Text]:
        """The column heads, as the rows below them are laid out."""
        return (Text(line, style="bold") for line in self._lines(_HEADS, "Regions"))

    def rows(self, row: _Row, before: _Row | None) -> Iterator[Text]:
        """A row: the names of its regions where there is room or all is wanted, else how many.

        The version is left out where the row `before` has it too.
        """
        version, *rest = row.cells
        same = before is not None and before.cells[0] == version
        names = " ".join(row.regions)
        if not self.whole and cell_len(names) > self._room():
            names = count(len(row.regions), "region")
        return map(Text, self._lines(("" if same else version, *rest), names))

    def _room(self) -> int:
        """How wide the regions may be beside the cells; 0 where they stand below them."""
        left = self.screen_width - len(_INDENT) - sum(self.widths) - 2 * len(self.widths)
        return left if left >= _REGIONS_AT_LEAST else 0

    def _lines(self, cells: Sequence[str], regions: str) -> Iterator[str]:
        line = _INDENT + "  ".join(map(_padded, cells, self.widths))
        if not self.regions:
            yield line.rstrip()
        elif cell_len(regions) <= self._room():
            yield f"{line}  {regions}"
        else:
            yield line.rstrip()
            yield from textwrap.wrap(
                regions,
                self.screen_width,
                initial_indent=2 * _INDENT,
                subsequent_indent=2 * _INDENT,
                break_on_hyphens=False,
            )


def offers_text(answer: OffersAnswer, screen: Screen, every_row: bool = False) -> str:
    """The whole text; on a terminal it is cut to the height unless `every_row`."""
    if not answer.offers:
        return page(screen, [f"No offer: {n}." for n in answer.notes], (), (), whole=True)
    groups = _groups(answer)
    rows = [row for own in groups.values() for row in own]
    whole = every_row or screen.height is None
    layout = _Layout(
        widths=tuple(map(_width, zip(_HEADS, *(row.cells for row in rows), strict=True))),
        screen_width=screen.width,
        regions=len({offer.region for offer in answer.offers}) > 1,
        whole=whole,
    )
    body = list(layout.header())
    for name, own in groups.items():
        body.append(Text(name))
        for row, before in zip(own, [None, *own], strict=False):
            body += layout.rows(row, before)
    tail = [*legend(row.cells[2] for row in rows), sources(answer.sources, answer.on, ())]
    models = {offer.model for offer in answer.offers}
    which = models.pop() if len(models) == 1 else "MODEL"
    names = "" if whole or not layout.regions else "Names of regions: --all. "
    tail.append(f"{names}One model with prices: planner regions {which}.")
    return page(screen, [_headline(answer)], screen.lines(body), tail, whole=whole)


def _headline(answer: OffersAnswer) -> str:
    """How many offers of what and where, and how many of them have retired."""
    parts = [
        _count_or_name({getattr(o, field) for o in answer.offers}, noun, before)
        for field, noun, before in (
            ("model", "model", "of"),
            ("provider", "provider", "on"),
            ("region", "region", "in"),
        )
    ]
    gone = sum(has_retired(offer, answer.on) for offer in answer.offers)
    all_ = gone == len(answer.offers)
    end_ = f"; retired: {'all' if all_ else f'{gone:,}'}" if gone else ""
    return f"{count(len(answer.offers), 'offer')} {' '.join(parts)} on {answer.on}{end_}."


def _count_or_name(names: set[str], noun: str, before: str) -> str:
    return f"{before} {next(iter(names)) if len(names) == 1 else count(len(names), noun)}"


def _groups(answer: OffersAnswer) -> dict[str, list[_Row]]:
    """The rows of each model and provider, the newest version first."""
    groups: dict[str, dict[tuple[str, str, str], list[str]]] = defaultdict(dict)
    newest = sorted(answer.offers, key=lambda o: o.version or "", reverse=True)
    for offer in sorted(newest, key=lambda o: (o.model, o.provider)):
        own = groups[plain(f"{offer.model} on {offer.provider}")]
        own.setdefault(_cells(offer, answer), []).append(plain(offer.region))
    return {
        name: [_Row(cells, tuple(sorted(set(regions)))) for cells, regions in own.items()]
        for name, own in groups.items()
    }


def _cells(offer: OfferEntry, answer: OffersAnswer) -> tuple[str, str, str]:
    kind = plain(offer.deployment_type or UNKNOWN)
    tuned = " fine-tuned" if offer.fine_tuned else ""
    return plain(offer.version or UNKNOWN), kind + tuned, end(offer, answer.on)


def _width(cells: Iterable[str]) -> int:
    return min(max(map(cell_len, cells)), _CELL_AT_MOST)


def _padded(cell: str, width: int) -> str:
    return cell + " " * (width - cell_len(cell))
