"""One-time codes of an app (TOTP, RFC 6238), and codes on paper for when the phone is lost."""

import hmac
import secrets
import time
from uuid import UUID

import pyotp
from sqlalchemy import delete, update

from services.identity.actions.programs.sealing import seal, unseal
from services.identity.actions.signing_in.factors import keep_a_factor
from services.identity.actions.signing_in.hashing import hashed
from services.identity.models import Account, RecoveryCode, TotpSeed
from services.identity.rules.credentials import code_text, plain_code
from services.identity.rules.factors import RECOVERY_CODES, STEP_SECONDS, STEPS_OFF
from shared.clock import now
from shared.db import SchoolSession
from shared.errors import Invalid, NotFound, Text

SEED_LETTERS = 32  # 160 bits in base32, as RFC 4226 recommends.
CODE_BITS = 80
ISSUER = "Парта"


class CodeWrong(Invalid):
    """The app's code does not belong to the seed, is too old, or was used."""

    title = Text("Код не подходит", "The code does not fit")
    detail = Text(
        "Введите шесть цифр, которые приложение показывает сейчас. Если не помогает, проверьте, что часы "
        "телефона идут точно.",
        "Type the six digits that the app shows now. If it does not help, check that the phone's clock "
        "is right.",
    )


class NoFactorYet(Invalid):
    """Codes on paper stand in for a second factor, which is not there."""

    title = Text("Сначала второй шаг", "A second step first")
    detail = Text(
        "Подключите приложение с кодами или ключ доступа, потом возьмите запасные коды.",
        "Add an app with codes or a passkey, and take spare codes then.",
    )


def begin_totp(session: SchoolSession, person_id: UUID) -> tuple[str, str]:
    """Make a new seed and return it with its URI for a QR code; it serves once confirmed.

    Codes of the present app go on to serve until then. Asked again, the seed shown before is void.
    """
    account = session.get(Account, person_id)
    if account is None:
        raise NotFound
    seed = pyotp.random_base32(SEED_LETTERS)
    row = session.get(TotpSeed, person_id, with_for_update=True)
    if row is None:
        row = TotpSeed(person_id=person_id, school_id=account.school_id, last_step=0)
        session.add(row)
    row.next_seed = seal(session, seed)
    return seed, pyotp.TOTP(seed).provisioning_uri(name=account.login, issuer_name=ISSUER)


def confirm_totp(session: SchoolSession, person_id: UUID, code: str) -> None:
    """Let the seed shown last serve from now on, proven by its first code."""
    row = session.get(TotpSeed, person_id, with_for_update=True)
    if row is None or row.next_seed is None:
        raise NotFound
    step = _step_of(unseal(session, row.next_seed), code, after=0)
    if step is None:
        raise CodeWrong(errors={"code": [CodeWrong.title]})
    row.seed, row.next_seed = row.next_seed, None
    row.confirmed_at, row.last_step = now(), step


def remove_totp(session: SchoolSession, person_id: UUID) -> None:
    """Ask for no codes any more; refuses to take the last factor of who has to have one."""
    row = session.get(TotpSeed, person_id, with_for_update=True)
    if row is None or row.seed is None:
        raise NotFound
    session.delete(row)
    keep_a_factor(session, person_id)


def spend_totp(session: SchoolSession, person_id: UUID, code: str) -> bool:
    """Whether a code is right now; if so, neither it nor an older one is ever right again.

    The row is locked: of the same code in parallel one is right (SECURITY 7).
    """
    row = session.get(TotpSeed, person_id, with_for_update=True, populate_existing=True)
    if row is None or row.seed is None:
        return False
    step = _step_of(unseal(session, row.seed), code, after=row.last_step)
    if step is not None:
        row.last_step = step
    return step is not None


def _step_of(seed: str, code: str, *, after: int) -> int | None:
    """Return the time step whose code it is, by our clock and a step either way."""
    typed, otp = "".join(code.split()), pyotp.TOTP(seed)
    current = int(time.time()) // STEP_SECONDS
    steps = range(current - STEPS_OFF, current + STEPS_OFF + 1)
    fitting = [at for at in steps if hmac.compare_digest(otp.generate_otp(at).encode(), typed.encode())]
    return next((at for at in fitting if at > after), None)


def issue_recovery_codes(session: SchoolSession, person_id: UUID) -> list[str]:
    """Give a person ten codes that each stand in for a second factor once; older ones are void."""
    account = session.get(Account, person_id, with_for_update=True)
    if account is None:
        raise NotFound
    session.execute(delete(RecoveryCode).where(RecoveryCode.person_id == person_id))
    codes = [code_text(secrets.randbits(CODE_BITS)) for _ in range(RECOVERY_CODES)]
    session.add_all(
        RecoveryCode(
            code_sha256=hashed(plain_code(code) or ""),
            school_id=account.school_id,
            person_id=person_id,
            made_at=now(),
        )
        for code in codes
    )
    return codes


def spend_recovery_code(session: SchoolSession, person_id: UUID, code: str) -> bool:
    """Whether it is one of the person's codes not used yet; from now on it is."""
    spent = update(RecoveryCode).where(
        RecoveryCode.code_sha256 == hashed(plain_code(code) or ""),
        RecoveryCode.person_id == person_id,
        RecoveryCode.used_at.is_(None),
    )
    told = spent.values(used_at=now()).returning(RecoveryCode.code_sha256)
    return session.scalar(told, execution_options={"synchronize_session": False}) is not None
