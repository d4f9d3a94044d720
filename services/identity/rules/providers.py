"""Signing in by another identity provider: what is taken from it, and for how long it is waited for."""

from datetime import timedelta

VISIT_LASTS = timedelta(minutes=10)
DESCRIPTION_KEPT_SECONDS = 600
KEYS_REFETCHED_SECONDS = 30
SKEW_SECONDS = 60

ALGORITHMS = ["ES256", "RS256", "PS256"]
AUTH_METHODS = ("client_secret_basic", "private_key_jwt")

# What a sign-in by a provider may count as (RFC 8176). With `mfa` our own second step is spared.
COUNTS_AS = ("pwd", "otp", "hwk", "sc", "mfa", "fed")
SECOND_STEP_SPARED = "mfa"
