"""Where a model can run, what it costs there, and when another way is cheaper."""

from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"
__all__ = ["__version__", "frame", "recommend"]

if TYPE_CHECKING:
    from planner.cli.library import frame, recommend


def __getattr__(name: str) -> Any:
    """The library calls, loaded when one is asked for: every command starts with this module."""
    if name in ("frame", "recommend"):
        from planner.cli import library  # noqa: PLC0415

        return getattr(library, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    """What a notebook completes: the library calls too, before one is loaded."""
    return sorted({*globals(), *__all__})
