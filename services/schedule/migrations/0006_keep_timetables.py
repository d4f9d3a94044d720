"""Versions of the timetable; what is in force becomes the first of them."""

from collections import defaultdict

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from shared.clock import now
from shared.ids import new_id
from shared.migrate import protect

revision = "0006_keep_timetables"
down_revision = "0005_plan_the_curriculum"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
INSTANT = sa.DateTime(timezone=True)
PLACE = ["year_id", "group_id", "subject_id", "week", "weekday", "number"]

SLOTS = sa.table(
    "slots",
    *(sa.column(name, sa.Uuid()) for name in ("school_id", "year_id", "group_id", "subject_id", "room_id")),
    *(sa.column(name, sa.Integer()) for name in ("week", "weekday", "number")),
    *(sa.column(name, sa.Text()) for name in ("starts", "teacher_ids")),
    sa.column("from_on", sa.Date()),
    sa.column("timetable_id", sa.Uuid()),
)
TIMETABLES = sa.table(
    "timetables",
    *(sa.column(name, sa.Uuid()) for name in ("id", "school_id", "year_id")),
    *(sa.column(name, sa.Text()) for name in ("name", "status", "source", "group_ids")),
    sa.column("from_on", sa.Date()),
    sa.column("version", sa.Integer()),
    *(sa.column(name, INSTANT) for name in ("made_at", "published_at")),
)
CARDS = sa.table(
    "cards",
    *(sa.column(name, sa.Uuid()) for name in ("id", "school_id", "timetable_id", "subject_id", "room_id")),
    *(sa.column(name, sa.Text()) for name in ("group_ids", "teacher_ids", "starts")),
    *(sa.column(name, sa.Integer()) for name in ("week", "weekday", "number")),
)


def upgrade():
    _create_timetables()
    _create_cards()
    with op.batch_alter_table("slots") as slots:
        slots.add_column(sa.Column("until_on", sa.Date(), nullable=True))
        slots.add_column(sa.Column("timetable_id", sa.Uuid(), nullable=True))
        slots.create_foreign_key("fk_slots_timetable_id_timetables", "timetables", ["timetable_id"], ["id"])
        slots.drop_constraint("pk_slots", type_="primary")
        slots.create_primary_key("pk_slots", [*PLACE, "from_on"])
        slots.create_index("ix_slots_timetable_id", ["timetable_id"], unique=False)
    _keep_what_is_in_force()
    op.create_table(
        "timetable_limits",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("grades", JSON, nullable=False),
        sa.Column("severities", JSON, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_timetable_limits"),
        sa.UniqueConstraint("school_id", "from_on", name="uq_timetable_limits_school_id_from_on"),
    )
    op.create_index("ix_timetable_limits_school_id", "timetable_limits", ["school_id"], unique=False)
    protect(op, "timetables", "cards", "timetable_limits")


def _create_timetables():
    op.create_table(
        "timetables",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("year_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=True),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.Column("source", sa.String(length=10), nullable=False),
        sa.Column("group_ids", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.Column("published_at", INSTANT, nullable=True),
        sa.Column("published_on", sa.Date(), nullable=True),
        sa.Column("published_by", sa.Uuid(), nullable=True),
        sa.Column("report", JSON, nullable=True),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("status IN ('draft', 'published', 'withdrawn')", name="ck_timetables_status"),
        sa.CheckConstraint("until_on IS NULL OR from_on <= until_on", name="ck_timetables_days"),
        sa.ForeignKeyConstraint(["year_id"], ["years.id"], name="fk_timetables_year_id_years"),
        sa.PrimaryKeyConstraint("id", name="pk_timetables"),
    )
    op.create_index("ix_timetables_school_id", "timetables", ["school_id"], unique=False)
    op.create_index("ix_timetables_year_id", "timetables", ["year_id"], unique=False)


def _create_cards():
    op.create_table(
        "cards",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("timetable_id", sa.Uuid(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("group_ids", sa.Text(), nullable=False),
        sa.Column("teacher_ids", sa.Text(), nullable=False),
        sa.Column("room_id", sa.Uuid(), nullable=True),
        sa.Column("week", sa.Integer(), nullable=False),
        sa.Column("weekday", sa.Integer(), nullable=True),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("starts", sa.String(length=5), nullable=True),
        sa.Column("is_locked", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.CheckConstraint("week BETWEEN 0 AND 2", name="ck_cards_week"),
        sa.CheckConstraint("(weekday IS NULL) = (number IS NULL)", name="ck_cards_place"),
        sa.ForeignKeyConstraint(["room_id"], ["rooms.id"], name="fk_cards_room_id_rooms"),
        sa.ForeignKeyConstraint(["subject_id"], ["subjects.id"], name="fk_cards_subject_id_subjects"),
        sa.ForeignKeyConstraint(["timetable_id"], ["timetables.id"], name="fk_cards_timetable_id_timetables"),
        sa.PrimaryKeyConstraint("id", name="pk_cards"),
    )
    op.create_index("ix_cards_school_id_timetable_id", "cards", ["school_id", "timetable_id"], unique=False)
    op.create_index("ix_cards_timetable_id", "cards", ["timetable_id"], unique=False)


def _keep_what_is_in_force():
    """Make a published version of the slots that begin on one day, so that a running school loses none."""
    run = op.get_bind()
    if run.dialect.name == "postgresql":
        run.execute(sa.text("SELECT set_config('parta.school', '*', true)"))
    versions = defaultdict(list)
    for slot in run.execute(sa.select(SLOTS)):
        versions[slot.school_id, slot.year_id, slot.from_on].append(slot)
    for (school_id, year_id, from_on), slots in versions.items():
        owned = {"id": new_id(), "school_id": school_id}
        groups = sorted({str(slot.group_id) for slot in slots})
        facts = {"year_id": year_id, "from_on": from_on, "name": f"Расписание с {from_on:%d.%m.%Y}"}
        told = {"status": "published", "source": "manual", "group_ids": " ".join(groups), "version": 1}
        run.execute(TIMETABLES.insert(), owned | facts | told | {"made_at": now(), "published_at": now()})
        run.execute(CARDS.insert(), list(_cards(owned["id"], slots)))
        same = (SLOTS.c.school_id == school_id) & (SLOTS.c.year_id == year_id) & (SLOTS.c.from_on == from_on)
        run.execute(SLOTS.update().where(same).values(timetable_id=owned["id"]))


def _cards(timetable_id, slots):
    """Return the cards of slots: the same teachers at one hour in one room give a joint lesson."""
    cards = {}
    for slot in sorted(slots, key=lambda slot: str(slot.group_id)):
        shared = slot.teacher_ids or slot.group_id
        key = (slot.subject_id, slot.week, slot.weekday, slot.number, slot.starts, slot.room_id, shared)
        cards.setdefault(key, []).append(slot)
    for joined in cards.values():
        first, groups = joined[0], [str(slot.group_id) for slot in joined]
        names = ("school_id", "subject_id", "teacher_ids", "room_id", "week", "weekday", "number", "starts")
        facts = {name: getattr(first, name) for name in names}
        yield facts | {"id": new_id(), "timetable_id": timetable_id, "group_ids": " ".join(groups)}


def downgrade():
    run = op.get_bind()
    if run.dialect.name == "postgresql":
        run.execute(sa.text("SELECT set_config('parta.school', '*', true)"))
    with op.batch_alter_table("slots") as slots:
        slots.drop_index("ix_slots_timetable_id")
        slots.drop_constraint("fk_slots_timetable_id_timetables", type_="foreignkey")
        slots.drop_column("timetable_id")
        slots.drop_column("until_on")
    # One version of each place is left: the old key knew no more.
    later = SLOTS.alias("later")
    same = sa.and_(*(later.c[name] == SLOTS.c[name] for name in PLACE), later.c.from_on > SLOTS.c.from_on)
    run.execute(SLOTS.delete().where(sa.exists().where(same)))
    with op.batch_alter_table("slots") as slots:
        slots.drop_constraint("pk_slots", type_="primary")
        slots.create_primary_key("pk_slots", PLACE)
    op.drop_table("timetable_limits")
    op.drop_table("cards")
    op.drop_table("timetables")
