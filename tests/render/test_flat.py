"""Claims about answers as JSON, CSV and markdown: the same facts, exact, in a stable shape."""

import csv
import datetime as dt
import io
import json
from decimal import Decimal
from typing import Any

import jsonschema
import msgspec
import pytest

from planner.core.answers import Answer, PriceView, RegionEntry, RegionsAnswer
from planner.core.contract import ANSWERS
from planner.core.currencies import ExchangeRate
from planner.core.fit import Constraints
from planner.core.offers import Offer
from planner.core.placement import Surroundings, find_places
from planner.render.flat import json_schema, to_csv, to_json, to_markdown
from planner.render.money import shown_in
from tests.builders import JUNE, catalog, day, offer, retires, snapshot

EXACT = "0.1000000000000000055511151231257827021181583404541015625"


class Rate(Answer, frozen=True):
    """A nested field."""

    usd: Decimal | None
    unit: str | None


class Row(Answer, frozen=True):
    """A flat row with a nested field and lists."""

    name: str
    unit: str | None
    unit_size: int | None
    price: Rate | None
    words: tuple[str, ...]
    rates: tuple[Rate, ...]
    last: dt.date | None


def row(**fields: Any) -> Row:
    """A row of which nothing is known but its name."""
    unknown: dict[str, Any] = {"unit": None, "unit_size": None, "price": None, "last": None}
    return Row(**({"name": "a", "words": (), "rates": ()} | unknown | fields))


def cells(text: str) -> list[list[str]]:
    """The cells of a CSV text."""
    return list(csv.reader(io.StringIO(text)))


PRICED = row(name="b", price=Rate(usd=Decimal("2.50"), unit="PTU"))
HEADER = ["name", "unit", "unit_size", "price_usd", "price_unit", "words", "rates", "last"]


def answer(**fields: Any) -> RegionsAnswer:
    """What `planner regions gpt-4o` says of one offer with these fields."""

    def price(of: Offer, on: dt.date) -> PriceView:
        return PriceView(
            input_usd_per_mtok=Decimal(EXACT),
            cached_input_usd_per_mtok=None,
            output_usd_per_mtok=Decimal(10),
            usd_per_unit_hour=None,
            unit=None,
            effective_from=on,
            effective_to=None,
            source=of.region,
            retrieved_on=on,
            origin="feed",
            match="exact",
            region_group=None,
            doubts=(),
        )

    view = catalog(snapshot(offer(**fields)), on=JUNE)
    around = Surroundings(price=price, latency_ms=lambda *_: 5, home="japaneast")
    return find_places(view, "gpt-4o", Constraints(), around)


@pytest.mark.parametrize(
    "rows", [[row(), PRICED], [PRICED, row()], [row(), row()], [PRICED, PRICED]]
)
def test_the_columns_do_not_hang_on_what_the_rows_hold(rows: list[Row]) -> None:
    """A nested field has its columns, in their place, also where it is null in some or all rows."""
    assert cells(to_csv(rows))[0] == HEADER
    assert len(cells(to_csv(rows))) == 3


def test_an_unknown_column_is_kept_beside_one_whose_name_it_begins() -> None:
    """`unit` is null throughout and still no part of `unit_size`."""
    assert cells(to_csv([row(unit_size=3)]))[1] == ["a", "", "3", "", "", "", "", ""]


def test_lists_are_joined_and_amounts_are_exact() -> None:
    """Words stand with ";" between them, an amount has all its digits."""
    full = row(
        price=Rate(usd=Decimal(EXACT), unit=None),
        words=("x", "y"),
        rates=(Rate(usd=Decimal(-1), unit="h"), Rate(usd=None, unit="m")),
        last=day(JUNE),
    )
    assert cells(to_csv([full]))[1] == ["a", "", "", EXACT, "", "x;y", "'-1 h;m", JUNE]


def test_a_negative_amount_is_a_number_in_csv_and_a_formula_is_text() -> None:
    """A saving of -5.00 can be summed; a region named =1+1 cannot."""
    saving = row(name="=1+1", price=Rate(usd=Decimal("-5.00"), unit="+x"))
    assert cells(to_csv([saving]))[1][:5] == ["'=1+1", "", "", "-5.00", "'+x"]


def test_a_cell_with_commas_quotes_and_line_ends_stays_one_cell() -> None:
    """CSV's own marks are quoted, a line end is shown as an escape."""
    assert cells(to_csv([row(name='a,"b"\nc')]))[1][0] == 'a,"b"\\x0ac'


def test_markdown_shows_columns_with_values_and_nothing_of_them_is_markup() -> None:
    """Columns that are unknown throughout are left out, unless they were asked for."""
    assert to_markdown([row(name="a|b"), PRICED]) == (
        "| name | price_usd | price_unit |\n"
        "| --- | --- | --- |\n"
        "| a\\|b |  |  |\n"
        "| b | 2.50 | PTU |\n"
    )
    assert to_markdown([row()], ["name", "last"]).splitlines()[0] == "| name | last |"
    assert to_markdown([]) == "Nothing found.\n"


def test_markdown_shows_amounts_in_the_currency_that_was_asked_for() -> None:
    """Amount and name of the column; what names no usd stays, and so does JSON."""
    rate = ExchangeRate(
        currency="EUR",
        per_usd=Decimal("0.9"),
        date=day(JUNE),
        source="a bank",
        retrieved_on=day(JUNE),
    )
    with shown_in(rate):
        assert to_markdown([PRICED]) == (
            "| name | price_eur | price_unit |\n| --- | --- | --- |\n| b | 2.2500 | PTU |\n"
        )
        assert json.loads(to_json(PRICED))["price"]["usd"] == 2.5


def test_an_amount_is_a_json_number_exact_to_the_digit() -> None:
    """No digit of a Decimal goes through binary; unknown is null, a date is ISO text."""
    text = to_json(row(price=Rate(usd=Decimal(EXACT), unit=None), last=day(JUNE)))
    read = json.loads(text, parse_float=Decimal)
    assert read["price"] == {"usd": Decimal(EXACT), "unit": None}
    assert (read["unit"], read["last"]) == (None, JUNE)
    assert f'"usd": {EXACT}' in text


@pytest.mark.parametrize(
    "word", ["\x1b[31m", "\u202e", "\x9b", "\U000e0041", "=1+1", '"', "\\", "<"]
)
def test_hostile_names_come_back_from_json_as_they_were(word: str) -> None:
    """JSON is for programs: it is lossless, and still holds no character that a terminal obeys."""
    text = to_json(row(name=word))
    assert json.loads(text)["name"] == word
    assert all(line.isprintable() for line in text.splitlines())


def test_a_hostile_answer_keeps_its_rows_and_columns_in_each_format() -> None:
    """A region with every bad thing in it is one row of one width in CSV and markdown."""
    found = answer(region='=1|2,"\n\x1b[31m[red]../\u202e', retirement_dates=(retires(JUNE),))
    table = cells(to_csv(found.regions))
    assert [len(line) for line in table] == [len(table[0])] * 2
    assert table[1][1] == "'=1|2,\"\\x0a\\x1b[31m[red]../\\u202e"
    head, _, line = to_markdown(found.regions, ["provider", "region"]).splitlines()
    assert head == "| provider | region |"
    assert line == '| azure | =1\\|2,"\\\\x0a\\\\x1b\\[31m\\[red\\]../\\\\u202e |'


def test_the_schema_of_an_answer_accepts_what_json_prints() -> None:
    """The answer of `planner regions`, with a price, a retirement and a quota reason, validates."""
    schema = json_schema(RegionsAnswer)
    jsonschema.Draft202012Validator.check_schema(schema)
    written = json.loads(to_json(answer(retirement_dates=(retires("2026-10-01"),))))
    jsonschema.validate(written, schema)
    assert isinstance(written["regions"][0]["price"]["input_usd_per_mtok"], float)


def test_the_schema_refuses_an_amount_as_text_and_a_missing_key() -> None:
    """Amounts are numbers, and every key is always there."""
    schema = json_schema(Row)
    jsonschema.validate(json.loads(to_json(PRICED)), schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(json.loads(to_json(PRICED)) | {"price": {"usd": "2.50"}}, schema)
    short = json.loads(to_json(PRICED))
    del short["unit"]
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(short, schema)


@pytest.mark.parametrize("command", sorted(ANSWERS))
def test_every_commands_schema_is_a_schema_without_decimal_text(command: str) -> None:
    """No amount is described as a decimal string."""
    schema = json_schema(ANSWERS[command])
    jsonschema.Draft202012Validator.check_schema(schema)
    assert '"decimal"' not in json.dumps(schema)


def test_every_field_of_an_entry_is_in_the_json() -> None:
    """Also an unknown one, as null: keys are stable."""
    [entry] = json.loads(to_json(answer()))["regions"]
    assert set(entry) == set(RegionEntry.__struct_fields__)
    assert entry["latency_ms"] is None
    assert msgspec.json.decode(to_json(answer()))["model"] == "gpt-4o"
