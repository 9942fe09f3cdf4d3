"""Claims about units reserved, by the hour and spilling over: at the lowest cost, exactly."""

from fractions import Fraction
from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from planner.core.duration import Level, LoadCurve, hour_of, load_curve
from planner.core.profiles import daily, flat
from planner.core.provisioned import LayerPrices, Layers, Waiting, best_layers
from planner.core.unit_grid import Grid


def curve(*levels: tuple[int, str]) -> LoadCurve:
    """A load of some requests per hour for shares of the time."""
    return LoadCurve.of_levels(Level(Fraction(rate), Fraction(share)) for rate, share in levels)


def by_trial(
    load: LoadCurve, grid: Grid, per_unit: Fraction, prices: LayerPrices, growth: list[Fraction]
) -> Fraction | None:
    """The lowest cost per hour of any reserved count and any count for each of the hours."""
    most = max(load.peak * factor / per_unit for factor in growth)
    counts = [0, *(n for k in range(200) if (n := grid.count(k)) <= (grid.limit or n))]
    counts = [n for n in counts if n <= most + grid.minimum + grid.step]
    best = None
    for reserved in counts if prices.reserved is not None else [0]:
        total = Fraction()
        for factor, hour in product(growth, load.hours):
            ways = []
            for n in counts:
                if n < reserved or (n > reserved and prices.hourly is None):
                    continue
                needs = [(le.share, le.requests_per_hour * factor / per_unit) for le in hour.levels]
                missing = sum((s * max(Fraction(), need - n) for s, need in needs), Fraction())
                if missing and prices.overflow is None:
                    continue
                over = max(need for _, need in needs) - n
                if prices.most_over is not None and over * per_unit > prices.most_over:
                    continue
                usd = (n - reserved) * (prices.hourly or 0)
                ways.append(usd + missing * per_unit * (prices.overflow or 0))
            if not ways:
                break
            total += min(ways) * hour.share
        else:
            usd = total / len(growth) + reserved * (prices.reserved or 0)
            best = usd if best is None else min(best, usd)
    return best


def told(layers: Layers) -> list[float]:
    """Units reserved and by the hour, what spills, and the cost per hour."""
    figures = (layers.reserved, layers.hourly, layers.spilled, layers.usd_per_hour)
    return [float(figure) for figure in figures]


amount = st.fractions(min_value=0, max_value=10, max_denominator=20)
price = st.one_of(
    st.none(), st.fractions(min_value=Fraction(1, 20), max_value=5, max_denominator=20)
)


@given(
    rates=st.lists(st.tuples(amount, st.integers(1, 5)), min_size=1, max_size=5).filter(
        lambda rates: any(rate for rate, _ in rates)
    ),
    grid=st.builds(
        lambda minimum, step, steps: Grid(
            minimum=minimum, step=step, limit=None if steps is None else minimum + steps * step
        ),
        st.integers(1, 6),
        st.integers(1, 4),
        st.one_of(st.none(), st.integers(0, 4)),
    ),
    prices=st.builds(
        LayerPrices, reserved=price, hourly=price, overflow=price, most_over=st.none() | amount
    ),
    sharper=st.sampled_from([Fraction(1), Fraction(2), Fraction(7)]),
    growth=st.lists(st.sampled_from([Fraction(1), Fraction(3, 2), Fraction(2, 3)]), min_size=1,
                    max_size=2),
)  # fmt: skip
def test_no_trial_finds_a_lower_cost(
    rates: list[tuple[Fraction, int]],
    grid: Grid,
    prices: LayerPrices,
    sharper: Fraction,
    growth: list[Fraction],
) -> None:
    """The layers cost what the best of all counts costs, and are None where none carries."""
    total = sum(weight for _, weight in rates)
    load = LoadCurve(
        hour_of(rest * sharper, rest, Fraction(weight, total)) for rest, weight in rates
    )
    per_unit = Fraction(2, 3)

    found = best_layers(load.grown(growth), grid, per_unit, prices)

    tried = by_trial(load, grid, per_unit, prices, growth)
    assert (None if found is None else found.usd_per_hour) == tried


def test_a_flat_load_reserves_all_of_it_or_nothing() -> None:
    """360 units of 1,000 requests each at 0.9 of what they save: all are reserved."""
    layers = best_layers(
        load_curve(flat(), Fraction(36_000)), Grid(minimum=15, step=5), Fraction(100),
        LayerPrices(reserved=Fraction(9, 10), overflow=Fraction(1, 100)),
    )  # fmt: skip
    assert layers is not None
    assert told(layers) == [360, 0, 0, 324]


def test_peaks_spill_over() -> None:
    """A unit is reserved only for a load that stands for more of the time than it costs."""
    load = curve((100, "0.5"), (300, "0.4"), (1000, "0.1"))
    prices = LayerPrices(reserved=Fraction(1, 4), overflow=Fraction(1, 100))
    layers = best_layers(load, Grid(), Fraction(100), prices)
    assert layers is not None
    assert told(layers) == [3, 0, 70, 1.45]


def test_units_by_the_hour_fill_the_middle() -> None:
    """Between what is always there and what is rare, units by the hour follow the load."""
    load = curve((100, "0.5"), (300, "0.4"), (350, "0.1"))
    prices = LayerPrices(
        reserved=Fraction(7, 10), hourly=Fraction(8, 10), overflow=Fraction(1, 100)
    )
    layers = best_layers(load, Grid(), Fraction(100), prices)
    assert layers is not None
    assert told(layers) == [1, 1, 5, 1.55]
    assert layers.hourly_peak == 2


def test_the_busiest_minute_counts() -> None:
    """A peak of 3 within the minute leaves 58/59 of two thirds to the others: the mean stays."""
    profile = daily(range(24), peak_minute_factor=Fraction(3), told="flat with peaks")
    load = load_curve(profile, Fraction(600))
    assert [float(load.peak), float(load.mean)] == [1800, 600]
    assert load.share_above(Fraction(600)) == Fraction(1, 60)
    assert load.over(Fraction(600)) == 20


def test_units_by_the_hour_are_paid_for_the_whole_hour() -> None:
    """A busiest minute of ten times the mean costs ten times the units, or spills over."""
    profile = daily(range(24), peak_minute_factor=Fraction(10), told="flat with peaks")
    load = load_curve(profile, Fraction(600))
    alone = best_layers(load, Grid(), Fraction(100), LayerPrices(hourly=Fraction(1)))
    mixed = best_layers(
        load, Grid(), Fraction(100), LayerPrices(hourly=Fraction(1), overflow=Fraction(1, 50))
    )
    assert alone is not None
    assert mixed is not None
    assert told(alone) == [0, 60, 0, 60]
    assert told(mixed) == [0, 5, 100, 7]


@given(
    day=st.lists(amount, min_size=2, max_size=4),
    waits=amount,
    usd=st.tuples(*[st.fractions(min_value=Fraction(1, 20), max_value=5, max_denominator=20)] * 3),
    grid=st.builds(
        lambda minimum, step: Grid(minimum=minimum, step=step),
        st.integers(1, 4),
        st.integers(1, 3),
    ),
)
def test_idle_time_for_what_waits_counts(
    day: list[Fraction], waits: Fraction, usd: tuple[Fraction, Fraction, Fraction], grid: Grid
) -> None:
    """The reserved count is the best one for what spills and for what waits together."""
    load = LoadCurve.of_levels(Level(rate, Fraction(1, len(day))) for rate in day)
    reserved, *others = usd
    batch, overflow = sorted(others)  # what waits goes wherever that costs least

    def beyond(capacity: Fraction) -> Fraction:
        return max(Fraction(), waits - (capacity - load.mean + load.over(capacity)))

    waiting = Waiting(beyond=beyond, widest=load.mean + waits, usd=batch)
    prices = LayerPrices(reserved=reserved, overflow=overflow, waiting=waiting)
    found = best_layers(load, grid, Fraction(1), prices)
    assert found is not None
    tried = [
        n * reserved + load.over(Fraction(n)) * overflow + beyond(Fraction(n)) * batch
        for n in (0, *(grid.count(k) for k in range(30)))
    ]
    assert found.usd_per_hour == min(tried)
