"""A model served on GPUs, and what comes out of it: one point of the roofline with efficiencies."""

import math

import msgspec

from planner.core.efficiencies import Efficiencies, Scenario, Setting, setting_of
from planner.core.roofline import Factors, Replica, Traffic

TPOT_SHARE = 0.7
"""Which share of a limit on the 99th percentile of the time per token its mean may take: a choice;
MLPerf's servers, whose limit is a percentile, come out right with it."""


SERVED_ALONE, SERVED_AMONG_OTHERS = 1.3, 3.6
"""How many times the fitted roofline's time to the first token servers take: for a request that
comes alone, and in steady load, where a step of the running batch comes on top. Medians over the
rows of benchmarks/data: 40 of one request in 20 cells (80% within 0.5 and 2.1), 304 of 2 to 128
requests at once in 25 cells (2.2 and 10.6), AWS' chips left out. Engines that are driven with
static batches of one take the roofline's itself (17 rows, 1.1 to 1.8)."""


class Run(msgspec.Struct, frozen=True, kw_only=True):
    """So many copies of a model under traffic, the engine driven so (see `Setting`)."""

    replica: Replica
    replicas: int = 1
    traffic: Traffic
    harness: str = "serve"
    scenario: Scenario = "plain"
    speculative: bool = False

    @property
    def setting(self) -> Setting:
        """What the efficiencies depend on."""
        return setting_of(self.replica, self.harness, self.scenario, speculative=self.speculative)

    @property
    def busy(self) -> int:
        """Copies that have something to do: no more than requests."""
        concurrency = self.traffic.concurrency
        if concurrency is None:
            return self.replicas
        return min(self.replicas, max(1, math.floor(concurrency)))

    @property
    def max_concurrency(self) -> int:
        """Requests that all copies together can run at once."""
        return self.replicas * max(1, self.replica.most(self.traffic))


class Estimate(msgspec.Struct, frozen=True, kw_only=True):
    """What a run yields: the whole system's output tokens per second, and the times of a request.

    `running` requests are under way at once. The time to the first token is that in steady load,
    without the queue of a burst or of an overload; the time per token is the mean.
    """

    output_tokens_per_second: float
    running: float
    ttft_seconds: float
    tpot_seconds: float


def estimate(run: Run, efficiencies: Efficiencies) -> Estimate:
    """Work out a run; a limit on the time per token bounds the running requests."""
    factors = efficiencies.factors(run.setting)
    busy = run.busy
    traffic = run.traffic.over(busy)
    batch = _within_limit(run.replica, traffic, factors)
    each = factors.rate / factors.seconds(run.replica.parts(batch, traffic))
    first = run.replica.first_token_seconds(traffic.input_tokens, factors)
    if run.harness == "serve":
        first = SERVED_AMONG_OTHERS * first + batch / each if batch > 1 else SERVED_ALONE * first
    return Estimate(
        output_tokens_per_second=busy * each,
        running=busy * batch,
        ttft_seconds=first,
        tpot_seconds=batch / each,
    )


def running(run: Run, efficiencies: Efficiencies) -> float:
    """Running requests of each busy copy."""
    return _within_limit(run.replica, run.traffic.over(run.busy), efficiencies.factors(run.setting))


def _within_limit(replica: Replica, traffic: Traffic, factors: Factors) -> float:
    """The most running requests of one copy that keep the limit on the time per token.

    The rate factor stays out: it speaks of the whole run, queues and pauses too.
    """
    batch = replica.batch(traffic)
    if traffic.tpot_limit_seconds is None:
        return batch
    limit = traffic.tpot_limit_seconds * TPOT_SHARE

    def too_slow(size: float) -> bool:
        return size * factors.seconds(replica.parts(size, traffic)) > limit

    if not too_slow(batch):
        return batch
    low, high = 1.0, batch
    for _ in range(30):
        middle = math.sqrt(low * high)
        low, high = (low, middle) if too_slow(middle) else (middle, high)
    return low
