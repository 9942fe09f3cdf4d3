"""All stand-in clouds at once, and the environment that leads `planner` to them."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.cloud.server import Server
from tests.cloud.world import STAND_INS
from tests.collectors.samples import reached

PROVIDERS = ("aws", "azure", "bedrock", "gemini")


class Clouds:
    """The running stand-ins by provider, and what must not leak of any."""

    def __init__(self, servers: dict[str, Server], secrets: tuple[str, ...]) -> None:
        self.servers = servers
        self.secrets = secrets

    def leaks(self, *texts: str) -> list[str]:
        """The secrets that stand in some text."""
        return [secret for secret in self.secrets if any(secret in text for text in texts)]


@pytest.fixture
def clouds(tmp_path_factory: pytest.TempPathFactory, elsewhere: Path) -> Iterator[Clouds]:
    """Start a stand-in of each cloud; machines and models of AWS are one."""
    servers: dict[str, Server] = {}
    secrets: list[str] = []
    with ExitStack() as stack:
        stack.enter_context(pytest.MonkeyPatch.context()).setenv(
            "XDG_CONFIG_HOME", str(elsewhere / "config")
        )
        for provider in ("azure", "bedrock", "gemini"):
            folder = tmp_path_factory.mktemp(provider)
            stand_in = stack.enter_context(STAND_INS[provider](folder))
            stack.enter_context(reached(stand_in))
            servers[provider] = stand_in.servers[0]
            secrets += stand_in.secrets
        servers["aws"] = servers["bedrock"]
        yield Clouds(servers, tuple(secrets))
