"""Reading and writing what is on disk: snapshots, price tables, carried facts."""
