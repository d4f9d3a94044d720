"""What the protocol counts (PROTOCOL I). Labels name services, never schools or people."""

from typing import Final

from prometheus_client import Counter, Gauge, Histogram

_LIVE: Final = "livemostrecent"  # Of several processes the newest figure, not the sum.

RELAY_LAG = Gauge(
    "parta_relay_lag_events",
    "Events committed but not yet confirmed by the broker. Worry when it grows for 5 minutes.",
    ("service",),
    multiprocess_mode=_LIVE,
)
RELAY_OLDEST = Gauge(
    "parta_relay_oldest_seconds",
    "Age of the oldest event not yet confirmed by the broker. Worry above 60; feeds still carry it.",
    ("service",),
    multiprocess_mode=_LIVE,
)
RELAY_PUBLISHED = Counter(
    "parta_relay_published_total",
    "Messages given to the broker, by result: confirmed, returned (no queue is bound: is a consumer "
    "missing?), failed. Worry when failed grows.",
    ("service", "result"),
)
RELAY_BLOCKED = Gauge(
    "parta_relay_blocked",
    "1 while the broker takes no messages (memory or disk alarm). Worry when it stays 1 for a minute.",
    ("service",),
    multiprocess_mode=_LIVE,
)
CONSUMER_LAG = Gauge(
    "parta_consumer_lag_events",
    "Events of a producer not yet applied here. Worry when it grows for 5 minutes.",
    ("consumer", "producer"),
    multiprocess_mode=_LIVE,
)
CONSUMER_OLDEST = Gauge(
    "parta_consumer_oldest_seconds",
    "How long a producer's events have been waiting here. Worry above 60.",
    ("consumer", "producer"),
    multiprocess_mode=_LIVE,
)
CONSUMER_EVENTS = Counter(
    "parta_consumer_events_total",
    "Events by result: applied, duplicate, gap (healed by the feed), ignored (type not listened to), "
    "hidden (erased or withheld), parked, unreadable. Worry about any parked, and when unreadable grows.",
    ("consumer", "producer", "result"),
)
CONSUMER_STREAMS = Gauge(
    "parta_consumer_streams",
    "Streams by state. Worry about any diverged or blocked: a human must decide (parta events status).",
    ("consumer", "state"),
    multiprocess_mode=_LIVE,
)
PARKED = Gauge(
    "parta_parked_events",
    "Events set aside because a reaction failed. Worry above 0: parta events parked.",
    ("consumer",),
    multiprocess_mode=_LIVE,
)
FEED_REQUESTS = Counter(
    "parta_feed_requests_total",
    "Requests to the feed by result: page, empty, diverged, not_found. Worry about any diverged.",
    ("service", "result"),
)
EFFECTS = Counter(
    "parta_effects_total",
    "Letters by what became of them: done, expired. Worry when expired grows.",
    ("service", "kind", "state"),
)
HEAD_LOCK_WAIT = Histogram(
    "parta_head_lock_wait_seconds",
    "Time a write waits for its stream's head and its commit. Worry when the 95th percentile passes 0.1.",
    ("log",),
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 3),
)
EVENT_AGE = Histogram(
    "parta_event_age_seconds",
    "From the producer's commit to the consumer's. Worry when the 95th percentile passes 1 in live traffic.",
    ("consumer", "producer"),
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60, 300, 3600),
)
CLOCK_SKEW = Gauge(
    "parta_clock_skew_seconds",
    "How far ahead a producer's clock runs. Worry above 5: set the clocks (NTP).",
    ("consumer", "producer"),
    multiprocess_mode=_LIVE,
)
