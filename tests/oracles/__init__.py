"""Slow, plain implementations by another algorithm than the product's, each tested by hand."""
