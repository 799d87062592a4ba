"""Benchmarks: checked for equal results before they are timed, alternating with a rival."""
