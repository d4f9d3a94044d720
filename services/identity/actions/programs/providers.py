"""Other identity providers as the operator configures them."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from joserfc.errors import JoseError
from joserfc.jwk import ECKey
from sqlalchemy import delete, or_, select, true

from services.identity.actions.programs.sealing import seal
from services.identity.models import Provider, ProviderLink, ProviderVisit, School
from shared.db import EVERY_SCHOOL, SchoolSession
from shared.errors import Conflict, Invalid, NotFound, Stale, Text


class BadProvider(Invalid):
    """What a provider was described by does not fit together."""

    title = Text("Провайдер описан неверно", "The provider is described wrongly")
    detail = Text("Исправьте указанные поля и сохраните ещё раз.", "Correct the fields named and save again.")


class ProviderKnown(Conflict):
    """There is a provider under this id."""

    title = Text("Такой провайдер уже есть", "There is such a provider already")
    detail = Text("Измените его или возьмите другой id.", "Change it, or take another id.")


def configure_provider(session: SchoolSession, provider_id: str, described: Mapping[str, Any]) -> Provider:
    """Enter a provider of the session's school, or one of all schools; its secret is sealed."""
    school = session.info["school"]
    if session.get(Provider, provider_id) is not None:
        raise ProviderKnown
    owner = None if school == EVERY_SCHOOL else UUID(school)
    provider = Provider(id=provider_id, school_id=owner, version=1, issuer=described["issuer"].rstrip("/"))
    if not described.get("secret"):
        raise BadProvider(errors={"secret": [Text("Нужен секрет или ключ.", "It takes a secret or a key.")]})
    _describe(session, provider, described)
    session.add(provider)
    session.flush()
    return provider


def change_provider(
    session: SchoolSession, provider_id: str, version: int, described: Mapping[str, Any]
) -> Provider:
    """Describe a provider anew; without a new secret the old one stays.

    Its issuer stays in any case: people are linked to subjects of that issuer and of no other.
    """
    provider = own_provider(session, provider_id, version)
    if described["issuer"].rstrip("/") != provider.issuer:
        fixed = Text(
            "Адрес провайдера не меняют: заведите другого.", "An issuer stays: enter another provider."
        )
        raise BadProvider(errors={"issuer": [fixed]})
    _describe(session, provider, described)
    provider.version += 1
    return provider


def remove_provider(session: SchoolSession, provider_id: str, version: int) -> None:
    """Forget a provider, and whom it knew here."""
    provider = own_provider(session, provider_id, version)
    for model in (ProviderLink, ProviderVisit):
        session.execute(delete(model).where(model.provider_id == provider.id))
    session.delete(provider)


def own_provider(session: SchoolSession, provider_id: str, version: int) -> Provider:
    """Return a provider of the session's school, locked; refuses any other."""
    asked = select(Provider).where(Provider.id == provider_id, _own(session)).with_for_update()
    found = session.scalars(asked).first() if provider_id.isprintable() else None
    if found is None:
        raise NotFound
    if found.version != version:
        raise Stale
    return found


def own_providers(session: SchoolSession) -> list[Provider]:
    """Return the providers of the session's school."""
    return list(session.scalars(select(Provider).where(_own(session)).order_by(Provider.id)))


def open_providers(session: SchoolSession, school_id: UUID | None = None) -> list[Provider]:
    """Return the providers by which one may sign in now: those of the school, and those of all schools.

    Where there is but one school, it is meant; of several one has to be named.
    """
    schools = session.scalars(select(School.id).limit(2)).all()
    meant = schools[0] if school_id is None and len(schools) == 1 else school_id
    found = select(Provider).where(Provider.is_enabled).order_by(Provider.title)
    return list(session.scalars(found.where(or_(Provider.school_id == meant, Provider.school_id.is_(None)))))


def _own(session: SchoolSession) -> Any:
    school = session.info["school"]
    return true() if school == EVERY_SCHOOL else Provider.school_id == UUID(school)


def _describe(session: SchoolSession, provider: Provider, described: Mapping[str, Any]) -> None:
    wrong = {}
    if not _is_address(provider.issuer):
        wrong["issuer"] = [Text("Нужен адрес https без параметров.", "It takes an https address, no query.")]
    if "openid" not in described["scopes"]:
        wrong["scopes"] = [Text("Без openid не войти.", "It takes openid.")]
    secret = described.get("secret")
    if secret and described["auth_method"] == "private_key_jwt" and not _is_private_key(secret):
        wrong["secret"] = [Text("Нужен закрытый ключ P-256 (PEM).", "It takes a private key on P-256 (PEM).")]
    if wrong:
        raise BadProvider(errors=wrong)
    for name in ("title", "client_id", "auth_method", "scopes", "counts_as", "is_enabled"):
        setattr(provider, name, described[name])
    if secret:
        provider.sealed_secret = seal(session, secret)


def _is_address(issuer: str) -> bool:
    try:
        parts = urlsplit(issuer)
    except ValueError:
        return False
    return parts.scheme in ("https", "http") and bool(parts.hostname) and not (parts.query or parts.fragment)


def _is_private_key(pem: str) -> bool:
    try:
        key = ECKey.import_key(pem)
    except (JoseError, ValueError, TypeError):
        return False
    return key.is_private and key.curve_name == "P-256"
