"""The config file: schema tables, strict YAML, overrides."""

from cnnopt.config.config import Config
from cnnopt.config.dump import dump_yaml
from cnnopt.config.load import load_config, load_study, set_values
from cnnopt.config.packed import BUILT_IN, starter_config
from cnnopt.config.schema import config_schema
from cnnopt.config.written import written_config

__all__ = [
    "BUILT_IN",
    "Config",
    "config_schema",
    "dump_yaml",
    "load_config",
    "load_study",
    "set_values",
    "starter_config",
    "written_config",
]
