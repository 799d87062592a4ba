"""Settings of layers, one file per family, and the table of their names."""
