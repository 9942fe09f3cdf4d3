"""Claims about a log of requests: rate, hours, lengths, and what is said of odd rows."""

import datetime as dt
import random
import time
import tracemalloc
from collections import Counter
from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given
from hypothesis import strategies as st

from planner.core.workload import Portion
from planner.files.request_log import RequestLog, portions, read_request_log

HEADER = "timestamp,input_tokens,output_tokens"
MONDAY = dt.datetime(2026, 11, 2, tzinfo=dt.UTC)


def write(folder: Path, rows: Iterable[str], header: str = HEADER) -> Path:
    """A log with these rows."""
    path = folder / "log.csv"
    path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    return path


def row(minutes: float, tokens_in: int = 100, tokens_out: int = 20) -> str:
    """A request so many minutes after Monday, 2026-11-02 00:00 UTC."""
    at = MONDAY + dt.timedelta(minutes=minutes)
    return f"{at.isoformat()},{tokens_in},{tokens_out}"


def read(folder: Path, rows: Iterable[str], header: str = HEADER) -> RequestLog:
    """What a log with these rows says."""
    return read_request_log(write(folder, rows, header))


def test_a_week_of_one_request_an_hour_is_flat(tmp_path: Path) -> None:
    """168 requests in 168 hours are one an hour, each hour at a weight of 1."""
    log = read(tmp_path, [row(60 * hour) for hour in range(168)])
    assert log.requests_per_hour == 1
    assert log.profile.weights == (Fraction(1),) * 168
    assert (log.first, log.last) == (MONDAY, MONDAY + dt.timedelta(hours=167))
    assert log.profile.told == "the log log.csv: 168 requests over 7 days"


def test_the_hours_are_means_over_the_weeks_covered(tmp_path: Path) -> None:
    """Two Mondays at 09:00 with 4 and 8 requests are 6; the mean over the week is 6 in 168."""
    first = [row(9 * 60 + minute) for minute in range(4)]
    second = [row(7 * 1440 + 9 * 60 + minute) for minute in range(8)]
    edges = [row(0), row(14 * 1440 - 1)]
    log = read(tmp_path, first + second + edges)
    rate = log.requests_per_hour
    assert rate == Fraction(14, 2 * 168)
    assert log.profile.weights[9] * rate == 6
    assert log.profile.weights[0] * rate == Fraction(1, 2)
    assert log.profile.weights[10] == 0
    assert log.profile.mean == 1


def test_the_busiest_minute_is_that_of_the_busy_hours(tmp_path: Path) -> None:
    """32 of 120 requests in one minute are 16 times the mean; a lone one elsewhere is not 60."""
    burst = [row(600 + 5)] * 30 + [row(600 + minute % 60 + 0.5) for minute in range(90)]
    log = read(tmp_path, [row(0), *burst, row(1440)])
    assert log.profile.peak_minute_factor == Fraction(32 * 60, 120)


def test_a_minute_beyond_what_the_means_tell_is_named(tmp_path: Path) -> None:
    """One Monday in two is busy: the mean of both is half of it, and the note has both figures."""
    quiet = [row(60 * hour) for hour in range(336)]
    rush = [row((168 + 9) * 60)] * 60
    assert read(tmp_path, sorted(quiet + rush)).notes == (
        (
            "log.csv: its busiest minute had 61 requests; the means of the hours make the busiest"
            " 31, raise peak_minute_factor where that minute matters"
        ),
    )


def test_lengths_are_portions_with_the_longest(tmp_path: Path) -> None:
    """Few lengths are kept as they are."""
    log = read(tmp_path, [row(0, 100, 10), row(1, 100, 30), row(2, 400, 10), row(3, 100, 10)])
    assert log.input.portions == (
        Portion(Fraction(3, 4), Fraction(100)),
        Portion(Fraction(1, 4), Fraction(400)),
    )
    assert log.output.maximum == 30
    assert log.output.mean == 15


def test_many_lengths_become_twenty_portions_of_the_same_mean() -> None:
    """1 to 1,000 once each: twenty portions of 50, the first of 25.5 tokens."""
    lengths = portions(Counter(range(1, 1001)))
    assert len(lengths.portions) == 20
    assert lengths.portions[0] == Portion(Fraction(1, 20), Fraction(51, 2))
    assert lengths.mean == Fraction(1001, 2)
    assert lengths.maximum == 1000


def test_the_cached_share_is_of_all_input_tokens(tmp_path: Path) -> None:
    """50 of 400 tokens; a row without the figure has none."""
    header = f"{HEADER},cached_tokens"
    log = read(tmp_path, [row(0, 100) + ",50", row(1, 300) + ","], header)
    assert log.cached_share == Fraction(1, 8)
    assert read(tmp_path, [row(0)]).cached_share is None


def test_what_the_cache_gave_beside_the_input_is_added_to_it(tmp_path: Path) -> None:
    """Anthropic's input_tokens leave out what was read from the cache."""
    header = f"{HEADER},cache_read_input_tokens"
    log = read(tmp_path, [row(0, 100) + ",300"], header)
    assert log.input.mean == 400
    assert log.cached_share == Fraction(3, 4)


def test_rows_out_of_order_are_said_and_change_nothing(tmp_path: Path) -> None:
    """The same figures, and a note."""
    log = read(tmp_path, [row(90), row(30), row(150)])
    assert "log.csv: 1 row is out of order in time, which changes nothing" in log.notes
    assert log.requests == 3


def test_a_gap_of_days_is_named_and_counts_as_no_traffic(tmp_path: Path) -> None:
    """A request on a Monday and one on the Monday after next, and nothing between."""
    log = read(tmp_path, [row(0), row(14 * 1440)])
    assert log.notes[0] == (
        "log.csv: no request from 2026-11-02 01:00 to 2026-11-16 00:00 UTC, 335 hours; counted as"
        " no traffic, cut the log if it was not kept then"
    )
    assert log.profile.weights[0] == 168


def test_a_log_of_less_than_a_week_is_filled_by_the_other_days(tmp_path: Path) -> None:
    """Two days, 2 and 4 requests at 09:00: the other days have 3 then, and the note says so."""
    monday = [row(540), row(541)]
    tuesday = [row(1440 + 540 + minute) for minute in range(4)]
    log = read(tmp_path, [row(0), *monday, *tuesday, row(2 * 1440 - 1)])
    by_hour = [weight * log.requests_per_hour for weight in log.profile.weights]
    assert by_hour[9::24] == [2, 4, 3, 3, 3, 3, 3]
    assert log.notes[0] == (
        "log.csv: it covers 48 of the 168 hours of a week; the others are taken as the mean of the"
        " same hour on the other days"
    )


def test_a_log_of_an_hour_is_taken_for_every_hour(tmp_path: Path) -> None:
    """120 requests within an hour are 120 an hour, and the notes say what that rests on."""
    log = read(tmp_path, [row(minute / 2) for minute in range(120)])
    assert log.requests_per_hour == 120
    assert log.profile.peak == 1
    assert log.notes == (
        (
            "log.csv: it covers 1 of the 168 hours of a week; the others are taken as the mean of"
            " the same hour on the other days, or of all hours where no day has it"
        ),
    )


requests = st.lists(
    st.tuples(st.integers(0, 30_000), st.integers(0, 5000), st.integers(1, 900)),
    min_size=1,
    max_size=60,
)


@given(requests, st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(
    found: list[tuple[int, int, int]], chance: random.Random
) -> None:
    """Whatever the order, the same rate, hours, lengths and busiest minute."""
    shuffled = list(found)
    chance.shuffle(shuffled)
    with TemporaryDirectory() as folder:
        one = read(Path(folder), [row(*each) for each in sorted(found)])
        other = read(Path(folder), [row(*each) for each in shuffled])
    assert one.profile == other.profile
    assert one.requests_per_hour == other.requests_per_hour
    assert (one.input, one.output) == (other.input, other.output)
    assert one.profile.mean == 1
    assert 1 <= one.profile.peak_minute_factor <= 60


@given(st.dictionaries(st.integers(0, 10_000), st.integers(1, 50), min_size=1, max_size=80))
def test_portions_keep_the_mean_and_the_longest(counts: dict[int, int]) -> None:
    """However many lengths there are."""
    lengths = portions(Counter(counts))
    total = sum(counts.values())
    assert lengths.mean == Fraction(sum(t * n for t, n in counts.items()), total)
    assert lengths.longest == max(counts)
    assert len(lengths.portions) <= 22


def test_no_portion_has_prompts_of_two_prices_in_it() -> None:
    """A hundredth of 300,000 tokens beside 4% of 100,000: 1% stays above 200,000 tokens."""
    short = Counter({1000 + n: 19 for n in range(50)})
    lengths = portions(
        short + Counter({100_000 + n: 4 for n in range(10)}) + Counter(range(300_001, 300_011))
    )
    above = [p for p in lengths.portions if p.tokens > 200_000]
    assert sum(p.share for p in above) == Fraction(1, 100)
    assert above[0].tokens == Fraction(600_011, 2)


def test_a_long_log_takes_seconds_and_little_memory(tmp_path: Path) -> None:
    """200,000 rows within 10 s, a fifth of a million's, and within 20 MB while they are traced."""
    chance = random.Random(1)  # noqa: S311  (a sample, no secret)
    rows = (
        row(chance.randrange(28 * 1440), chance.randrange(8000), chance.randrange(1000))
        for _ in range(200_000)
    )
    path = write(tmp_path, rows)
    began = time.perf_counter()
    assert read_request_log(path).requests == 200_000
    assert time.perf_counter() - began < 10
    short = tmp_path / "short.csv"
    short.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:20_001]))
    tracemalloc.start()
    try:
        read_request_log(short)
        assert tracemalloc.get_traced_memory()[1] < 20_000_000
    finally:
        tracemalloc.stop()
