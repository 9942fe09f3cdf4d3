"""A team's repository, and the stand-in clouds that its runs collect from."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.ci.steps import Repository
from tests.cloud.gemini import WORLD
from tests.cloud.server import Fault, Reply, Server
from tests.cloud.world import STAND_INS
from tests.collectors.samples import reached


class Sky:
    """Bedrock and Gemini, as they stand on a day."""

    def __init__(self, bedrock: Server, gemini: Server) -> None:
        self._bedrock, self._gemini = bedrock, gemini

    def clear(self) -> None:
        """All is as at first."""
        self._bedrock.faults.clear()
        self._gemini.faults.clear()

    def lose_model(self) -> None:
        """Gemini has no gemini-2.5-pro."""
        left = [model for model in WORLD if model["name"] != "models/gemini-2.5-pro"]
        self._gemini.faults.append(
            Fault(matches=lambda s: s.path.endswith("/models"), reply=Reply(body={"models": left}))
        )

    def break_region(self) -> None:
        """Bedrock answers with 500 in us-west-2."""
        self._bedrock.faults.append(
            Fault(
                matches=lambda s: "/us-west-2/" in s.headers.get("authorization", ""),
                reply=Reply(status=500, body={}),
            )
        )

    def break_gemini(self) -> None:
        """Gemini refuses every request."""
        self._gemini.faults.append(Fault(matches=lambda _: True, reply=Reply(status=403)))


@pytest.fixture
def sky(tmp_path: Path) -> Iterator[Sky]:
    """The stand-ins of Bedrock and Gemini, which the environment leads to."""
    with ExitStack() as stack:
        servers = []
        for provider in ("bedrock", "gemini"):
            stand_in = stack.enter_context(STAND_INS[provider](tmp_path))
            stack.enter_context(reached(stand_in))
            servers.append(stand_in.servers[0])
        yield Sky(*servers)


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    """A team's repository with one commit."""
    return Repository(tmp_path)
