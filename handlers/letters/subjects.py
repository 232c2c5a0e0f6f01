"""The list of those that a digest is about: whose, which permit, and what was concluded, a line for each."""

import re
from collections.abc import Iterable

from handlers.language import tidy
from handlers.letters.parts import Digest
from handlers.wording.codes import BECAUSE, word
from handlers.wording.duty import STEPS
from schemas.surveillance import AlertState, Subject

_OF_A_PERIOD = re.compile(r"[^/]+/\d{4}-\d{2}-\d{2}/(.+)", re.ASCII)


def listed(t: Digest) -> Iterable[str]:
    """The subjects as far as they are listed, and how many are not."""
    situation = t.situation
    if not situation.subjects:
        return
    count = len(situation.subjects) + situation.more_subjects
    yield t.say("among", count=t.tongue.number(count))
    for subject in situation.subjects:
        yield t.say("among_one", subject=_words(t, subject))
    if situation.more_subjects:
        yield t.say("among_more", count=t.tongue.number(situation.more_subjects))


def _words(t: Digest, subject: Subject) -> str:
    """Whose it is, which permit, and what was concluded."""
    permit, step = _permit(subject.about)
    name = tidy(subject.name or subject.firm.removeprefix("firm:") or subject.about)
    if permit:
        name = t.say("of_permit", name=name, permit=tidy(permit, 40))
    state = [t.say(f"state_{subject.state.value}")] if subject.state is not AlertState.FIRING else []
    proposed = [t.say("proposed", step=word(STEPS, step, t.lang))] if step else []
    because = [word(BECAUSE, each.value, t.lang) for each in subject.because]
    said = ", ".join((*state, *proposed, *because))
    return t.say("concluded", name=name, words=said) if said else name


def _permit(about: str) -> tuple[str, str]:
    """The permit and the step that it is proposed for, of what is about a period as `obligation/day/permit[/step]`; else nothing."""
    found = _OF_A_PERIOD.fullmatch(about)
    if found is None:
        return "", ""
    permit, _, step = found[1].rpartition("/")
    return (permit, step) if permit and step in STEPS else (found[1], "")
