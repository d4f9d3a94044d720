"""The policy: one table, read strictly, and obeyed by whoever starts."""

import pytest
from flask import Flask

from services.portal.service import service as portal
from shared import policy
from shared.app import create_app
from shared.assembly import assemble
from shared.peers import Peers
from shared.policy import ROLES, RULES, UnknownAction, allows, reach, rule, sees_all
from shared.service import SERVICES, Service
from shared.settings import Settings
from shared.web import blueprint, may


def apps(folder) -> dict[str, Flask]:
    found = {}
    for name in SERVICES:
        runtime = assemble(name, Settings(name, f"sqlite:///{folder}/{name}.sqlite"), Peers({}))
        found[name] = create_app(runtime)
        runtime.database.close()
    return found


def test_every_action_of_the_policy_is_some_route_s(tmp_path):
    asked = {
        (rule(name, view.access.action).service, view.access.action)
        for name, app in apps(tmp_path).items()
        for view in app.view_functions.values()
        if getattr(view, "access", None) and view.access.action
    }

    assert {known for known in RULES if known[0] != portal.name} == asked


def test_an_application_with_an_action_nobody_decided_on_does_not_start(tmp_path):
    toys = blueprint("toys", "Toys.")

    @toys.route("/toys")
    @may("play with matches")
    def play() -> dict[str, str]:
        return {}

    runtime = assemble("notify", Settings("notify", f"sqlite:///{tmp_path}/toys.sqlite"), Peers({}))
    runtime.service = Service(name="notify", metadata=runtime.service.metadata, blueprints=[toys])

    with pytest.raises(UnknownAction, match="notify: play with matches"):
        create_app(runtime)
    runtime.database.close()


def test_somebody_with_several_roles_may_what_any_of_them_may():
    roles = frozenset({"teacher", "class_teacher"})

    assert reach("journal", "read pages", roles) == {"load", "class"}
    assert not sees_all("journal", "read pages", roles)
    assert sees_all("journal", "read pages", roles | {"deputy"})
    assert reach("journal", "read pages", frozenset()) == set()
    assert allows("identity", "read groups", ["teacher"])
    assert not allows("identity", "read rosters", ["teacher", "educator"])


def test_what_is_decided_for_every_service_holds_for_each():
    for name in SERVICES:
        assert rule(name, "read events").scope == "events:read"


@pytest.mark.parametrize(
    "spoil", [lambda line: line.replace("school", "own"), lambda line: f"{line}\n{line}"]
)
def test_an_unknown_relation_or_a_second_row_of_an_action_ends_the_program(spoil, monkeypatch):
    line = next(line for line in policy.TABLE.splitlines() if line.startswith("journal    close"))
    monkeypatch.setattr(policy, "TABLE", policy.TABLE.replace(line, spoil(line)))

    with pytest.raises(ValueError, match="journal: close periods"):
        policy._read()


def test_those_who_may_nothing_else_may_not_write_on_pages():
    writers = {role for role in ROLES if allows("journal", "write on pages", [role])}

    assert writers == {"teacher", "educator", "class_teacher"}
    assert rule("journal", "write on pages").period == "open"
