"""Claims about a server that is not ours: `transformers serve` is measured end to end."""

import datetime as dt
from collections.abc import Iterator

import pytest

from planner.core.measurements import Measurement
from planner.probe.ask import Api, ServerAsk
from planner.probe.lengths import Lengths
from planner.probe.server import probe_server
from tests.heavy.transformers_server import transformers_serve


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A running server."""
    with transformers_serve(tmp_path_factory.mktemp("model")) as address:
        yield address


def measured(url: str, api: Api) -> tuple[Measurement, ...]:
    """One and four clients, then four requests a second."""
    ask = ServerAsk(
        url=url,
        api=api,
        input_tokens=Lengths.parse("64"),
        output_tokens=Lengths.parse("16"),
        concurrency=(1, 4),
        rates=(4.0,),
        requests_per_level=12,
        seconds_per_level=1.0,
        ttft_limit_ms=60_000,
    )
    return probe_server(ask, now=lambda: dt.datetime.now(dt.UTC), tell=lambda _line: None)


@pytest.mark.parametrize("api", ["auto", "chat"])
def test_a_real_server_is_measured(url: str, api: Api) -> None:
    """Lengths are reached to the token, nothing fails, and every time and rate is there."""
    levels = measured(url, api)
    assert [level.drive for level in levels] == ["closed_loop", "closed_loop", "open_loop"]
    for level in levels:
        assert (level.engine, level.input_tokens, level.output_tokens) == ("transformers", 64, 16)
        assert level.requests is not None
        assert (level.requests.failed, level.requests.short) == (0, 0)
        assert level.requests.completed >= 12
        assert None not in (level.ttft_ms, level.tpot_ms, level.itl_ms, level.e2e_ms)
        assert level.goodput is not None
        assert level.goodput.share == 1
        assert (level.output_tokens_per_second or 0) > 0
