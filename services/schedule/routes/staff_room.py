"""The staff-room screen: for staff who are signed in, and by the address of a screen on the wall."""

from sqlalchemy import select

from services.schedule.actions.addresses import find_by_token
from services.schedule.actions.screens import put_up, take_down
from services.schedule.models import Screen
from services.schedule.queries.staff_room import staff_room
from services.schedule.schemas.staff_room import PutUpScreenOut, ScreenIn, ScreensOut, StaffRoomOut
from shared.web import actor, blueprint, may, public, reading, runtime, writing

staff_room_screens = blueprint("staff_room", "Экран учительской · Staff-room screen")


@staff_room_screens.route("/staff-room", methods=["GET"])
@may("read substitutions")
@staff_room_screens.response(200, StaffRoomOut)
def get_staff_room():
    """The lessons of this hour, who is away, and the substitutions of today and the next school day."""
    with reading() as session:
        return staff_room(session)


@staff_room_screens.route("/screens", methods=["GET"])
@may("keep screens")
@staff_room_screens.response(200, ScreensOut)
def get_screens():
    with reading() as session:
        found = session.scalars(select(Screen).order_by(Screen.made_at.desc())).all()
        return {"items": found, "next": None}


@staff_room_screens.route("/screens", methods=["POST"])
@may("keep screens")
@staff_room_screens.arguments(ScreenIn)
@staff_room_screens.response(201, PutUpScreenOut)
def post_screen(body):
    # No Idempotency-Key here: the stored answer would keep the secret in clear.
    with writing() as session:
        screen, token = put_up(session, actor(), body["name"])
        return {"id": screen.id, "token": token}


@staff_room_screens.route("/screens/<uuid:screen_id>", methods=["DELETE"])
@may("keep screens")
@staff_room_screens.response(204)
def delete_screen(screen_id):
    with writing() as session:
        take_down(session, screen_id)


@staff_room_screens.route("/screens/<token>/staff-room", methods=["GET"])
@public
@staff_room_screens.response(200, StaffRoomOut)
@staff_room_screens.alt_response(404, "NOT_FOUND")
def get_screen(token):
    """The same by the address of a screen; whoever has it may read it until it is taken back."""
    screen = find_by_token(runtime().database, Screen, token)
    with runtime().database.reading(screen.school_id) as session:
        return staff_room(session)
