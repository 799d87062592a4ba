"""The config file: schema tables, strict YAML, overrides."""

from cnnopt.config.config import Config

__all__ = ["Config"]
