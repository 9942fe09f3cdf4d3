"""Where can this model run, what does it cost there, and when is another way cheaper?"""

__version__ = "0.1.0"
