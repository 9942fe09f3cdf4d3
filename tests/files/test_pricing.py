"""Price tables are read strictly, and the carried ones give the figures that they must."""

import os
import subprocess
import sys
import zlib
from datetime import date
from decimal import Decimal
from pathlib import Path

import msgspec
import pytest

from planner.core.price_ways import ways
from planner.core.prices import PriceTable, Quote
from planner.errors import BadFileError
from planner.files.pricing import read_pricing

CARRIED = Path(__file__).parents[2] / "pricing"
CSV = "provider,model,deployment_type,charge,usd,regions,effective_from,source,retrieved_on,origin"
ROW = "azure,gpt-4o,Standard,input,2.75,eastus2|eastus,2024-08-01,feed,2026-07-14,feed"
YAML = """\
prices:
  - provider: azure
    model: llama-2-7b
    deployment_type: managed
    first_seen_on: 2024-03-17
    source: an article
    retrieved_on: 2026-11-20
    origin: article
    input_usd_per_mtok: 0.67
    output_usd_per_mtok: 0.52
    hosting_usd_per_hour: 3.09
    unit: deployment
    regions: [westus, eastus]
    doubts:
      hosting: may be for fine-tuned models
"""


def read(folder: Path, name: str, text: str | bytes) -> PriceTable:
    """The prices of a folder with one table."""
    (folder / name).write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_pricing([folder])


def fault(folder: Path, name: str, text: str | bytes) -> str:
    """What is said of a faulty table, after its folder's path."""
    with pytest.raises(BadFileError) as caught:
        read(folder, name, text)
    message = str(caught.value)
    assert "\n" not in message
    return message.replace(f"{folder}/", "")


def test_a_csv_row_becomes_a_price(tmp_path: Path) -> None:
    """Cells are read as text, amounts as Decimal, regions sorted; empty cells are unknown."""
    (row,) = read(tmp_path, "t.csv", f"{CSV},version\n{ROW},\n").usage
    assert (row.model, row.usd, row.per) == ("gpt-4o", Decimal("2.75"), "mtok")
    assert (row.regions, row.version) == (("eastus", "eastus2"), None)
    assert (row.effective_from, row.first_seen_on) == (date(2024, 8, 1), None)


def test_an_hourly_csv_is_known_by_its_header(tmp_path: Path) -> None:
    """A table with usd_per_hour holds prices per hour; those of machines can be left out."""
    text = (
        "provider,item,name,usd_per_hour,unit,first_seen_on,source,retrieved_on,origin,currency\n"
        "azure,instance,Standard_NC12s_v3,6.12,instance,2023-10-27,list,2026-06-18,feed,USD\n"
        "azure,provisioned_unit,,1,PTU,2024-11-01,list,2026-06-18,feed,USD\n"
    )
    (machine, unit) = read(tmp_path, "t.csv", text).hourly
    assert (machine.name, machine.usd_per_hour) == ("Standard_NC12s_v3", Decimal("6.12"))
    assert read_pricing([tmp_path], instances=False).hourly == (unit,)


def test_a_yaml_entry_becomes_a_price_for_each_charge(tmp_path: Path) -> None:
    """One entry gives a usage price for each charge and an hourly one, each with its doubt."""
    table = read(tmp_path, "t.yaml", YAML)
    assert [(row.charge, row.usd, row.per, row.doubt) for row in table.usage] == [
        ("input", Decimal("0.67"), "mtok", None),
        ("output", Decimal("0.52"), "mtok", None),
    ]
    (fee,) = table.hourly
    assert (fee.item, fee.usd_per_hour, fee.unit) == ("hosting", Decimal("3.09"), "deployment")
    assert fee.doubt == "may be for fine-tuned models"
    assert fee.regions == ("eastus", "westus")


def test_an_amount_keeps_the_digits_of_the_file(tmp_path: Path) -> None:
    """No figure passes through float: what stands in the file is what is known."""
    text = YAML.replace("0.67", "0.100000000000001").replace("3.09", "4.10")
    table = read(tmp_path, "t.yaml", text)
    assert str(table.usage[0].usd) == "0.100000000000001"
    assert str(table.hourly[0].usd_per_hour) == "4.10"


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("2.75", "-2.75", "2: usd is '-2.75'; a price is 0 or more"),
        ("2.75", "NaN", "2: usd is 'NaN'; give a finite amount, or leave it out if unknown"),
        ("2.75", "inf", "2: usd is 'inf'; give a finite amount, or leave it out if unknown"),
        ("2.75", "1e-3", "2: usd is '1e-3'; write it out in plain digits such as 0.001"),
        ("2.75", "2.75 USD", "2: usd is '2.75 USD', no amount; write digits such as 0.15"),
        ("2.75", "", "2: usd is empty; every row needs it"),
        ("2024-08-01", "1.8.2024", "2: effective_from is '1.8.2024', no date; write YYYY-MM-DD"),
        ("2024-08-01", "2024-02-30", "2: effective_from is '2024-02-30', no date; write YYYY"),
        ("2024-08-01", "", "2: effective_from and first_seen_on: give one"),
        ("eastus2|eastus", "eastus|eastus", "2: regions hold 'eastus' twice; name each region"),
        ("input", "inputs", "2: charge is 'inputs'; known are input, cached_input"),
        ("gpt-4o", "GPT-4o", "2: model is 'GPT-4o'; write it in lower case without blanks"),
        ("gpt-4o", "\x1b[31mgpt", r"2: model is '\x1b[31mgpt'; write plain words"),
        (ROW, f"{ROW},x", "2: 11 values for 10 columns; give one for each"),
        (ROW, "azure,gpt-4o", "2: 2 values for 10 columns; give one for each"),
        (ROW, f'{ROW}\n"azure', "3: unexpected end of data; write the line as plain CSV"),
        ("usd", "usd,usd", "1: column usd stands twice; remove one"),
        (",regions", ",region", "1: unknown column 'region'; did you mean regions?"),
        (",regions", ",zzz", "1: unknown column 'zzz'; remove it"),
        ("provider,", "version,", "1: column provider is missing; add it"),
        (",usd", ",per", "1: no price table; the header names either usd (per use) or usd_per"),
        ("regions", "currency", "2: currency is 'eastus2|eastus'; only USD is understood"),
    ],
)
def test_a_faulty_csv_names_line_fault_and_mend(
    tmp_path: Path, old: str, new: str, message: str
) -> None:
    """Every fault of a CSV table is one line: file, line, what, and how to mend it."""
    text = f"{CSV}\n{ROW}\n"
    assert old in text
    assert fault(tmp_path, "t.csv", text.replace(old, new, 1)).startswith(f"t.csv:{message}")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("0.67", "-0.67", "9: input_usd_per_mtok is '-0.67'; a price is 0 or more"),
        ("0.67", ".nan", "9: input_usd_per_mtok is '.nan', no amount; write digits such as 0.15"),
        ("0.67", "NaN", "9: input_usd_per_mtok is 'NaN'; give a finite amount"),
        ("0.67", "Infinity", "9: input_usd_per_mtok is 'Infinity'; give a finite amount"),
        ("0.67", "1e-3", "9: input_usd_per_mtok is '1e-3'; write it out in plain digits such as"),
        ("0.67", "no", "9: input_usd_per_mtok is 'no', no amount; write digits such as 0.15"),
        ("0.67", "", "9: input_usd_per_mtok is '', no amount; write digits such as 0.15"),
        ("0.67", "[1, 2]", "9: input_usd_per_mtok is a sequence; give one value"),
        ("managed", "no", "4: deployment_type is 'no' unquoted, which YAML reads as true or false"),
        ("managed", "4.10", "4: deployment_type is '4.10' unquoted, which YAML reads as a number"),
        ("managed", "[a]", "4: deployment_type is a sequence; give one word"),
        ("unit: deployment", "version: 0613", "12: version is '0613' unquoted, which YAML reads"),
        ("unit: deployment", "version: 2024-05-13", "12: version is '2024-05-13' unquoted, which"),
        ("unit: deployment", "currency: EUR", "12: currency is 'EUR'; only USD is understood"),
        ("unit: deployment", "fine_tuned: no", "12: fine_tuned is 'no'; write true or false"),
        ("unit: deployment", "context_over_tokens: 2e5", "12: context_over_tokens is '2e5'; write"),
        ("unit: deployment", "model: llama", "12: key 'model' stands twice, first on line 3; rem"),
        ("unit: deployment", "units: x", "12: unknown key 'units'; did you mean unit?"),
        ("    unit: deployment\n", "", "11: hosting_usd_per_hour lacks unit; add it to the entry"),
        ("[westus, eastus]", "westus", "13: regions is no list; write one item a line, with -"),
        ("[westus, eastus]", "[no]", "13: regions is 'no' unquoted, which YAML reads as true"),
        ("2024-03-17", "17.3.2024", "5: first_seen_on is '17.3.2024', no date; write YYYY-MM-DD"),
        ("article\n    input", "gossip\n    input", "8: origin is 'gossip'; known are override"),
        ("      hosting:", "      image:", "15: the doubt on 'image' has no price beside it"),
        ("prices:", "price:", "1: unknown key 'price'; did you mean prices?"),
        ("prices:", "- prices:", "1: a sequence where keys belong; write key: value"),
        ("  - provider", "  -\tprovider", "2: found character that cannot start any token; mend"),
        ("source: an", 'source: "an', "6: found unexpected end of stream; mend the YAML"),
        ("managed", "mana\x07ged", "4: control characters are not allowed; mend the YAML"),
    ],
)
def test_a_faulty_yaml_names_line_fault_and_mend(
    tmp_path: Path, old: str, new: str, message: str
) -> None:
    """Every fault of a YAML table is one line: file, line, what, and how to mend it."""
    assert old in YAML
    found = fault(tmp_path, "t.yaml", YAML.replace(old, new, 1))
    assert found.startswith(f"t.yaml:{message}")


def test_an_entry_without_an_amount_is_no_price(tmp_path: Path) -> None:
    """An entry that names no amount is refused, and so is a field that no amount can carry."""
    text = "prices:\n- provider: azure\n  model: gpt-4o\n"
    assert fault(tmp_path, "t.yaml", text).startswith("t.yaml:2: the entry has no price; add one")
    text += "  input_usd_per_mtok: 1\n  unit: PTU\n"
    assert fault(tmp_path, "t.yaml", text).startswith(
        "t.yaml:5: unit says nothing without a ..._usd_per_hour; add one or remove unit"
    )


def test_a_wrong_encoding_is_named_with_its_line(tmp_path: Path) -> None:
    """Bytes that are no UTF-8 are refused with their line; a byte order mark is none of them."""
    latin = f"{CSV}\n{ROW}\n".replace("feed,2026", "fe\xe9d,2026").encode("latin-1")
    assert fault(tmp_path, "t.csv", latin) == "t.csv:2: no UTF-8 text; save the file as UTF-8"
    assert len(read(tmp_path, "t.csv", f"\ufeff{CSV}\n{ROW}\n").usage) == 1


def test_overlapping_dates_name_both_lines(tmp_path: Path) -> None:
    """Two prices of one offer on one day are refused with the place of each."""
    later = ROW.replace("2.75", "3").replace("2024-08-01", "2025-09-01")
    assert fault(tmp_path, "t.csv", f"{CSV}\n{ROW}\n{later}\n") == (
        "t.csv:3: two prices hold in eastus at once:"
        " azure gpt-4o Standard input from 2024-08-01;"
        " azure gpt-4o Standard input from 2025-09-01 (t.csv:2);"
        " end the earlier one by effective_to 2025-09-01, or remove one"
    )


def test_a_users_file_stands_in_for_the_carried_one_of_its_name(tmp_path: Path) -> None:
    """The first folder's file replaces a later one's of the same name; others are added."""
    mine, carried = tmp_path / "mine", tmp_path / "carried"
    for folder in (mine, carried):
        folder.mkdir()
    (mine / "a.csv").write_text(f"{CSV}\n{ROW.replace('2.75', '1')}\n")
    (carried / "a.csv").write_text(f"{CSV}\n{ROW}\n")
    (carried / "b.csv").write_text(f"{CSV}\n{ROW.replace('gpt-4o', 'gpt-4.1')}\n")
    table = read_pricing([mine, tmp_path / "missing", carried])
    assert [(row.model, row.usd) for row in table.usage] == [
        ("gpt-4o", Decimal(1)),
        ("gpt-4.1", Decimal("2.75")),
    ]


def test_no_folder_is_an_empty_table(tmp_path: Path) -> None:
    """Without any table no price is known, which is no fault."""
    assert read_pricing([tmp_path / "missing"]).usage == ()
    (tmp_path / "empty.yaml").write_text("# nothing yet\n")
    assert read_pricing([tmp_path]).usage == ()


def test_what_was_read_once_is_read_from_the_cache(tmp_path: Path) -> None:
    """A second run pays neither for the YAML library nor for reading the tables."""
    program = (
        "import sys; from pathlib import Path; from planner.files.pricing import read_pricing\n"
        f"table = read_pricing([Path({str(CARRIED)!r})])\n"
        "print('yaml' in sys.modules, len(table.usage), len(table.hourly))"
    )
    environment = os.environ | {"XDG_CACHE_HOME": str(tmp_path)}
    first, second = (
        subprocess.run(
            [sys.executable, "-c", program],
            capture_output=True,
            text=True,
            check=True,
            env=environment,
        ).stdout
        for _ in range(2)
    )
    assert first.startswith("True")
    assert second == first.replace("True", "False")


def test_a_changed_table_is_read_again(tmp_path: Path) -> None:
    """The cache holds for the very files that it was made of."""
    table = read(tmp_path, "t.csv", f"{CSV}\n{ROW}\n")
    assert table.usage[0].usd == Decimal("2.75")
    table = read(tmp_path, "t.csv", f"{CSV}\n{ROW.replace('2.75', '2.8')}\n")
    assert table.usage[0].usd == Decimal("2.8")


def test_a_broken_cache_is_no_fault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever stands in the cache's place, the tables are read instead."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    read(tmp_path, "t.csv", f"{CSV}\n{ROW}\n")
    (kept,) = (tmp_path / "cache" / "planner").iterdir()
    for broken in (b"\x93broken", b"", kept.read_bytes().replace(b"2.75", b"9.75")):
        kept.write_bytes(broken)
        assert read_pricing([tmp_path]).usage[0].usd == Decimal("2.75")


def test_rows_of_another_shape_are_not_taken_from_the_cache(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Even where the whole is well formed, and its checksum right."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    read(tmp_path, "t.csv", f"{CSV}\n{ROW}\n")
    (kept,) = (tmp_path / "cache" / "planner").iterdir()
    stored = msgspec.msgpack.decode(kept.read_bytes()[4:])
    stored["usage"] = {key: [{"provider": 3}] for key in stored["usage"]}
    content = msgspec.msgpack.encode(stored)
    kept.write_bytes(zlib.crc32(content).to_bytes(4, "big") + content)
    assert read_pricing([tmp_path]).usage[0].usd == Decimal("2.75")


def test_the_cache_that_is_used_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Other tables, read once each, do not push out the ones that are read every day."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    daily = tmp_path / "daily"
    daily.mkdir()
    read(daily, "t.csv", f"{CSV}\n{ROW}\n")
    (kept,) = (tmp_path / "cache" / "planner").iterdir()
    for number in range(6):
        (folder := tmp_path / str(number)).mkdir()
        read(folder, "t.csv", f"{CSV}\n{ROW}\n")
        read_pricing([daily])
    assert kept in (tmp_path / "cache" / "planner").iterdir()
    assert len(list((tmp_path / "cache" / "planner").iterdir())) == 4


def test_a_relative_cache_folder_is_ignored(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Otherwise every folder in which somebody works would get one of its own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("XDG_CACHE_HOME", "here")
    read(tmp_path, "t.csv", f"{CSV}\n{ROW}\n")
    assert not (tmp_path / "here").exists()
    assert list((tmp_path / "home" / ".cache" / "planner").iterdir())


def test_overrides_need_no_origin(tmp_path: Path) -> None:
    """What a user pays stands in overrides.yaml, as a price or as a discount on a scope."""
    text = """\
prices:
  - provider: azure
    model: gpt-5.1
    deployment_type: GlobalStandard
    effective_from: 2026-10-01
    source: our agreement
    input_usd_per_mtok: 1.10
discounts:
  - provider: azure
    percent: 12.5
    regions: [swedencentral]
    effective_from: 2026-01-01
    source: our agreement
"""
    table = read(tmp_path, "overrides.yaml", text)
    assert (table.usage[0].origin, table.usage[0].usd) == ("override", Decimal("1.10"))
    assert (table.discounts[0].percent, table.discounts[0].regions) == (
        Decimal("12.5"),
        ("swedencentral",),
    )
    faulty = text.replace("percent: 12.5", "percent: 120")
    said = fault(tmp_path, "overrides.yaml", faulty)
    assert said == "overrides.yaml:9: percent is 120; give more than 0, at most 100"


@pytest.mark.parametrize(
    ("scope", "message"),
    [
        ("charge: inptu", "charge is 'inptu'; known are input, cached_input"),
        ("model: GPT-4.1", "model is 'GPT-4.1'; write it in lower case"),
    ],
)
def test_a_discount_that_would_cover_nothing_is_refused(
    tmp_path: Path, scope: str, message: str
) -> None:
    """A slip in its scope must not leave the list price standing in silence."""
    text = (
        "discounts:\n  - provider: azure\n    percent: 5\n    effective_from: 2026-01-01\n"
        f"    source: us\n    {scope}\n"
    )
    assert fault(tmp_path, "overrides.yaml", text).startswith(f"overrides.yaml:2: {message}")


@pytest.fixture(scope="module")
def table() -> PriceTable:
    """The carried price tables."""
    return read_pricing([CARRIED])


def azure(
    table: PriceTable, what: str, on: str, region: str = "eastus2", *, anywhere: bool = False
) -> Quote | None:
    """The quote of an Azure offer, named as `model version type`."""
    model, version, kind = what.split()
    return table.quote(
        provider="azure",
        region=region,
        model=model,
        version=version,
        deployment_type=kind,
        on=date.fromisoformat(on),
        global_scope=anywhere,
    )


@pytest.mark.parametrize(
    ("what", "region", "on", "tokens"),
    [
        ("gpt-4o 2024-08-06 GlobalStandard", "eastus2", "2026-06-03", "2.5 1.25 10"),
        ("gpt-4o 2024-08-06 DataZoneStandard", "eastus2", "2026-06-03", "2.75 1.375 11"),
        ("gpt-4o 2024-08-06 Standard", "eastus2", "2026-06-03", "2.75 1.375 11"),
        ("gpt-4o 2024-08-06 GlobalBatch", "eastus2", "2026-06-03", "1.25 None 5"),
        ("gpt-4o 2024-08-06 DataZoneBatch", "eastus2", "2026-06-03", "1.375 None 5.5"),
        ("gpt-4o 2024-05-13 GlobalStandard", "eastus2", "2026-06-03", "5 None 15"),
        ("gpt-4o 2024-05-13 DataZoneStandard", "eastus2", "2025-08-31", "5 None 15"),
        ("gpt-4o 2024-05-13 DataZoneStandard", "eastus2", "2025-09-01", "5.5 None 16.5"),
        ("gpt-4o-mini 2024-07-18 GlobalStandard", "eastus2", "2026-06-03", "0.15 0.075 0.6"),
        ("gpt-4.1 2025-04-14 GlobalStandard", "eastus2", "2026-06-03", "2 0.5 8"),
        ("gpt-4.1 2025-04-14 Standard", "swedencentral", "2026-06-03", "2.42 0.605 9.68"),
        ("gpt-5.1 2025-11-13 GlobalStandard", "eastus2", "2026-11-20", "1.25 0.125 10"),
        ("gpt-5.1 2025-11-13 DataZoneStandard", "japaneast", "2026-11-20", "1.5 0.15 12"),
        ("gpt-5.1 2025-11-13 GlobalBatch", "eastus2", "2026-11-20", "0.625 0.0625 5"),
        ("gpt-35-turbo 0125 Standard", "japaneast", "2025-08-31", "0.5 None 1.5"),
        ("gpt-35-turbo 0125 Standard", "eastus2", "2025-09-01", "0.55 None 1.65"),
        ("gpt-35-turbo 0125 Standard", "japaneast", "2025-09-01", "0.605 None 1.815"),
        ("gpt-35-turbo 0125 Standard", "westeurope", "2025-09-01", "0.66 None 1.98"),
        ("gpt-4-turbo turbo-2024-04-09 GlobalStandard", "eastus2", "2026-06-03", "10 None 30"),
    ],
)
def test_carried_azure_token_prices(
    table: PriceTable, what: str, region: str, on: str, tokens: str
) -> None:
    """Input, cached input and output are the feed's, found by the meter's words."""
    quote = azure(table, what, on, region)
    assert quote is not None
    found = (quote.input_usd_per_mtok, quote.cached_input_usd_per_mtok, quote.output_usd_per_mtok)
    assert " ".join(str(amount) for amount in found) == tokens
    assert (quote.match, quote.origin) == ("words", "feed")


def test_a_carried_price_is_not_carried_on_past_its_announced_end(table: PriceTable) -> None:
    """Canada East's price of 2025-08-31 ended, no row tells the next, so it is unknown."""
    what = "gpt-35-turbo 0125 Standard"
    assert azure(table, what, "2025-08-31", "canadaeast") is not None
    assert azure(table, what, "2025-09-01", "canadaeast") is None


def test_a_carried_global_price_serves_a_region_that_the_feed_left_out(table: PriceTable) -> None:
    """gpt-5.1 costs the same in all nine regions of the feed, so France's price is theirs."""
    what = "gpt-5.1 2025-11-13 GlobalStandard"
    assert azure(table, what, "2026-11-20", "francecentral") is None
    quote = azure(table, what, "2026-11-20", "francecentral", anywhere=True)
    assert quote is not None
    assert quote.input_usd_per_mtok == Decimal("1.25")
    assert (quote.match, quote.region_group) == (
        "region_group",
        "the 9 regions of the price table",
    )


def test_the_carried_llama_of_the_article(table: PriceTable) -> None:
    """Hosting 3.09, input 0.67, output 0.52 since the article's day, with its doubts."""
    (way,) = ways(table, model="llama-2-7b", on=date(2024, 3, 17))
    assert (way.provider, way.deployment_type, way.regions) == ("azure", "managed", ())
    quote = way.quote
    assert (quote.input_usd_per_mtok, quote.output_usd_per_mtok, quote.usd_per_unit_hour) == (
        Decimal("0.67"),
        Decimal("0.52"),
        Decimal("3.09"),
    )
    assert (quote.origin, quote.match) == ("article", "exact")
    assert quote.doubts == (
        "input, output: may be swapped in the article, which is the only source",
        "hosting: probably belongs to fine-tuned models alone (unverified)",
    )
    assert ways(table, model="llama-2-7b", on=date(2024, 3, 16)) == []


def test_the_carried_llama_on_bedrock(table: PriceTable) -> None:
    """Llama 3.1 8B costs 0.22 on demand and half of it in batch; the source names no region."""
    found = {
        way.deployment_type: (way.quote.input_usd_per_mtok, way.regions)
        for way in ways(table, model="llama-3.1-8b", on=date(2026, 11, 20), provider="bedrock")
    }
    assert found == {
        "on-demand": (Decimal("0.22"), ()),
        "batch": (Decimal("0.11"), ()),
        "us. inference profile": (Decimal("0.22"), ()),
        "us. inference profile batch": (Decimal("0.11"), ()),
    }


@pytest.mark.parametrize(
    ("instance", "region", "on", "usd_per_hour"),
    [
        ("azure/Standard_NC12s_v3", "eastus", "2023-10-26", []),
        ("azure/Standard_NC12s_v3", "eastus", "2024-03-17", ["6.12"]),
        ("azure/Standard_NC24ads_A100_v4", "eastus", "2024-03-17", ["3.673"]),
        ("aws/p5.48xlarge", "us-east-1", "2024-03-17", ["98.32"]),
        ("aws/p5.48xlarge", "us-east-1", "2026-11-20", ["55.04"]),
        ("aws/g4dn.12xlarge", "af-south-1", "2026-11-20", ["5.19"]),
        ("aws/p5e.48xlarge", "ap-northeast-1", "2026-11-20", []),
    ],
)
def test_carried_machine_hours(
    table: PriceTable, instance: str, region: str, on: str, usd_per_hour: list[str]
) -> None:
    """On-demand hours by date; a machine that is sold by capacity block alone has none."""
    provider, name = instance.split("/")
    found = table.instance_hours(
        provider=provider, instance=name, region=region, on=date.fromisoformat(on)
    )
    assert [str(row.usd_per_hour) for row in found] == usd_per_hour
