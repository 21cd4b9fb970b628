"""The extension, its tables and their functions.

Revision ID: 0001
Revises:
"""
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("CREATE EXTENSION IF NOT EXISTS todo_orm")
    op.execute("SELECT todo_orm.create_all()")


def downgrade() -> None:
    op.execute("DROP TABLE task, message, conversation CASCADE")
