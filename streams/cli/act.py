"""`siaga act`: a named person says what is to become of an escalation, or of a period. ESCALATION answers; nothing is judged here."""

import asyncio
from typing import TYPE_CHECKING, Annotated, Any

import typer

from streams.cli.hall.acting import Name, Person, Position, answered, present_of, told
from streams.cli.hall.on_escalation import WORDS, Estate, Id, Revision, said_of_escalation
from streams.cli.hall.say import AsJson, Stop, new_app

if TYPE_CHECKING:
    from schemas.escalation import Answer
    from schemas.operator import Act
    from streams.live.settings import Settings

app = new_app(
    help="Say what is to become of an escalation, or of a period.\n\n"
    "Each verb waits up to 5 seconds for the answer; the exit code is 1 when it was not taken, or is still being checked.",
    epilog='Example: siaga act release iomki/2021-08-03 --as dir-perwilayahan --name "N. N." --reason "benar: libur bersama"',
)

_WHO = '--as dir-perwilayahan --name "N. N."'
_DUTY = "iomki/2021-08-03 --firm itss --permit IOMKI/1"

Period = Annotated[str, typer.Argument(metavar="PERIOD", help="The obligation and the day on which it falls due, as iomki/2021-08-03.")]
Firm = Annotated[str, typer.Option(help="The firm, as the register names it.")]
Permit = Annotated[str, typer.Option(help="The number of its permit.")]
AFirm = Annotated[str | None, typer.Option(help="The firm, as the register names it; without it all firms.")]
APermit = Annotated[str | None, typer.Option(help="The number of its permit; without it all firms.")]
Reason = Annotated[str, typer.Option(help="Why; it is recorded.")]
AReason = Annotated[str | None, typer.Option(help="Why, if there is more to say; it is recorded.")]
Action = Annotated[str, typer.Option(metavar="CODE", help="What was asked, by its code, as state_filed.")]
To = Annotated[str, typer.Option(metavar="POSITION", help="To whom: a position of the roster.")]
Until = Annotated[str, typer.Option(metavar="TIME", help="Until when, as 2026-11-25T06:00:00Z.")]
Step = Annotated[
    str | None, typer.Option(metavar="STEP", help="The step that was proposed: deactivation, freeze or revocation; none for a warning.")
]

TAKEN = {
    "confirm": "taken: it counts as decided",
    "waive": "taken: nothing follows from it",
    "excuse": "taken: nobody is blamed for it",
    "dispute": "taken: every later message shows it, and the proposal is held",
    "release": "taken: what the brake holds back leaves with the next tick; where no brake is on, nothing changes",
}
REFUSED = {
    "repeated": "refused: this has been said already",
    "unknown_position": "refused: the roster in force has no such position",
    "unknown_period": "refused: nothing of this obligation falls due on that day",
    "not_yet_due": "refused: nothing can have been found of a period that is not over",
    "not_entitled": "refused: this position may not do that; officials decide, and a firm disputes for itself, as firm:ID",
}


@app.command("confirm", short_help="It is decided as proposed.", epilog=f"Example: siaga act confirm {_DUTY} {_WHO} --step freeze")
def confirm(
    period: Period,
    firm: Firm,
    permit: Permit,
    *,
    position: Position,
    name: Name,
    step: Step = None,
    reason: AReason = None,
    as_json: AsJson = False,
) -> None:
    """Officials have decided as was proposed: only what is confirmed feeds the next step (G3)."""
    _act("confirm", _duty(period, firm, permit), Person(position, name), as_json, step=step, reason=reason)


@app.command("waive", short_help="It was missed; nothing follows.", epilog=f'Example: siaga act waive {_DUTY} {_WHO} --reason "gempa"')
def waive(period: Period, firm: Firm, permit: Permit, *, position: Position, name: Name, reason: Reason, as_json: AsJson = False) -> None:
    """The report was missed, and nothing follows from it."""
    _act("waive", _duty(period, firm, permit), Person(position, name), as_json, reason=reason)


@app.command(
    "excuse", short_help="Nobody is to blame.", epilog=f'Example: siaga act excuse iomki/2021-08-03 {_WHO} --reason "SIINas padam"'
)
def excuse(
    period: Period,
    *,
    position: Position,
    name: Name,
    reason: Reason,
    firm: AFirm = None,
    permit: APermit = None,
    as_json: AsJson = False,
) -> None:
    """Nobody is to blame that the report did not come: one firm, or all; for all it also lifts the brake (G2)."""
    _act("excuse", _duty(period, firm, permit), Person(position, name), as_json, reason=reason)


@app.command(
    "dispute",
    short_help="The firm disagrees.",
    epilog=f'Example: siaga act dispute {_DUTY} --as firm:itss --name "N. N." --reason "sudah dikirim"',
)
def dispute(period: Period, firm: Firm, permit: Permit, *, position: Position, name: Name, reason: Reason, as_json: AsJson = False) -> None:
    """The firm disagrees: shown in every later message, and the proposal is held (G3)."""
    _act("dispute", _duty(period, firm, permit), Person(position, name), as_json, reason=reason)


@app.command(
    "release",
    short_help="The mass absence is real.",
    epilog=f'Example: siaga act release iomki/2021-08-03 {_WHO} --reason "benar: libur bersama"',
)
def release(period: Period, *, position: Position, name: Name, reason: Reason, as_json: AsJson = False) -> None:
    """The mass absence is real: what the brake holds back of this period may leave (G2)."""
    _act("release", _duty(period), Person(position, name), as_json, reason=reason)


@app.command(
    "decline",
    short_help="It is not mine, or wrong.",
    epilog='Example: siaga act decline E-fbbf98389a --revision 2 --as kemnaker --name "N. N." --reason "keliru"',
)
def decline(
    id: Id, revision: Revision, *, position: Position, name: Name, reason: Reason, estate: Estate = None, as_json: AsJson = False
) -> None:
    """It is not yours, or something is wrong. If nobody who was asked is left to take it, the next level is told at once."""
    _of_escalation("decline", (id, revision), Person(position, name), as_json, estate, reason=reason)


@app.command(
    "done",
    short_help="What was asked is done.",
    epilog='Example: siaga act done E-fbbf98389a --action secure --revision 2 --as kemnaker --name "N. N."',
)
def done(
    id: Id, revision: Revision, *, position: Position, name: Name, action: Action, estate: Estate = None, as_json: AsJson = False
) -> None:
    """What was asked of your position is done; every later message says so."""
    _of_escalation("done", (id, revision), Person(position, name), as_json, estate, action=action)


@app.command(
    "handover",
    short_help="Somebody else is to do it.",
    epilog='Example: siaga act handover E-fbbf98389a --revision 2 --as kemnaker --name "N. N." --to dg-kpaii --reason "cuti"',
)
def handover(
    id: Id, revision: Revision, *, position: Position, name: Name, to: To, reason: Reason, estate: Estate = None, as_json: AsJson = False
) -> None:
    """Another position of the roster is asked what yours was asked, and told that it is from you."""
    _of_escalation("handover", (id, revision), Person(position, name), as_json, estate, to=to, reason=reason)


@app.command(
    "silence",
    short_help="No more changes for a while.",
    epilog='Example: siaga act silence E-fbbf98389a --revision 2 --as duty-officer --name "N. N." --until 2026-11-25T06:00:00Z --reason R',
)
def silence(
    id: Id,
    revision: Revision,
    *,
    position: Position,
    name: Name,
    until: Until,
    reason: Reason,
    estate: Estate = None,
    as_json: AsJson = False,
) -> None:
    """No more changes to your position until then; a graver one, more dead, and the end are told all the same. Never of the gravest."""
    _of_escalation("silence", (id, revision), Person(position, name), as_json, estate, until=until, reason=reason)


def _of_escalation(act: str, escalation: tuple[str, int], person: Person, as_json: bool, estate: str | None, **more: str) -> None:
    from schemas import operator
    from streams.cli.hall import place

    model: type[Act] = getattr(operator, act.capitalize())
    answer = asyncio.run(said_of_escalation(place.settings_with_kafka(), model, escalation, person, estate, **more))
    told(as_json, {"act": act, "escalation": escalation[0]}, f"{act} {escalation[0]} r{escalation[1]}", answer, WORDS)


def _duty(period: str, firm: str | None = None, permit: str | None = None) -> dict[str, str]:
    """What the act is on."""
    obligation, slash, day = period.partition("/")
    if not (obligation and slash and day):
        raise Stop(f"{period}: name the obligation and the day on which it falls due, as iomki/2021-08-03")
    stated = {"obligation": obligation, "period": day, "firm": firm, "permit": permit}
    return {name: value for name, value in stated.items() if value is not None}


def _act(act: str, on: dict[str, str], person: Person, as_json: bool, **more: str | None) -> None:
    from streams.cli.hall import place

    stated = {name: value for name, value in more.items() if value is not None}
    answer = asyncio.run(_acted(place.settings_with_kafka(), act, on, person, stated))
    title = " ".join((act, f"{on['obligation']}/{on['period']}", *(on[name] for name in ("firm", "permit") if name in on)))
    told(as_json, {"act": act, "on": on}, title, answer, {**REFUSED, "taken": TAKEN[act]})


async def _acted(settings: "Settings", act: str, on: dict[str, str], person: Person, stated: dict[str, Any]) -> "Answer | None":
    from schemas import operator
    from streams.cli.hall import place

    model: type[Act] = getattr(operator, act.capitalize())
    present = await place.in_time(present_of(settings))
    return await answered(settings, model, on, person, present=present, key=on.get("firm", f"{on['obligation']}/{on['period']}"), **stated)
