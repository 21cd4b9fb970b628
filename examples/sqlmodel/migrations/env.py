"""Where the database is, and what autogenerate compares: all that it can."""
from alembic import context
from sqlmodel import SQLModel, create_engine

import models  # noqa: F401  (its classes are in SQLModel.metadata)

target_metadata = SQLModel.metadata


def include_name(name, type_, parent_names):
    """The option "changes" keeps a table beside the model's, task_changes beside task: it is no class's, and not to be dropped."""
    return not (type_ == "table" and name not in target_metadata.tables
                and name.endswith("_changes") and name[:-len("_changes")] in target_metadata.tables)


def run_migrations() -> None:
    # PGHOST, PGDATABASE ... say where
    with create_engine("postgresql+psycopg2://").connect() as connection:
        context.configure(connection=connection, target_metadata=target_metadata, include_name=include_name,
                          compare_type=True, compare_server_default=True)
        with context.begin_transaction():
            context.run_migrations()


run_migrations()
