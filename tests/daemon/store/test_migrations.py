"""The migrations and the schema say the same on both engines, and bringing a database up to date is safe to repeat."""

import threading

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, text

from daemon.store import kpi_views, migrations
from daemon.store.engine import open_engines
from daemon.store.indexes import metadata


@pytest.fixture
def engine(database: str):
    writes, reads = open_engines(database)
    yield writes
    writes.dispose()
    reads.dispose()


def revision(engine: Engine) -> str:
    with engine.connect() as connection:
        return str(connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one())


def empty(engine: Engine) -> None:
    with engine.begin() as connection:
        kpi_views.drop(connection)
        metadata.drop_all(connection)
        connection.execute(text("DROP TABLE alembic_version"))


def test_the_migrations_make_the_schema(engine: Engine) -> None:
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []


def test_the_newest_revision_is_the_one_the_start_looks_for(engine: Engine) -> None:
    assert revision(engine) == migrations.HEAD
    assert migrations.is_current(engine)


def test_a_database_without_tables_is_not_current(engine: Engine) -> None:
    empty(engine)
    assert not migrations.is_current(engine)


def test_bringing_up_to_date_twice_changes_nothing(engine: Engine) -> None:
    migrations.upgrade(engine)
    with engine.connect() as connection:
        assert connection.execute(text("SELECT count(*), max(value) FROM counters")).one() == (1, 1000)


def test_nodes_that_start_together_migrate_once(engine: Engine) -> None:
    empty(engine)
    failures: list[BaseException] = []

    def start() -> None:
        try:
            migrations.upgrade(engine)
        except Exception as error:
            failures.append(error)

    nodes = [threading.Thread(target=start) for _ in range(4)]
    for node in nodes:
        node.start()
    for node in nodes:
        node.join()
    assert (failures, revision(engine)) == ([], migrations.HEAD)
