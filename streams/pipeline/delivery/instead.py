"""Instead: a digest that was given up in, letters to whoever is told instead out. An incident has its ladder for that."""

from collections.abc import Iterator

from msgspec.structs import replace

from schemas.escalation import Addressee, Delivery, MessageType, Why
from schemas.ids import delivery_id, digest_id
from schemas.surveillance import DigestSituation


def told_instead(delivery: Delivery, *, disabled: bool) -> Iterator[Delivery]:
    """The next endpoint in line, which may fail in its turn; all where the receiver wants nothing any more, for somebody must mend it."""
    first, *others = delivery.instead or (None,)
    if first is None:
        return
    yield _passed_on(delivery, first, () if disabled else tuple(others))
    if disabled:
        yield from (_passed_on(delivery, other, ()) for other in others)


def _passed_on(delivery: Delivery, to: Addressee, others: tuple[Addressee, ...]) -> Delivery:
    """The same letter, in a thread of its own: its new reader may have one of this digest themselves.

    Of a list that is passed on page by page one letter without names says that it could not be, whichever page is given up first.
    """
    meant_for = delivery.meant_for or delivery.to
    situation, revision = delivery.situation, 1 if meant_for.batch else delivery.revision
    if meant_for.batch and isinstance(situation, DigestSituation):
        situation = replace(situation, subjects=(), page=0)
    named = (situation.series, situation.period) if isinstance(situation, DigestSituation) else (delivery.thread,)
    thread = digest_id("instead", *named, meant_for.receiver)
    own = to.position == meant_for.position
    return replace(
        delivery,
        id=delivery_id(thread=thread, revision=revision, level=0, receiver=to.receiver, matter=delivery.matter),
        thread=thread,
        to=to,
        revision=revision,
        why=Why.FALLBACK if own else Why.UNDELIVERED,
        msg_type=MessageType.ALERT if revision == 1 else MessageType.UPDATE,
        situation=situation,
        asked=delivery.asked if own else (),
        meant_for=meant_for,
        instead=others,
    )
