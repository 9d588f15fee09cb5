"""Bringing a database up to the schema: Alembic, started only when there is something to do."""

from pathlib import Path

from sqlalchemy import Engine, inspect, text

from daemon.store import kpi_views

HEAD = "0003"
_ONE_AT_A_TIME = 0x706F7374726F6F6D  # "postroom": the number of our advisory lock


def is_current(engine: Engine) -> bool:
    """Whether the database is at the newest revision; cheap, so that a start does not pay for importing Alembic."""
    with engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return False
        return connection.execute(text("SELECT version_num FROM alembic_version")).scalar() == HEAD


def upgrade(engine: Engine) -> None:
    """Apply what is missing, in one transaction; safe to interrupt and to repeat, also by nodes that start together."""
    from alembic import command  # noqa: PLC0415  imported only when needed
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    with engine.begin() as connection:
        if connection.dialect.name == "postgresql":  # SQLite's BEGIN IMMEDIATE keeps the others out already
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _ONE_AT_A_TIME})
        config.attributes["connection"] = connection
        kpi_views.drop(connection)
        command.upgrade(config, "head")
        kpi_views.create(connection)
        # timers and measures are worked out anew from what happened
        connection.execute(text("UPDATE tickets SET timed_version = 0"))
