"""`siaga ack`: a named person takes an escalation. Publishes the act, and waits for ESCALATION's word on it; ESCALATION alone judges."""

import asyncio

from streams.cli.hall.acting import Name, Person, Position, told
from streams.cli.hall.on_escalation import WORDS, Estate, Id, Revision, said_of_escalation
from streams.cli.hall.say import AsJson

EXAMPLE = 'Example: siaga ack E-fbbf98389a --revision 2 --as disnakertrans:72 --name "N. N."'


def ack(id: Id, revision: Revision, position: Position, name: Name, *, estate: Estate = None, as_json: AsJson = False) -> None:
    """Acknowledge an escalation: you take it, for your position, on the revision that you have read.

    Waits up to 5 seconds for the answer. The exit code is 1 when it was not taken, or is still being checked.
    """
    from schemas.operator import Acknowledge
    from streams.cli.hall import place

    answer = asyncio.run(said_of_escalation(place.settings_with_kafka(), Acknowledge, (id, revision), Person(position, name), estate))
    told(as_json, {"escalation": id}, f"{id} r{revision}", answer, WORDS)
