"""Claims about bodies and pages that a server may send instead of a list."""

from collections.abc import Callable
from pathlib import Path

import pytest

from planner.collectors._azure_limits import Limits
from planner.core.snapshots import Status
from tests.cloud.azure import AzureCloud
from tests.cloud.server import Reply, Server, bomb, serving
from tests.collectors.azure_calls import ask, asked, certificate, fault, place, start

__all__ = ["certificate", "start"]


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        (Reply(body=b'{"value": [{"kind"'), "no JSON, or cut off"),
        (Reply(body=b"<html>Sign in</html>"), "no JSON, or cut off"),
        (Reply(body=b""), "no JSON, or cut off"),
        (Reply(body=b"[" * 100_000), 'no list under "value"'),
        (Reply(body=b'{"value": [' + b"[" * 100_000), "no JSON, or cut off"),
        (Reply(body={}), 'no list under "value"'),
        (Reply(body={"value": None}), 'no list under "value"'),
        (Reply(body={"value": [], "nextLink": 5}), 'no list under "value"'),
        (Reply(body=b'{"value": ["\xff\xfe"]}'), "no valid UTF-8"),
        (Reply(body=b"x", headers={"Content-Encoding": "br"}), "packed in a way"),
        (Reply(body=b"x" * 99, headers={"Content-Encoding": "gzip"}), "cannot be unpacked"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_body_that_is_no_list_fails_the_region(
    start: Callable[..., Server], reply: Reply, reason: str
) -> None:
    """The reason is told, and the quotas of the region still land."""
    server = start()
    fault(server, "/models", reply)
    _, harvest = ask()
    entry = place(harvest)
    assert (entry.status, entry.quota_status) == (Status.FAILED, Status.OK)
    assert entry.error is not None
    assert reason in entry.error


def test_an_empty_list_is_a_look(start: Callable[..., Server]) -> None:
    """A region whose list is empty was read; what that means is not decided here."""
    server = start()
    fault(server, "/models", Reply(body={"value": []}))
    assert place(ask()[1]).status is Status.OK


def test_empty_quotas_are_unknown_ones(start: Callable[..., Server]) -> None:
    """No account has no quota at all: such a list is not believed."""
    server = start()
    fault(server, "CognitiveServices/locations/swedencentral/usages", Reply(body={"value": []}))
    entry = place(ask()[1])
    assert (entry.status, entry.quota_status) == (Status.OK, Status.SUSPECT)


def test_a_dripping_body_has_a_deadline(start: Callable[..., Server]) -> None:
    """Bytes that keep coming do not keep the region open."""
    server = start()
    fault(server, "/models", Reply(body={"value": []}, drip=0.2))
    entry = place(ask(region_seconds=0.5)[1])
    assert (entry.status, entry.error) == (
        Status.FAILED,
        "no whole answer within the time that a region has",
    )


def test_a_bomb_is_not_unpacked(start: Callable[..., Server]) -> None:
    """Reading ends at the limit, whatever the body would unpack to."""
    server = start()
    fault(server, "/models", bomb(50 * 2**20))
    entry = place(ask(Limits(bytes_maximum=2**20))[1])
    assert (entry.status, entry.error) == (Status.FAILED, "the answer is larger than 1 MiB")


def test_pages_that_loop_are_read_once(start: Callable[..., Server]) -> None:
    """Whether the list is whole is then unknown: the region failed."""
    server = start()
    fault(server, "/models", Reply(body={"value": [], "nextLink": f"{server.url}/loop/models"}))
    entry = place(ask()[1])
    assert (entry.status, entry.error) == (Status.FAILED, "the pages of the answer loop")
    assert asked(server, "/models") == 2


def test_pages_without_end_are_cut(start: Callable[..., Server]) -> None:
    """A list of more pages than the limit failed."""
    start(AzureCloud(page_size=1))
    entry = place(ask(Limits(pages_maximum=3))[1])
    assert (entry.status, entry.error) == (Status.FAILED, "the answer has more than 3 pages")


def test_another_host_never_gets_the_token(
    start: Callable[..., Server], certificate: tuple[Path, Path]
) -> None:
    """A next page elsewhere is refused: on another port, under another scheme, with a user."""
    server = start()
    with serving(AzureCloud().cloud, certificate) as other:
        same = server.url.removeprefix("https://")
        for link in (f"{other.url}/models", f"http://{same}/models", f"https://u@{same}/models"):
            server.faults.clear()
            fault(server, "/models", Reply(body={"value": [], "nextLink": link}))
            entry = place(ask()[1])
            assert (entry.status, entry.error) == (
                Status.FAILED,
                "the next page is on another host; not followed",
            )
        assert other.seen == []
