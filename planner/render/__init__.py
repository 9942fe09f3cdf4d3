"""Results as text: terminal, JSON, CSV, markdown."""
