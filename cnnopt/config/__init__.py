"""The config file: schema tables, strict YAML, overrides."""

from cnnopt.config.config import Config
from cnnopt.config.load import load_config, set_values

__all__ = ["Config", "load_config", "set_values"]
