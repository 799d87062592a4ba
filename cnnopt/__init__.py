"""cnnopt: a laboratory for convolutional networks and optimization, on NumPy."""

__version__ = "0.1.0"
