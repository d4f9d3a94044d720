"""Movements of pupils with their orders, and the move to the next year."""

import sqlalchemy as sa
from alembic import op

from shared.migrate import protect

revision = "0003_record_movements"
down_revision = "0002_describe_schools"
branch_labels = None
depends_on = None

TABLES = ("year_moves", "year_move_groups", "movements", "movement_stays")
KINDS = "'enrolment', 'transfer', 'departure', 'return', 'promotion', 'repeat', 'graduation', 'reversal'"

# Without foreign keys: SQLite would have to write the whole table anew, and old code still inserts.
COLUMNS = (
    ("groups", lambda: sa.Column("from_on", sa.Date(), nullable=True)),
    ("groups", lambda: sa.Column("until_on", sa.Date(), nullable=True)),
    ("groups", lambda: sa.Column("continues_id", sa.Uuid(), nullable=True)),
    ("enrolments", lambda: sa.Column("began_by", sa.Uuid(), nullable=True)),
    ("enrolments", lambda: sa.Column("ended_by", sa.Uuid(), nullable=True)),
)


def upgrade():
    for table, column in COLUMNS:
        op.add_column(table, column())
    op.create_table(
        "year_moves",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("undo_until", sa.Date(), nullable=False),
        sa.Column("order_number", sa.String(length=40), nullable=False),
        sa.Column("order_on", sa.Date(), nullable=False),
        sa.Column("applied_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("applied_by", sa.Uuid(), nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_by", sa.Uuid(), nullable=True),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_year_moves"),
    )
    op.create_index("ix_year_moves_school_id", "year_moves", ["school_id"], unique=False)
    op.create_table(
        "year_move_groups",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("year_move_id", sa.Uuid(), nullable=False),
        sa.Column("old_id", sa.Uuid(), nullable=True),
        sa.Column("new_id", sa.Uuid(), nullable=True),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["year_move_id"], ["year_moves.id"], name="fk_year_move_groups_year_move_id_year_moves"
        ),
        sa.ForeignKeyConstraint(["old_id"], ["groups.id"], name="fk_year_move_groups_old_id_groups"),
        sa.ForeignKeyConstraint(["new_id"], ["groups.id"], name="fk_year_move_groups_new_id_groups"),
        sa.PrimaryKeyConstraint("id", name="pk_year_move_groups"),
    )
    for column in ("year_move_id", "old_id", "new_id", "school_id"):
        op.create_index(f"ix_year_move_groups_{column}", "year_move_groups", [column], unique=False)
    _create_movements()
    protect(op, *TABLES)


def _create_movements():
    op.create_table(
        "movements",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("pupil_id", sa.Uuid(), nullable=False),
        sa.Column("moved_on", sa.Date(), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("from_class_id", sa.Uuid(), nullable=True),
        sa.Column("to_class_id", sa.Uuid(), nullable=True),
        sa.Column("order_number", sa.String(length=40), nullable=True),
        sa.Column("order_on", sa.Date(), nullable=True),
        sa.Column("place", sa.String(length=300), nullable=True),
        sa.Column("reason", sa.String(length=300), nullable=True),
        sa.Column("reverses_id", sa.Uuid(), nullable=True),
        sa.Column("year_move_id", sa.Uuid(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(f"kind IN ({KINDS})", name="ck_movements_kind"),
        sa.CheckConstraint("(kind = 'reversal') = (reverses_id IS NOT NULL)", name="ck_movements_reversal"),
        sa.ForeignKeyConstraint(["pupil_id"], ["people.id"], name="fk_movements_pupil_id_people"),
        sa.ForeignKeyConstraint(["from_class_id"], ["groups.id"], name="fk_movements_from_class_id_groups"),
        sa.ForeignKeyConstraint(["to_class_id"], ["groups.id"], name="fk_movements_to_class_id_groups"),
        sa.ForeignKeyConstraint(["reverses_id"], ["movements.id"], name="fk_movements_reverses_id_movements"),
        sa.ForeignKeyConstraint(
            ["year_move_id"], ["year_moves.id"], name="fk_movements_year_move_id_year_moves"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_movements"),
        sa.UniqueConstraint("reverses_id", name="uq_movements_reverses_id"),
    )
    for name, columns in (
        ("ix_movements_pupil_id", ["pupil_id", "effective_on"]),
        ("ix_movements_school_id_moved_on", ["school_id", "moved_on", "id"]),
        ("ix_movements_school_id", ["school_id"]),
        ("ix_movements_from_class_id", ["from_class_id"]),
        ("ix_movements_to_class_id", ["to_class_id"]),
        ("ix_movements_year_move_id", ["year_move_id"]),
    ):
        op.create_index(name, "movements", columns, unique=False)
    op.create_table(
        "movement_stays",
        sa.Column("movement_id", sa.Uuid(), nullable=False),
        sa.Column("group_id", sa.Uuid(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("did", sa.String(length=8), nullable=False),
        sa.Column("until_was", sa.Date(), nullable=True),
        sa.Column("began_by_was", sa.Uuid(), nullable=True),
        sa.Column("ended_by_was", sa.Uuid(), nullable=True),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("did IN ('opened', 'ended', 'dropped')", name="ck_movement_stays_did"),
        sa.ForeignKeyConstraint(
            ["movement_id"], ["movements.id"], name="fk_movement_stays_movement_id_movements"
        ),
        sa.ForeignKeyConstraint(["group_id"], ["groups.id"], name="fk_movement_stays_group_id_groups"),
        sa.PrimaryKeyConstraint("movement_id", "group_id", "from_on", "did", name="pk_movement_stays"),
    )
    op.create_index("ix_movement_stays_school_id", "movement_stays", ["school_id"], unique=False)


def downgrade():
    for name in reversed(TABLES):
        op.drop_table(name)
    for table, column in reversed(COLUMNS):
        op.drop_column(table, column().name)
