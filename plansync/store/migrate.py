"""Migrations by Alembic. Importing this module imports Alembic, which is slow: only those that migrate do."""

from __future__ import annotations

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection


def migrate(connection: Connection, revision: str = "head") -> None:
    """Bring the schema to ``revision`` within the transaction of ``connection``: wholly, or not at all."""
    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", "plansync.store:migrations")
    config.set_main_option("path_separator", "os")
    command.upgrade(config, revision)
