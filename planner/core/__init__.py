"""The nouns and the arithmetic: data and a date in, data out; no clock, file or printing."""
