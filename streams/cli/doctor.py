"""`siaga doctor`: what is wrong, and what to do about it, one line each."""

import asyncio
from typing import TYPE_CHECKING

from streams.cli.hall.say import NO, AsJson, Stop, end, one_line, out, quiet

if TYPE_CHECKING:
    from streams.live.checkup import Finding
    from streams.live.settings import Settings

EXAMPLE = "Example: siaga doctor   or, for a monitor: siaga doctor --json"

_REACH_SECONDS = 4.0


def doctor(as_json: AsJson = False) -> None:
    """Check Kafka, topics, clocks, relay, webhooks, policies, rosters, secrets and seats. Sends no message.

    Where Kafka is away that is said first, and the rest is checked. The exit code is 0 when all is well, 1 when something is to be done.
    """
    quiet()
    settings = _settings()
    found = asyncio.run(_examined(settings))
    bad = sum(not each.is_green for each in found)
    checks = [{"check": each.check, "green": each.is_green, "words": each.words, "fix": each.fix} for each in found]
    summary = f"{bad} of {len(found)} checks want something done" if bad else f"all {len(found)} checks are green"
    out(as_json, {"prefix": settings.prefix, "green": not bad, "checks": checks}, [*map(_line, found), summary])
    end(NO if bad else 0)


def _settings() -> "Settings":
    """Those of every verb; a Kafka that nobody named is a finding, and no reason to stop."""
    from streams.cli.hall import place

    try:
        return place.located()
    except Stop as nowhere:
        if nowhere.words != place.NOWHERE:
            raise
        return place.settings()


async def _examined(settings: "Settings") -> tuple["Finding", ...]:
    from streams.live import checkup, checkup_here, checkup_kafka

    here = {
        "relay": checkup_here.relay,
        "webhooks": checkup_here.webhooks,
        "policies": checkup_here.policies,
        "roster": checkup_here.roster,
        "secrets": checkup_here.secrets,
    }
    there = {
        "topics": checkup_kafka.topics,
        "clocks": checkup_kafka.clocks,
        "seats": checkup_kafka.seats,
        "lag": checkup_kafka.lag,
        "completeness": checkup_kafka.completeness,
        "waiting": checkup_kafka.waiting,
    }
    looking = asyncio.ensure_future(checkup.examine(settings, here))
    first = await checkup.examine(settings, {"kafka": _kafka}, seconds=_REACH_SECONDS)
    asked = there if first[0].is_green else {}
    if asked:
        topics = await checkup.examine(settings, {"topics": asked.pop("topics")})
        first += topics + (await checkup.examine(settings, asked) if topics[0].is_green else ())
    return first + await looking


async def _kafka(settings: "Settings") -> str:
    from streams.cli.hall.place import NOWHERE, reach
    from streams.live import checkup, checkup_kafka

    if not settings.kafka:
        raise checkup.Wrong("no Kafka is named, and none runs here", NOWHERE.partition(": ")[2])
    try:
        await reach(settings)
    except Stop as away:
        raise checkup.Wrong(away.words, "start it, or name it in SIAGA_KAFKA; what hangs on it was not checked") from None
    return await checkup_kafka.brokers(settings)


def _line(found: "Finding") -> str:
    words = one_line(found.words)
    return f"green  {found.check:12}  {words}" if found.is_green else f"WRONG  {found.check:12}  {words}; fix: {found.fix}"
