"""Notices: what health services say in; what each case is by now out. A case is one case, whatever notices speak of it (R6).

Everything derives from the set of notices, so that their order of arrival does not matter (law 4). What has been replaced or taken back
never counts. Of what stands, the latest word decides what a case is; where it is silent, the latest that is not.
"""

from collections.abc import Callable, Mapping

from msgspec.structs import replace

from schemas.cases import CaseNotice, CaseStatus
from schemas.ledger import Admitted, Doubt, Place, Tick
from schemas.policy import Clusters
from schemas.word import UtcMs
from streams.pipeline.line import Due, Entry, Step
from streams.pipeline.surveillance.cluster.days import day_of, end_of
from streams.pipeline.surveillance.cluster.memory import Case, Draft, Notice, Standing, case_name, notice_key, notice_name
from streams.pipeline.surveillance.rulebook import DAY_MS, Rulebook


class _Told(CaseNotice):
    """A notice as INTAKE tells it: a case is named by an id, which is no token any more (law 12)."""

    case: str
    contact_of: str | None = None


def heard(admitted: Admitted, place: Place, policy: Clusters) -> Notice:
    """What is kept of a notice. A day that lies in the future is that on which it was said; one that nobody states is none."""
    told = _Told.model_validate_json(bytes(admitted.fact))
    reported = day_of(min(told.reported_at, admitted.at), place.zone)
    day = min(told.day.toordinal(), reported) if told.day else 0
    return Notice(
        digest=admitted.digest,
        case=told.case,
        firm=place.firm,
        plant=place.plant,
        status=told.status,
        day=day,
        reported=reported,
        said_at=told.reported_at,
        source=admitted.source,
        id=admitted.id,
        area=told.area or "",
        contact_of=told.contact_of or "",
        residence=told.residence or "",
        doubts=tuple(admitted.unresolved),
        replaces=told.replaces.id if told.replaces else "",
        withdrawn=told.withdrawn or admitted.moved_away,
        informed_at=told.firm_informed_at,
        silent=is_too_late(day or (0 if told.withdrawn else reported), place.zone, admitted.at, policy),
    )


def is_too_late(day: int, zone: str, at: UtcMs, policy: Clusters) -> bool:
    """Whether a day had been over for longer than a notice of it may change anything (R6)."""
    return day > 0 and at - end_of(day, zone) > policy.lateness_days * DAY_MS


def take(draft: Draft, key: str, notice: Notice, at: UtcMs) -> set[str]:
    """One more notice; the cases of which something else may be true now."""
    notice = replace(notice, replacers=draft.notice(key).replacers)
    draft.put_notice(key, notice)
    touched, kept = {notice.case}, {key}
    if notice.replaces and not notice.silent:
        target = notice_key(notice.source, notice.replaces)
        kept.add(target)
        known = draft.notice(target)
        draft.put_notice(target, replace(known, replacers=known.replacers + 1))
        touched.add(known.case)
    touched |= _untied(draft, key)
    case = draft.case(notice.case)
    draft.put_case(replace(case, notices=tuple(sorted({*case.notices, *kept})), at=max(case.at, at)))
    if notice.contact_of:
        other = draft.case(notice.contact_of)
        draft.put_case(replace(other, at=max(other.at, at)))
    return touched - {""}


def _untied(draft: Draft, start: str) -> set[str]:
    """Those that replace one another in a circle replace nothing: else what was said would vanish. The cases that they speak of."""
    path: dict[str, Notice] = {}
    at = start
    while at not in path:
        notice = draft.notice(at)
        if not notice.replaces or notice.withdrawn or notice.silent or not notice.replacers:
            return set()
        path[at] = notice
        at = notice_key(notice.source, notice.replaces)
    if at != start:
        return set()
    for key, notice in path.items():
        draft.put_notice(key, replace(notice, circular=True, replacers=notice.replacers - 1))
    return {notice.case for notice in path.values()}


def folded(draft: Draft, case: str, most: int) -> Case:
    """The case by all that stands of its notices; standing is None where nothing does. Of more than `most` the oldest are forgotten."""
    known = draft.case(case)
    mine = sorted(((key, each) for key in known.notices if (each := draft.notice(key)).case == case), key=_age)
    dropped = {key for key, _ in mine[:-most]}
    for key in dropped:
        draft.put_notice(key, None)
    standing = [each for _, each in mine[-most:] if not (each.withdrawn or each.silent or each.replacers)]
    return replace(
        known,
        notices=tuple(key for key in known.notices if key not in dropped),
        standing=_folded(standing) if standing else None,
    )


def _age(each: tuple[str, Notice]) -> tuple[UtcMs, str, str]:
    _, notice = each
    return notice.said_at, notice.source, notice.id


def _folded(oldest_first: list[Notice]) -> Standing:
    newest = oldest_first[-1]

    def latest(stated: Callable[[Notice], str]) -> str:
        return next((text for notice in reversed(oldest_first) if (text := stated(notice))), "")

    return Standing(
        firm=newest.firm,
        plant=latest(lambda notice: notice.plant),
        status=newest.status,
        day=next((notice.day for notice in reversed(oldest_first) if notice.day), newest.reported),
        area=latest(lambda notice: notice.area),
        contact_of=latest(lambda notice: notice.contact_of),
        residence=latest(lambda notice: notice.residence),
        doubts=(*newest.doubts, Doubt.CONTRADICTORY_REPLACEMENT) if newest.circular else newest.doubts,
        informed_at=_informed_at(oldest_first) if newest.status == CaseStatus.CONFIRMED else None,
    )


def _informed_at(standing: list[Notice]) -> UtcMs | None:
    told = [each.informed_at for each in standing if each.status == CaseStatus.CONFIRMED and each.informed_at is not None]
    return min(told, default=None)


def named(draft: Draft, case: str, before: str, after: str) -> None:
    """A case is said to be a contact of another one than before: those named know it."""
    for other, is_named in ((before, False), (after, True)):
        if other and before != after:
            known = draft.case(other)
            contacts = {*known.contacts, case} if is_named else {*known.contacts} - {case}
            draft.put_case(replace(known, contacts=tuple(sorted(contacts))))


def due_of_cases(draft: Draft, book: Rulebook) -> Mapping[str, Due]:
    """When each case that has changed is forgotten."""
    cases = ((name, entry) for name, entry in draft.changes.items() if isinstance(entry, Case))
    return {name: Due(at=book.forgotten_at(case.at)) for name, case in cases}


def tick_case(entries: Mapping[str, Entry], case: Case, now: Tick, book: Rulebook) -> Step:
    """A case of which nobody has spoken for long is forgotten, and its notices with it."""
    name = case_name(case.subject, case.case)
    if book.forgotten_at(case.at) > now.at:
        return Step({name: case}, due={name: Due(at=book.forgotten_at(case.at))})
    names = (notice_name(case.subject, key) for key in case.notices)
    return Step({name: None, **{each: None for each in names if each in entries}})
