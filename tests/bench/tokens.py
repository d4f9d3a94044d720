"""Tokens: what checking one costs a request, and how many identity gives out."""

import json
from collections.abc import Iterator
from itertools import count
from urllib.parse import quote

import psycopg
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from joserfc.util import urlsafe_b64decode
from sqlalchemy import select

from services.identity.actions.programs.families import begin_family, live_sign_in
from services.identity.actions.signing_in.sessions import begin_session
from services.identity.models import Account, AuthorizationCode, SignIn
from shared.ids import new_id
from tests.bench.measure import CLIENTS, Figure, HttpClient, Turn, in_turn, rate
from tests.identity.makers import make_login, make_person
from tests.identity.programs import make_client
from tests.support.deployment import Deployment
from tests.support.keys_server import published_keys
from tests.support.postgres import Postgres
from tests.support.rabbitmq import RabbitMQ
from tests.support.tokens import KEY, bearer, key_ring, token

TOKENS = 2_000
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def figures(cluster: Postgres, _: RabbitMQ) -> Iterator[Figure]:
    """Measure verification alone, verified requests beside public ones, and refreshes."""
    yield _verified()
    yield _requests(cluster)
    deployment = Deployment(cluster, "", ("identity",))
    school = deployment.found().school_id
    deployment.start_web("identity", processes=2)
    yield _refreshes(deployment, cluster, school)
    deployment.stop()


def _verified() -> Figure:
    """Measure tokens met for the first time, beside the bare signature check they contain."""
    made = [token("journal", roles=("teacher",), school_id=new_id()) for _ in range(TOKENS)]
    ring, numbers = key_ring(), count()
    public, bare_numbers = KEY.public_key, count()
    signed = [_parts(one) for one in made]

    def ours() -> None:
        ring._verify(made[next(numbers) % TOKENS])

    def bare() -> None:
        signature, body = signed[next(bare_numbers) % TOKENS]
        try:
            public.verify(signature, body, ECDSA(SHA256()))  # type: ignore[union-attr]
        except InvalidSignature as wrong:
            raise AssertionError from wrong

    one, limit = in_turn(
        lambda: rate(lambda _: ours, clients=1, seconds=2), lambda: rate(lambda _: bare, clients=1, seconds=2)
    )
    holds = one >= 0.4 * limit
    return Figure("verify a new token", "tokens/s", one, limit, "bare ECDSA P-256 verify", "≥ 40 %", holds)


def _parts(made: str) -> tuple[bytes, bytes]:
    body, _, signature = made.rpartition(".")
    raw = urlsafe_b64decode(signature.encode())
    r, s = (int.from_bytes(half) for half in (raw[:32], raw[32:]))
    return encode_dss_signature(r, s), body.encode()


def _requests(cluster: Postgres) -> Figure:
    """Measure an endpoint that checks a token and refuses, beside the same refusal without a token.

    At the journal: identity also writes down who asked.
    """
    with published_keys() as keys:
        deployment = Deployment(cluster, "", ("journal",), PARTA_IDENTITY_URL=keys)
        deployment.start_web("journal", processes=2)
        guarded = bearer("journal", roles=("parent",), school_id=new_id(), lives_seconds=3600)
        checked, public = in_turn(
            lambda: rate(lambda _: _get(deployment, "/api/journal/v1/periods", guarded, 403)),
            lambda: rate(lambda _: _get(deployment, "/api/journal/v1/periods", {}, 401)),
        )
        deployment.stop()
    holds = checked >= 0.6 * public
    return Figure("request with a token", "requests/s", checked, public, "one without", "≥ 60 %", holds)


def _get(deployment: Deployment, path: str, headers: dict[str, str], wanted: int) -> Turn:
    client = HttpClient(deployment.ports["journal"])

    def turn() -> None:
        status, _, answer = client.call("GET", path, headers)
        assert status == wanted, answer[:300]

    return turn


def _refreshes(deployment: Deployment, cluster: Postgres, school: object) -> Figure:
    """Measure refreshes, each client with a family of its own, beside the bare transaction they need."""
    client_id, _ = make_client(deployment.database("identity"), school, is_public=True)  # type: ignore[arg-type]
    tokens = [_family(deployment, school, client_id) for _ in range(CLIENTS)]
    url = cluster.url(deployment.names["identity"])

    def refreshing(number: int) -> Turn:
        client = HttpClient(deployment.ports["identity"])

        def turn() -> None:
            form = f"grant_type=refresh_token&client_id={client_id}&refresh_token={quote(tokens[number])}"
            _, _, answer = client.call("POST", "/api/identity/v1/oauth/token", FORM, form.encode())
            tokens[number] = json.loads(answer)["refresh_token"]

        return turn

    ours, limit = in_turn(lambda: rate(refreshing), lambda: rate(lambda _: _bare(url)))
    return Figure("refresh", "refreshes/s", ours, limit, "bare psycopg: lock, update", "≥ 40/s", ours >= 40)


def _family(deployment: Deployment, school: object, client_id: str) -> str:
    with deployment.database("identity").writing(school) as session:  # type: ignore[arg-type]
        person = make_person(session, role="parent")
        make_login(session, person)
        begin_session(session, session.get_one(Account, person.id), "pwd")
        session.flush()
        found = session.scalars(select(SignIn.id).where(SignIn.person_id == person.id)).one()
        live = live_sign_in(session, found)
        assert live
        code = AuthorizationCode(client_id=client_id, scopes=["openid"], audience="identity")
        return begin_family(session, code, *live)[1]


def _bare(url: str) -> Turn:
    connection = psycopg.connect(url, autocommit=True, options="-c parta.school=*")
    connection.execute("CREATE TABLE IF NOT EXISTS bare_families (id int PRIMARY KEY, token bytea)")
    number = next(_numbers)
    connection.execute("INSERT INTO bare_families VALUES (%s, '')", (number,))

    def turn() -> None:
        with connection.transaction():
            connection.execute("SELECT token FROM bare_families WHERE id = %s FOR UPDATE", (number,))
            connection.execute("UPDATE bare_families SET token = %s WHERE id = %s", (b"x" * 32, number))

    return turn


_numbers = count()
