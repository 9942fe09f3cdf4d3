"""Claims about reaching Gemini: the real SDK against a stand-in, its pages and its key."""

import pytest

from planner.collectors.gemini import HINT, GeminiCollector
from planner.core.offers import Offer
from planner.core.snapshots import Coverage, Status
from tests.cloud.gemini import KEY, GeminiCloud, model
from tests.cloud.server import Fault, Reply, Server, on_path, serving
from tests.collectors.gemini_calls import collected, outcome, reach, server

__all__ = ["server"]


def test_the_whole_list_is_read_with_one_question(server: Server) -> None:
    """A page of 1,000 of v1beta is asked for, where previews are, and the key is in no address."""
    harvest = collected()
    assert harvest.coverage == (Coverage(region="global"),)
    assert {r.model for r in harvest.records if isinstance(r, Offer)} >= {"gemini-3-pro-preview"}
    (seen,) = server.seen
    assert (seen.method, seen.path, seen.query["pageSize"]) == ("GET", "/v1beta/models", "1000")
    assert KEY not in str(seen.query)


def test_pages_are_followed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Seven models in pages of three are seven models, from three questions."""
    world = GeminiCloud([model(f"gemini-{n}") for n in range(7)], page_most=3)
    with serving(world.cloud) as running:
        reach(running, monkeypatch)
        harvest = collected()
    assert len(harvest.records) == 14
    assert [seen.query.get("pageToken") for seen in running.seen] == [None, "YXQ6Mw==", "YXQ6Ng=="]


def test_a_full_page_without_token_is_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """A page as long as was asked for, that names no next one, is the whole list."""
    with serving(GeminiCloud([model(f"gemini-{n}") for n in range(1000)]).cloud) as running:
        reach(running, monkeypatch)
        assert outcome(collected()) == (Status.OK, None)
    assert len(running.seen) == 1


def test_pages_that_go_round_in_a_circle_end(server: Server) -> None:
    """Each token is asked for once; a list that leads back to it is no list."""
    page = Reply(body={"models": [model()], "nextPageToken": "again"})
    server.faults.append(Fault(matches=on_path("/models"), reply=page))
    said = (Status.FAILED, "the list of models does not end after 2 pages")
    assert outcome(collected()) == said
    assert len(server.seen) == 2


def test_pages_without_end_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """After twenty pages nothing more is asked."""
    world = GeminiCloud([model(f"gemini-{n}") for n in range(22)], page_most=1)
    with serving(world.cloud) as running:
        reach(running, monkeypatch)
        assert outcome(collected())[0] is Status.FAILED
    assert len(running.seen) == 20


def test_a_page_that_is_lost_makes_the_list_failed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Half a list is no list: no record of it is kept."""
    world = GeminiCloud([model(f"gemini-{n}") for n in range(4)], page_most=3)
    with serving(world.cloud) as running:
        reach(running, monkeypatch)
        second = Fault(matches=lambda seen: "pageToken" in seen.query, reply=Reply(status=500))
        running.faults.append(second)
        harvest = collected()
    assert harvest.records == ()
    assert outcome(harvest) == (Status.FAILED, "the API failed (500)")


def test_another_region_is_not_asked(server: Server) -> None:
    """A collection of Azure's regions has nothing to ask here, and covers nothing."""
    harvest = collected(regions=("eastus2",))
    assert (harvest.records, harvest.coverage, server.seen) == ((), (), [])


def test_without_key_nothing_is_asked(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """The answer says where to make a key."""
    monkeypatch.delenv("GEMINI_API_KEY")
    assert outcome(collected()) == (Status.DENIED, f"no key is set; {HINT}")
    assert GeminiCollector().login().credentials is None
    assert server.seen == []


def test_login_names_the_variable_not_the_key(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of two keys the one is taken that google-genai takes; its value is not told."""
    monkeypatch.setenv("GEMINI_API_KEY", KEY)
    assert GeminiCollector().login().credentials == "key in GEMINI_API_KEY"
    monkeypatch.setenv("GOOGLE_API_KEY", "another")
    login = GeminiCollector().login()
    assert login.credentials == "key in GOOGLE_API_KEY"
    assert list(login.sdk) == ["google-genai"]
    assert (login.missing_extra, login.hint) == (None, None)


def test_vertex_settings_do_not_lead_elsewhere(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """GOOGLE_GENAI_USE_VERTEXAI is for other programs: the Gemini API is asked."""
    monkeypatch.setenv("GOOGLE_GENAI_USE_VERTEXAI", "true")
    assert outcome(collected()) == (Status.OK, None)
    assert len(server.seen) == 1


def test_a_key_is_not_sent_in_the_open(monkeypatch: pytest.MonkeyPatch) -> None:
    """Plain http leads to this machine or nowhere."""
    monkeypatch.setenv("GEMINI_API_KEY", KEY)
    monkeypatch.setenv("GOOGLE_GEMINI_BASE_URL", "http://192.0.2.1")
    said = "GOOGLE_GEMINI_BASE_URL would show the key to all; use https"
    assert outcome(collected()) == (Status.FAILED, said)


@pytest.mark.parametrize("address", ["http://[", "ftp://example.com", "example.com", "https://"])
def test_an_address_that_is_none_is_told(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is named by its variable, never by its text."""
    monkeypatch.setenv("GEMINI_API_KEY", KEY)
    monkeypatch.setenv("GOOGLE_GEMINI_BASE_URL", address)
    said = "GOOGLE_GEMINI_BASE_URL is no https address; correct it or unset it"
    assert outcome(collected()) == (Status.FAILED, said)


def test_settings_that_stop_the_sdk_are_told(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A certificate file that is not there stops the SDK, not the program."""
    monkeypatch.setenv("SSL_CERT_FILE", "/nowhere/ca.pem")
    said = "the SDK cannot be set up (FileNotFoundError)"
    assert outcome(collected()) == (Status.FAILED, said)
    assert server.seen == []


def test_a_key_that_is_no_key_is_told(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """A key that no header can carry is not asked with, and not told."""
    monkeypatch.setenv("GEMINI_API_KEY", "schlüssel\nzwei")
    assert outcome(collected()) == (Status.FAILED, "the key or the address cannot be used")
    assert server.seen == []
