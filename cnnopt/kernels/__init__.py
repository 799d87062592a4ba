"""Pure functions on arrays, results first: what the layers compute with."""
