"""The commands: each reads, calls the core and renders."""
