"""What units are worth, for people: a unit's tokens against its price, term by term."""

from rich.text import Text

from planner.core.recommend_answer import Recommendation, UnitWorth
from planner.render.money import currency, money
from planner.render.recommend_words import found, term_words, whole
from planner.render.safe import plain
from planner.render.sections import prose, table
from planner.render.terminal import Screen


def worth(answer: Recommendation, screen: Screen) -> list[str]:
    """From which utilisation on units pay; a price that ended is marked.

    Of models that nothing serves no units are told, unless nothing serves any.
    """
    models = {choice.model for choice in found(answer)}
    rows = [row for row in answer.worth if not models or _model(row) in models]
    if not rows:
        return []
    several = len(models | {_model(row) for row in rows}) > 1
    grid = table("Units", "Term", f"{currency()} each", "Pays from", "Whole load")
    lines, before = [], ""
    for row in rows:
        lines.append(_carries(row, several=several))
        name = f"{_model(row)} on {row.what}" if several else row.what
        share = row.pays_from_utilisation
        grid.add_row(
            Text(plain("" if row.id == before else name)),
            Text(plain(term_words(row.term)) + ("*" if row.ended_on else "")),
            Text(money(row.usd_per_month), justify="right"),
            Text("never" if share is None or share > 1 else f"{share:.0%} used", justify="right"),
            Text(f"{row.units_for_all:,}: {whole(row.usd_for_all)}", justify="right"),
        )
        before = row.id
    ended = sorted({str(row.ended_on) for row in rows if row.ended_on})
    mark = (
        f"* the last known price, until {', '.join(ended)}; not known since, and not "
        "planned with; give yours: provisioned_unit_usd_per_hour in ./pricing/overrides.yaml"
    )
    return [
        *prose(screen, dict.fromkeys(lines)),
        *screen.lines([grid]),
        *(prose(screen, [mark]) if ended else []),
    ]


def _carries(row: UnitWorth, *, several: bool) -> str:
    carried = f"{money(row.worth_usd_per_month)} {currency()} of {row.against_what}"
    of = f" of {_model(row)}" if several else ""
    return f"A {row.unit}{of} carries {carried} a month."


def _model(row: UnitWorth) -> str:
    """The model that the id of a way ends with."""
    return row.id.rpartition("/")[2]
