"""Where a model can run, what it costs there, and when another way is cheaper."""

__version__ = "0.1.0"
