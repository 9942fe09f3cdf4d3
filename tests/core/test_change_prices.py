"""Claims about prices between two days: which move, and which are no news."""

from decimal import Decimal
from typing import Any

from planner.core.change_prices import in_force, price_findings
from planner.core.prices import HourlyPrice, PriceTable, UsagePrice
from tests.builders import day


def price(usd: str, since: str, **fields: Any) -> UsagePrice:
    """An input price of gpt-x in eastus2, from a day on."""
    usual: dict[str, Any] = {
        "provider": "azure", "model": "gpt-x", "deployment_type": "Standard", "charge": "input",
        "regions": ("eastus2",), "source": "the feed", "retrieved_on": day("2026-01-01"),
        "origin": "feed", "effective_from": day(since),
    }  # fmt: skip
    return UsagePrice(usd=Decimal(usd), **(usual | fields))


def told(rows: list[UsagePrice], hours: tuple[HourlyPrice, ...] = ()) -> list[tuple[str, str]]:
    """What is said of the prices on the first of June beside those on the first of May."""
    table = PriceTable(rows, hours)
    sides = (in_force(table, "azure", day(on)) for on in ("2026-05-01", "2026-06-01"))
    return [(f.check, f.text) for f in price_findings(*sides)]


def test_a_price_goes_up_or_down_on_its_day() -> None:
    """With both amounts and the day; the price of another region stays."""
    old = price("1", "2026-01-01", effective_to=day("2026-05-15"))
    elsewhere = price("3", "2026-01-01", regions=("japaneast",))
    assert told([old, price("1.25", "2026-05-15"), elsewhere]) == [
        ("price_up", "input price is 1.25 USD per million tokens instead of 1.00 since 2026-05-15")
    ]
    [(check, _)] = told([old, price("0.5", "2026-05-15")])
    assert check == "price_down"


def test_a_price_that_ends_without_another_is_gone() -> None:
    """Not free, and not the old one."""
    assert told([price("1", "2026-01-01", effective_to=day("2026-05-15"))]) == [
        (
            "price_gone",
            (
                "input price is not known any more, 1.00 USD per million tokens before,"
                " until 2026-05-15"
            ),
        )
    ]


def test_what_a_source_tells_on_its_first_reading_is_no_news() -> None:
    """Its prices may be as old as the model; of a source that was read before they are new."""
    first = price("1", "2026-05-15", effective_from=None, first_seen_on=day("2026-05-15"))
    assert told([first]) == []
    known = price("2", "2026-01-01", charge="output")
    assert [check for check, _ in told([known, first])] == ["price_new"]
    dated = price("1", "2026-05-15")
    assert [check for check, _ in told([dated])] == ["price_new"]


def test_another_source_is_named() -> None:
    """Two sources may disagree: that is perhaps no change of the price."""
    old = price("1", "2026-01-01", source="a map", origin="third-party")
    table = PriceTable([old, price("2", "2026-05-15")])
    sides = (in_force(table, "azure", day(on)) for on in ("2026-05-01", "2026-06-01"))
    [finding] = price_findings(*sides)
    assert (finding.check, finding.tail) == ("price_up", "by another source, the feed")


def test_units_count_and_machines_do_not() -> None:
    """A provisioned unit's hour is a model's price, a virtual machine's is not."""

    def hour(item: str, usd: str, start: str, end: str | None, **fields: Any) -> HourlyPrice:
        return HourlyPrice(
            provider="azure", item=item, usd_per_hour=Decimal(usd), unit="PTU", source="the feed",
            retrieved_on=day("2026-01-01"), origin="feed", effective_from=day(start),
            effective_to=day(end) if end else None, **fields,
        )  # fmt: skip

    def both(item: str, **fields: Any) -> tuple[HourlyPrice, ...]:
        return (
            hour(item, "2", "2026-01-01", "2026-05-15", **fields),
            hour(item, "2.2", "2026-05-15", None, **fields),
        )

    rows = (*both("provisioned_unit"), *both("instance", name="Standard_NC24"))
    assert told([], rows) == [
        (
            "price_up",
            "provisioned unit price is 2.20 USD per PTU and hour instead of 2.00 since 2026-05-15",
        )
    ]
