"""How much of a datasheet engines really reach: factors of the roofline's parts, by what is served.

A factor is 1 / efficiency: MBU 0.6 is a factor of 1.67 on `weights`. The common one of each part
is multiplied by offsets of the GPU's generation, the format of the weights, the harness (which
engine, driven how) and the harness with the kind of model. They were fitted in logarithms to
published figures with partial pooling, so that a level that few rows speak for stays near 1;
`python -m benchmarks.fit_efficiencies` repeats it.
"""

import math
from collections.abc import Callable, Mapping
from functools import cache, cached_property
from typing import Literal

import msgspec

from planner.core.hardware import WeightFormat
from planner.core.roofline import Factors, Replica

Scenario = Literal["plain", "burst", "open", "server", "interactive"]
Basis = Literal["measured", "anchored", "transferred", "textbook"]

UNSEEN_ENGINE = 1.5
UNSEEN_OTHER = 1.2
"""How much wider (in logarithms) the interval is for an engine, and for a generation, a format of
weights, a harness or an engine's generation that no published row speaks for. With 1.5 engines
that were left out of the fit stay in 80% of their intervals; 1.2 is a choice."""

_UNSEEN_WORDS = {
    "engine": "the engine {}",
    "generation": "the generation {}",
    "format": "{} weights",
    "harness": "{}",
    "engine and generation": "{}",
}

PARTS = (
    "weights", "kv", "matmul", "layers", "step", "wires", "prefill", "attention", "token", "tail",
)  # fmt: skip
_AT_MOST_THE_DATASHEET = ("weights", "kv", "matmul", "wires", "prefill", "attention")
_FORMATS: dict[WeightFormat, str] = {
    "bf16": "16-bit",
    "fp16": "16-bit",
    "int4": "4-bit",
    "q4_k_m": "4-bit",
    "q8_0": "8-bit",
}


class Setting(msgspec.Struct, frozen=True, kw_only=True):
    """What the efficiencies of a run depend on.

    `harness` is how the engine was driven: "serve" (a server under requests),
    "burst" (one that a finite burst hits at once), "static" (batches
    handed in), "mlperf", "bench" (an engine's own benchmark of a full queue).
    """

    engine: str
    harness: str = "serve"
    generation: str
    format: str
    experts: bool
    scenario: Scenario = "plain"
    speculative: bool = False
    tensor: int = 1
    pipeline: int = 1

    def levels(self) -> dict[str, str]:
        """What each level of the offsets is called here."""
        harness = f"{self.engine}/{self.harness}"
        return {
            "generation": self.generation,
            "format": self.format,
            "harness": harness,
            "harness and kind": f"{harness}/{'moe' if self.experts else 'dense'}",
        }

    def rates(self) -> dict[str, float]:
        """What multiplies the rate as a whole, each to this power."""
        powers = {
            f"scenario:{self.scenario}": 1.0,
            f"generation:{self.generation}": 1.0,
            f"harness:{self.engine}/{self.harness}": 1.0,
            f"engine and generation:{self.engine}/{self.generation}": 1.0,
        }
        if self.speculative:
            powers["speculative"] = 1.0
        if self.experts:
            powers["moe"] = 1.0
        if self.tensor > 1:
            powers["tensor parallel"] = float(self.tensor.bit_length() - 1)  # per doubling
        if self.pipeline > 1:
            powers["pipeline parallel"] = float(self.pipeline.bit_length() - 1)
        return powers


def setting_of(
    replica: Replica,
    harness: str = "serve",
    scenario: Scenario = "plain",
    *,
    speculative: bool = False,
) -> Setting:
    """The setting of a copy of a model, driven so."""
    return Setting(
        engine=replica.engine.name,
        harness=harness,
        generation=replica.gpu.generation,
        format=_FORMATS.get(replica.weights, replica.weights),
        experts=bool(replica.architecture.experts),
        scenario=scenario,
        speculative=speculative,
        tensor=replica.layout.tensor,
        pipeline=1 if replica.layout.sequential else replica.layout.pipeline,
    )


class Spread(msgspec.Struct, frozen=True):
    """Low and high of an 80% interval, as multiples of its middle."""

    low: float
    high: float

    def wider(self, by: float) -> "Spread":
        """The spread with `by` times its width in logarithms."""
        return Spread(self.low**by, self.high**by)


def kind_of(harness: str) -> str:
    """Whether a server answered requests or a burst of them, or an engine was driven by itself."""
    return {"serve": "served", "burst": "burst"}.get(harness, "driven")


class Efficiencies(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """A set of factors.

    `common` by part; `offsets` by (part, level, name) and `rates` by name, all multiplied;
    `spreads` by harness ("vllm/serve"), and by "driven", "served" and "burst" for the others;
    `seen` are the names that some published row speaks for, by level.
    """

    common: Mapping[str, float]
    offsets: Mapping[tuple[str, str, str], float] = {}
    rates: Mapping[str, float] = {}
    spreads: Mapping[str, Spread]
    seen: Mapping[str, frozenset[str]] = {}
    basis: Basis = "transferred"

    @cached_property
    def factors(self) -> Callable[[Setting], Factors]:
        """The factors of a setting, its rate factor included; worked out once of each.

        Of an engine that no row saw driven so, those of how it was.
        """
        return cache(self._factors)

    @cached_property
    def spread(self) -> Callable[[Setting], Spread]:
        """The interval of a setting, wider where nothing like it was published."""
        return cache(self._spread)

    @cached_property
    def unseen(self) -> Callable[[Setting], tuple[str, ...]]:
        """In words, what no published row speaks for in a setting."""
        return cache(self._unseen_in_words)

    def _factors(self, setting: Setting) -> Factors:
        setting = msgspec.structs.replace(setting, harness=self._nearest(setting))
        named = setting.levels().items()
        found = dict(self.common)
        for part in PARTS:
            for level, name in named:
                found[part] *= self.offsets.get((part, level, name), 1.0)
        for part in _AT_MOST_THE_DATASHEET:
            found[part] = max(1.0, found[part])
        rate = 1.0
        for name, power in setting.rates().items():
            rate *= self.rates.get(name, 1.0) ** power
        return Factors(**found, rate=rate)

    def _spread(self, setting: Setting) -> Spread:
        own = self.spreads.get(f"{setting.engine}/{setting.harness}")
        spread = own or self.spreads[kind_of(setting.harness)]
        return spread.wider(self.widening(setting))

    def widening(self, setting: Setting) -> float:
        """By how much the interval is wider, in logarithms, for what was never seen."""
        unseen = self._unseen(setting)
        return math.prod(UNSEEN_ENGINE if level == "engine" else UNSEEN_OTHER for level in unseen)

    def _unseen_in_words(self, setting: Setting) -> tuple[str, ...]:
        return tuple(
            f"no published figure speaks for {_UNSEEN_WORDS[level].format(name)}"
            for level, name in self._unseen(setting).items()
        )

    def _nearest(self, setting: Setting) -> str:
        """The harness, or another one of the engine's where that one was never seen."""
        start = f"{setting.engine}/"
        own = sorted(name for name in self.seen.get("harness", ()) if name.startswith(start))
        if not own or start + setting.harness in own:
            return setting.harness
        return own[0].removeprefix(start)

    def _unseen(self, setting: Setting) -> dict[str, str]:
        """The levels, and their names, that no published row speaks for."""
        if not self.seen:
            return {}
        named = {
            "engine": setting.engine,
            "generation": setting.generation,
            "format": setting.format,
            "harness": f"{setting.engine}/{setting.harness}",
            "engine and generation": f"{setting.engine}/{setting.generation}",
        }
        missing = {k: name for k, name in named.items() if name not in self.seen.get(k, ())}
        if "engine" in missing:
            missing.pop("harness", None)
        if "engine" in missing or "generation" in missing:
            missing.pop("engine and generation", None)
        return missing


def _without_overheads(*, bandwidth: float, peak: float) -> dict[str, float]:
    counts = dict.fromkeys(("layers", "step", "token", "tail"), 0.0)
    return {
        "weights": 1 / bandwidth,
        "kv": 1 / bandwidth,
        "matmul": 1 / peak,
        "prefill": 1 / peak,
        "attention": 1 / peak,
        "wires": 1.0,
        **counts,
    }


# The percentiles of published / predicted over 61 cells of 765 rows of quality A (2023 to 2026).
_TEXTBOOK_SPREAD = Spread(0.26, 1.39)

TEXTBOOK = Efficiencies(
    common=_without_overheads(bandwidth=0.8, peak=0.5),
    spreads=dict.fromkeys(("driven", "served", "burst"), _TEXTBOOK_SPREAD),
    basis="textbook",
)
"""MBU 0.8 and MFU 0.5, the usual rules of thumb, and nothing else."""

IDEAL = Efficiencies(
    common=_without_overheads(bandwidth=1.0, peak=1.0),
    spreads=dict.fromkeys(("driven", "served", "burst"), Spread(0.1, 1.0)),
    basis="textbook",
)
"""The datasheet as it stands: what no engine reaches. Its spread is no claim."""
