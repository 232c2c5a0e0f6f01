"""Alerts: the findings of one subject in, changed alerts out. An alert speaks only when what it says has changed.

For every rule alike: what is found for the first time fires; what ends is told where it fired; what now belongs to another estate is
withdrawn in the old one (law 7).
"""

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import msgspec

from schemas.ids import alert_id, digest
from schemas.surveillance import Alert, AlertState, AnySituation, Because, Proven, Reason, Rule, Share
from schemas.word import Part, UtcMs

MOVED = (Reason(Because.ALL_RETRACTED),)
"""Why an alert ends in the estate where it no longer belongs."""


class Finding(NamedTuple):
    """A rule's conclusion about one thing of a subject. The place of its situation says which estate it belongs to.

    says: what a change of means that those who were told are told again. An end is a finding too: it bears its state, is heard of only
    where it fired, and takes the grade that was last told if it names none. The rest is as in `Alert`.
    """

    rule: Rule
    subject: str
    about: str
    reasons: tuple[Reason, ...]
    situation: AnySituation
    says: tuple[Any, ...]
    state: AlertState = AlertState.FIRING
    grade: str = ""
    grade_now: str = ""
    peak: int = 0
    held_until: UtcMs | None = None
    deadlines: tuple[tuple[str, UtcMs], ...] = ()
    open_until: UtcMs | None = None
    share: Share | None = None
    proven: Proven | None = None
    historic: bool = False
    exercise: bool = False

    @property
    def id(self) -> str:
        """The fingerprint of its alert."""
        return alert_id(self.rule, self.subject, self.about)


class Spoken(Part, frozen=True, array_like=True):
    """What an alert last said: its revision, state, and a digest of the content."""

    id: str
    estate: str
    since: UtcMs
    revision: int
    state: AlertState
    content: str
    grade: str
    peak: int

    @property
    def fires(self) -> bool:
        """Whether it was last said to be so."""
        return self.state == AlertState.FIRING

    def is_of(self, rule: Rule) -> bool:
        """Whether it is an alert of that rule."""
        return self.id.startswith(f"{rule}-")


def speak(spoken: tuple[Spoken, ...], findings: Iterable[Finding], decided_for: UtcMs) -> tuple[tuple[Spoken, ...], tuple[Alert, ...]]:
    """What has been spoken by now, and the alerts that say what is new in the findings, dated `decided_for`."""
    known = {last.id: last for last in spoken}
    alerts: list[Alert] = []
    for finding in findings:
        for alert, content in _news(finding, known.get(finding.id), decided_for):
            known[alert.id] = _as_spoken(alert, content)
            alerts.append(alert)
    return _in_order(known), tuple(alerts)


def _news(finding: Finding, last: Spoken | None, at: UtcMs) -> Iterator[tuple[Alert, str]]:
    content = digest(msgspec.json.encode((finding.state, finding.says)))
    if last and last.fires and last.estate != finding.situation.place.estate:
        withdrawn = _alert(finding._replace(state=AlertState.WITHDRAWN, reasons=MOVED), last, at)
        yield msgspec.structs.replace(withdrawn, estate=last.estate), ""
        last = msgspec.structs.replace(last, revision=last.revision + 1, state=AlertState.WITHDRAWN, content="")
    fires = finding.state == AlertState.FIRING
    if (fires or (last is not None and last.fires)) and (last is None or last.content != content):
        yield _alert(finding, last, at), content


def _alert(finding: Finding, last: Spoken | None, at: UtcMs) -> Alert:
    grade = finding.grade or (last.grade if last else "")
    return Alert(
        id=finding.id,
        rule=finding.rule,
        estate=finding.situation.place.estate,
        about=finding.about,
        since=last.since if last else at,
        revision=(last.revision if last else 0) + 1,
        state=finding.state,
        at=at,
        grade=grade,
        grade_now=finding.grade_now or grade,
        peak=finding.peak,
        reasons=finding.reasons,
        situation=finding.situation,
        held_until=finding.held_until,
        deadlines=finding.deadlines,
        open_until=finding.open_until,
        share=finding.share,
        proven=finding.proven,
        historic=finding.historic,
        exercise=finding.exercise,
    )


def _as_spoken(alert: Alert, content: str) -> Spoken:
    return Spoken(alert.id, alert.estate, alert.since, alert.revision, alert.state, content, alert.grade, alert.peak)


def _in_order(known: dict[str, Spoken]) -> tuple[Spoken, ...]:
    return tuple(known[id] for id in sorted(known))


def collapsed(
    before: tuple[Spoken, ...], after: tuple[Spoken, ...], alerts: Iterable[Alert]
) -> tuple[tuple[Spoken, ...], tuple[Alert, ...]]:
    """What one tick has found at several deadlines, as it is spoken: the last word of each alert in each estate.

    What a later deadline has overtaken is not spoken, nor is the end of what was never said; revisions count what is spoken.
    """
    old, new = {last.id: last for last in before}, {last.id: last for last in after}
    last_words = {(alert.id, alert.estate): alert for alert in sorted(alerts, key=lambda alert: alert.revision)}
    told: list[Alert] = []
    for alert in sorted(last_words.values(), key=lambda alert: (alert.at, alert.id, alert.revision)):
        if _is_news(alert, old.get(alert.id), new[alert.id]):
            first = old.get(alert.id)
            earlier = sum(1 for one in told if one.id == alert.id)
            told.append(msgspec.structs.replace(alert, revision=(first.revision if first else 0) + earlier + 1))
    spoken = {id: _renumbered(last, old.get(id), told) for id, last in new.items()}
    return _in_order({id: last for id, last in spoken.items() if last is not None}), tuple(told)


def _is_news(alert: Alert, old: Spoken | None, new: Spoken) -> bool:
    if alert.state != AlertState.FIRING:
        return old is not None and old.fires and old.estate == alert.estate
    return old is None or (old.content, old.estate, old.state) != (new.content, new.estate, new.state)


def _renumbered(last: Spoken, old: Spoken | None, told: list[Alert]) -> Spoken | None:
    revisions = [alert.revision for alert in told if alert.id == last.id]
    if not revisions:
        return old
    return msgspec.structs.replace(last, revision=revisions[-1])
