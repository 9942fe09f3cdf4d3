"""A small probe of a stand-in server, and what it told."""

import datetime as dt
from typing import Any

from planner.core.measurements import Measurement
from planner.probe.ask import ServerAsk
from planner.probe.lengths import Lengths
from planner.probe.server import probe_server
from tests.cloud.openai_server import OpenAiServer

NOW = dt.datetime(2026, 11, 26, 9, tzinfo=dt.UTC)


def probe(server: OpenAiServer | str, **fields: Any) -> tuple[Measurement, ...]:
    """Measure with one client and few short requests, unless told otherwise."""
    usual: dict[str, Any] = {
        "input_tokens": Lengths.parse("40"),
        "output_tokens": Lengths.parse("8"),
        "concurrency": (1,),
        "requests_per_level": 3,
        "seconds_per_level": 0.0,
        "warmups": 0,
        "timeout_seconds": 20.0,
    }
    url = server if isinstance(server, str) else server.url
    ask = ServerAsk(url=url, **(usual | fields))
    return probe_server(ask, now=lambda: NOW, tell=lambda _line: None)
