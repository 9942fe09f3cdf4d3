"""The commented example of a workload, for a person to begin with."""

from pathlib import Path

_FILE = Path(__file__).parent.parent / "data" / "workload-example.yaml"


def example_text() -> str:
    """The text of a workload that reads cleanly and shows every key, a comment beside each."""
    return _FILE.read_text(encoding="utf-8")
