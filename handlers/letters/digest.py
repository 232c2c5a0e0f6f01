"""The letter of a digest: one table that adds up, the first of those it is about, and the proof behind it (law 11).

What only the digest of a deadline says stands in `deadline`.
"""

from collections.abc import Iterable
from typing import Any

from handlers.language import tidy
from handlers.letters import deadline
from handlers.letters.parts import Change, Digest, Row, Table, change_words, compared, ended, seen_changes, why_words
from handlers.letters.subjects import listed
from handlers.telling import ends, is_cancelled, place_name, source_name
from handlers.wording.codes import word
from handlers.wording.digest import COLUMNS, HEADERS, kind
from schemas.delivery import Attempt
from schemas.ids import REGENCY
from schemas.surveillance import DigestRow, DigestSituation


def closing(t: Digest) -> str:
    """The phrase it closes with."""
    return "closing_deadline" if t.situation.deadline else "closing_digest"


def about(t: Digest) -> str:
    """For programs: which digest, of which time."""
    return f"digest:{tidy(t.situation.series, 60)}/{tidy(t.situation.period, 60)}"


def subject(t: Digest) -> str:
    """What it is the digest of, when, where, and its sums."""
    situation = t.situation
    end = f" {t.say('subject_cancelled')}" if is_cancelled(t.delivery) else ""
    where = place_name(t, situation.place, brief=True) if _is_somewhere(t) else ""
    what = ", ".join(filter(None, (_title(t), where)))
    revision = f" r{t.delivery.revision}" if t.delivery.revision > 1 and not situation.page else ""
    sums = _page(t) or deadline.sums(t) or _totals(t)
    return f"{what}{revision}{end}: {sums}" if sums else f"{what}{revision}{end}"


def _is_somewhere(t: Digest) -> bool:
    place = t.situation.place
    return any((place.estate_name, place.regency_name, place.province_name))


def _title(t: Digest) -> str:
    situation = t.situation
    name = deadline.name(t) or kind(situation.series).title.of(t.lang)
    title = f"{name} {t.tongue.day(situation.period, always_year=True)}"
    return title[:1].upper() + title[1:]


def _page(t: Digest) -> str:
    situation = t.situation
    count = t.tongue.number(len(situation.subjects))
    return t.say("subject_list", page=t.tongue.number(situation.page), count=count) if situation.page else ""


def _totals(t: Digest) -> str:
    return ", ".join(f"{t.tongue.number(value)} {word(COLUMNS, name, t.lang)}" for name, value in t.situation.numbers())


def matters(t: Digest) -> Iterable[str]:
    """An end, if it is one."""
    return ended(t, _title(t))


def lead(t: Digest) -> str:
    """When it was closed, and the sums."""
    if is_cancelled(t.delivery):
        return ""
    if t.situation.deadline:
        return deadline.lead(t)
    said = kind(t.situation.series).lead.of(t.lang).format(totals=_totals(t))
    closes, title = t.situation.closes, _title(t)
    day = t.tongue.date(closes, always_year=True)
    when = f"{title} {t.tongue.clock(closes)}" if title.endswith(day) else f"{title}, {t.tongue.deadline(closes)}"
    return f"{when}: {said}"


def changes(attempt: Attempt) -> list[Change]:
    """What differs from what this reader saw of it, or else of the period before."""
    situation = attempt.delivery.situation
    if attempt.seen is None and isinstance(situation, DigestSituation) and situation.before_period:
        return compared(dict(situation.before), dict(situation.numbers()))
    return seen_changes(attempt)


def changed(t: Digest) -> str:
    """Since the revision that the reader saw, or the period before."""
    seen = t.attempt.seen
    found = changes(t.attempt)
    if seen is None and t.situation.deadline:
        found = [change for change in found if change.name in deadline.COMPARED]
    said = "; ".join(change_words(t, change) for change in found)
    if not said or ends(t.delivery):
        return ""
    if seen is None:
        return t.say("digest_since", period=t.tongue.day(t.situation.before_period), changes=said)
    return t.say("since", revision=seen.revision, changes=said)


def is_over(t: Digest) -> str:
    """Only an end ends it."""
    return t.say("nothing_more") if ends(t.delivery) else ""


def reasons(_: Digest) -> bool:
    """Each finding has its own."""
    return False


def is_graded(_: Digest) -> bool:
    """A digest has no grade."""
    return False


def why(t: Digest) -> str:
    """Why it reached the reader."""
    return why_words(t)


def rows(_: Digest) -> Iterable[Row]:
    """What is known stands in columns."""
    return ()


def table(t: Digest) -> Table | None:
    """A line for each place, and their sum."""
    situation = t.situation
    shown = deadline.columns(situation)
    if is_cancelled(t.delivery) or not situation.rows or not shown:
        return None
    header = (t.say("where"), *(tidy(word({**COLUMNS, **HEADERS}, situation.columns[n], t.lang), 20) for n in shown))
    lines = [(_row_name(t, row), *(t.tongue.number(row.counts[n]) for n in shown)) for row in situation.rows]
    return Table(header, (*lines, (t.say("sum"), *(t.tongue.number(situation.totals[n]) for n in shown))))


def _row_name(t: Digest, row: DigestRow) -> str:
    if not row.key:
        return t.say("others")
    return t.say("outside") if row.key.startswith(REGENCY) and not row.name else tidy(row.name or row.key, 40)


def notes(t: Digest) -> Iterable[str]:
    """What is in no column, which firms, as far as they are listed, and why an absence may be believed."""
    if is_cancelled(t.delivery):
        return ()
    return (*deadline.besides(t), *listed(t), *filter(None, (_proof(t),)), *deadline.reassurance(t))


def _proof(t: Digest) -> str:
    proof = t.situation.proven
    if proof is None:
        return ""
    when = {"through": t.tongue.exact(proof.through), "read": t.tongue.exact(proof.read_at)}
    partitions = {"partitions": t.tongue.number(proof.partitions), "of": t.tongue.number(proof.of)}
    return t.say("proof", source=source_name(proof.source), **when, **partitions)


def facts(t: Digest) -> list[dict[str, Any]]:
    """The table, and the subjects, for programs."""
    situation = t.situation
    return [
        *({"name": tidy(name), "value": value} for name, value in situation.numbers()),
        *(
            {
                "subject": tidy(each.about, 120),
                "firm": tidy(each.firm, 120),
                "state": each.state,
                "because": [because.value for because in each.because],
            }
            for each in situation.subjects
        ),
    ]
