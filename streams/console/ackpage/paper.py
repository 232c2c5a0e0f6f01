"""Paper: an opened ticket and what is known in; the page, in both languages, out. No script, nothing fetched but the style."""

from typing import Any, NamedTuple

from jinja2 import Environment, PackageLoader, StrictUndefined
from msgspec.structs import replace

from handlers.language import Both, Lang, tidy
from handlers.letter import TAKE_OVER, Side, position_words, sides
from handlers.sign import Links
from handlers.telling import telling
from handlers.wording.codes import ACTIONS, word
from schemas.delivery import Attempt
from schemas.discretion import revision_for, standing_for, standing_for_outsiders, treats
from schemas.escalation import Answer, Asked, Delivery, Escalation, EscalationState, MessageType, Role, Standing
from schemas.ids import FIRM
from schemas.surveillance import ClusterSituation, DutySituation
from streams.console.ackpage.ticket import Opened
from streams.console.ackpage.words import CHECKED, DECLINED, DISPUTED, DONE, GOOD, LABELS, OUTCOMES, TELEPHONE, VERIFIED
from streams.pipeline.delivery.thread import seen_of

_TEMPLATES = Environment(
    loader=PackageLoader("streams.console.ackpage"), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
)
VERIFY = "verify"
_NO_LINKS = Links("", "", "", "", "")
_TOOK = {"decline": DECLINED, "dispute": DISPUTED, "done": DONE, "verify": VERIFIED}


class Sheet(NamedTuple):
    """What is known when a page is drawn. `mark`: of the form. `sent`: whether an act of this reader waits for its answer."""

    opened: Opened
    escalation: Escalation | None
    mark: str
    answer: Answer | None = None
    sent: bool = False
    telephone: str = ""

    @property
    def revision(self) -> int:
        """The one in force."""
        known = self.escalation
        return max(self.opened.now.revision, revision_for(self.opened.ticket.position, known) if known else 0)

    @property
    def standing(self) -> Standing:
        """Where the escalation stands, as far as this reader may know it; nothing where there is none."""
        if self.escalation is None:
            return Standing()
        situation, position = self.opened.now.situation, self.opened.ticket.position
        standing = standing_for(position, self.escalation.standing)
        if isinstance(situation, ClusterSituation) and not treats(position, situation):
            return standing_for_outsiders(standing, situation)
        return standing

    @property
    def is_over(self) -> bool:
        """Whether nothing is asked any more."""
        ended = self.escalation is not None and self.escalation.state in (EscalationState.ENDED, EscalationState.STOOD_DOWN)
        return ended or self.opened.now.msg_type is MessageType.CANCEL


def page(sheet: Sheet) -> str:
    """The page of a link."""
    letter = _as_it_stands(sheet)
    both = tuple(_said(side, sheet, letter) for side in sides(_attempt(sheet, letter), _NO_LINKS))
    return _TEMPLATES.get_template("page.html").render(
        both=both,
        mark=sheet.mark,
        grade=tidy(letter.grade, 10),
        labels={name: label for name, label in LABELS.items() if "{" not in label.id},
        take=_filled(LABELS["take"], revision=sheet.revision),
        may=_buttons(sheet, letter),
        actions=[(asked.action, word(ACTIONS, asked.action, "id"), word(ACTIONS, asked.action, "en")) for asked in _to_be_done(letter)],
        outcome=_outcome(sheet),
        good=sheet.answer is not None and sheet.answer.judged in GOOD,
        telephone=_telephone(sheet.telephone),
    )


def plain(said: Both, telephone: str = "") -> str:
    """A page that says one thing."""
    return _TEMPLATES.get_template("plain.html").render(said=said, telephone=_telephone(telephone))


def _telephone(number: str) -> Both | None:
    return _filled(TELEPHONE, number=tidy(number, 30)) if number else None


def _filled(label: Both, **filled: object) -> Both:
    return Both(label.id.format(**filled), label.en.format(**filled))


def _as_it_stands(sheet: Sheet) -> Delivery:
    """The newest letter, with where the escalation stands by now; what its reader has done is not asked any more."""
    letter, known = sheet.opened.now, sheet.escalation
    if known is None or letter.standing is None:
        return letter
    position = sheet.opened.ticket.position
    standing = sheet.standing
    done = {one.action for one in standing.done if one.position == position}
    done |= {TAKE_OVER for one in standing.taken if one.position == position and one.revision == sheet.revision}
    asked = tuple(one for one in letter.asked if one.action not in done)
    return replace(letter, standing=standing, at=max(letter.at, known.at), asked=asked)


def _attempt(sheet: Sheet, letter: Delivery) -> Attempt:
    """Changes are told since the letter that the link came with."""
    read = sheet.opened.read
    return Attempt(letter, 1, 0, seen=seen_of(read) if read.revision < letter.revision else None)


def _said(side: Side, sheet: Sheet, letter: Delivery) -> dict[str, Any]:
    return {"side": side, "notes": [each.of(side.lang) for each in _notes(sheet)], "others": _others(sheet, letter, side.lang)}


def _others(sheet: Sheet, letter: Delivery, lang: Lang) -> list[str]:
    """What others have said that no letter tells: that it is not theirs, that something is done."""
    if sheet.escalation is None:
        return []
    t, standing = telling(Attempt(letter, 1, 0), lang), sheet.standing
    declined = ", ".join(position_words(t, one.position) for one in standing.declined)
    done = "; ".join(f"{word(ACTIONS, one.action, lang)} ({position_words(t, one.position)})" for one in standing.done)
    said = (("declined", declined), ("done", done))
    return [LABELS[name].of(lang).format(said=names) for name, names in said if names]


def _notes(sheet: Sheet) -> list[Both]:
    read, revision, position = sheet.opened.ticket.revision, sheet.revision, sheet.opened.ticket.position
    notes = []
    if sheet.is_over:
        notes.append(LABELS["over"])
    elif revision > read:
        notes.append(_filled(LABELS["changed_since"], old=read, new=revision))
    if revision > sheet.opened.now.revision:
        notes.append(_filled(LABELS["newer_unseen"], new=revision))
    if sheet.escalation is None:
        return [*notes, LABELS["no_answer"]]
    standing = sheet.standing
    notes += [_filled(LABELS["you_took"], revision=taken.revision) for taken in standing.taken if taken.position == position]
    return notes + [LABELS["you_declined"] for declined in standing.declined if declined.position == position]


def _to_be_done(letter: Delivery) -> list[Asked]:
    return [asked for asked in letter.asked if asked.action not in (TAKE_OVER, VERIFY)]


def _buttons(sheet: Sheet, letter: Delivery) -> frozenset[str]:
    """What the page offers. Whether it is entitled to, ESCALATION says; what could not succeed is not offered."""
    situation, position = letter.situation, sheet.opened.ticket.position
    offered = {"dispute"} if isinstance(situation, DutySituation) and position.startswith(FIRM) else set()
    if sheet.escalation is None or sheet.is_over:
        return frozenset(offered)
    standing = sheet.standing
    holds = any(one.position == position and one.revision == sheet.revision for one in standing.taken)
    declined = any(one.position == position and one.revision == sheet.revision for one in standing.declined)
    if not holds:
        offered.add("acknowledge")
        offered |= set() if declined else {"decline"}
    if any(asked.action == VERIFY for asked in letter.asked):
        offered.add("verify")
    if letter.to.role is Role.ACT and _to_be_done(letter):
        offered.add("done")
    return frozenset(offered)


def _outcome(sheet: Sheet) -> Both | None:
    if sheet.answer is None:
        return CHECKED if sheet.sent else None
    if sheet.answer.judged in ("recorded", "taken"):
        return _TOOK.get(sheet.answer.act, OUTCOMES[sheet.answer.judged])
    return OUTCOMES[sheet.answer.judged]
