"""The settings: what exists, where values come from, and what is wrong with them.

Settings come from the environment, a ``.env`` file and ``MASTHEAD_HOME/config.env``, in that order of precedence;
``FLASK_<NAME>`` beats ``<NAME>``. All problems are reported together, and values are never printed.
"""

from masthead.config.environments import (
    CONFIGS,
    Config,
    DevelopmentConfig,
    ProductionConfig,
    StagingConfig,
    TestingConfig,
)
from masthead.config.fields import EVERY_NETWORK, SQLITE_NAME
from masthead.config.loading import ConfigurationError, load, unknown_names

__all__ = [
    "CONFIGS",
    "EVERY_NETWORK",
    "SQLITE_NAME",
    "Config",
    "ConfigurationError",
    "DevelopmentConfig",
    "ProductionConfig",
    "StagingConfig",
    "TestingConfig",
    "load",
    "unknown_names",
]
