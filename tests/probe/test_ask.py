"""Claims about what a server may be asked: ranges, addresses, and what stays secret."""

from typing import Any

import pytest

from planner.errors import UsageError
from planner.probe.ask import ServerAsk


@pytest.mark.parametrize(
    ("url", "place", "base", "query"),
    [
        ("localhost:8000", "http://localhost:8000", "http://localhost:8000", ""),
        ("http://h/v1/", "http://h/v1/", "http://h/v1", ""),
        ("https://h/v1/chat/completions", "https://h/v1/chat/completions", "https://h/v1", ""),
        ("http://u:secret@h:1/a?api-version=2#f", "http://h:1/a", "http://h:1/a", "?api-version=2"),
        ("http://[::1]:8000/v1/models", "http://[::1]:8000/v1/models", "http://[::1]:8000/v1", ""),
    ],
)
def test_an_address_is_shown_without_its_secrets(
    url: str, place: str, base: str, query: str
) -> None:
    """Login, query and fragment are never shown; the name of a call is cut off the base."""
    ask = ServerAsk(url=url)
    assert (ask.place, ask.base, ask.query) == (place, base, query)
    assert repr(ask) == f"ServerAsk({place!r})"


@pytest.mark.parametrize("url", ["", "ftp://h", "http://", "http://h:99999", "http://[", "h:0"])
def test_another_address_is_refused_without_being_shown(url: str) -> None:
    """It may hold a password, so that the error does not repeat it."""
    with pytest.raises(UsageError) as refused:
        ServerAsk(url=url)
    assert str(refused.value) == (
        "the address of the server is no http(s) one; give it like http://localhost:8000/v1"
    )


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"concurrency": (1, 0)}, "a concurrency is out of range; give 1 to 10,000 clients"),
        ({"max_concurrency": 10**6}, "a concurrency is out of range; give 1 to 10,000 clients"),
        ({"rates": (1.0, float("nan"))}, "a rate is nan; give a number above 0"),
        ({"rates": (0.0,)}, "a rate is 0; give a number above 0"),
        ({"timeout_seconds": float("inf")}, "timeout_seconds is inf; give a number above 0"),
        ({"ttft_limit_ms": 0.0}, "ttft_limit_ms is 0; give a number above 0"),
        ({"tpot_limit_ms": -3.0}, "tpot_limit_ms is -3; give a number above 0"),
        ({"warmups": -1}, "warmups is -1; give a number of 0 or more"),
        ({"seconds_per_level": -1.0}, "seconds_per_level is -1; give a number of 0 or more"),
    ],
)
def test_numbers_out_of_range_are_refused(fields: dict[str, Any], said: str) -> None:
    """One line with the number and what to give."""
    with pytest.raises(UsageError) as refused:
        ServerAsk(url="http://h", **fields)
    assert str(refused.value) == said


def test_a_key_goes_into_the_header_alone() -> None:
    """As a bearer token; a login of the address as a basic one; both contradict one another."""
    assert ServerAsk(url="http://h", api_key="k3y").headers == {"Authorization": "Bearer k3y"}
    assert ServerAsk(url="http://a:b@h").headers == {"Authorization": "Basic YTpi"}
    assert ServerAsk(url="http://a%40c:b@h").headers == {"Authorization": "Basic YUBjOmI="}
    assert ServerAsk(url="http://h").headers == {}
    assert "k3y" not in repr(ServerAsk(url="http://h", api_key="k3y"))
    with pytest.raises(UsageError, match="give one of them") as refused:
        ServerAsk(url="http://a:b@h", api_key="k3y")
    assert "k3y" not in str(refused.value)
    with pytest.raises(UsageError, match="no header can carry"):
        ServerAsk(url="http://h", api_key="k3y\r\nHost: x")
