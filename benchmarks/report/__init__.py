"""Writes the measured tables and the picture of docs/performance.md."""
