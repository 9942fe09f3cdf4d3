"""Measuring: a model's shape on this machine, or a running server.

`probe_shape` and `probe_server` reach out and return `Measurement` records; they keep nothing.
"""
