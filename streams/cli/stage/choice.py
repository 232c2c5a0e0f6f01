"""Choice: one person may take the escalation before the simulator does, by key, command or the link of the mail. Out: who did."""

import asyncio
from collections.abc import Awaitable, Callable

from schemas.escalation import Answer
from streams.cli.stage import keys, words
from streams.cli.stage.scene import Scene
from streams.cli.stage.screen import Screen
from streams.simulate.story import Acted, Line

WAIT_SECONDS = 15
HERE = "at the terminal"


class Choice:
    """Offered once. `command`: how this person calls us."""

    def __init__(
        self, screen: Screen, command: str, *, pressed: Callable[[], Awaitable[None]] = keys.pressed, wait_seconds: float = WAIT_SECONDS
    ) -> None:
        self._screen, self._command = screen, command
        self._pressed, self._wait_seconds = pressed, wait_seconds
        self._is_offered = False

    async def act(self, line: Line, scene: Scene) -> Line | None:
        """The line as it is, or in the name of who pressed the key; None when somebody took it by command meanwhile."""
        assert line.act  # noqa: S101  only acts are asked about
        if self._is_offered:
            return line
        self._is_offered = True
        self._offer(line.act, scene)
        taken, by_key = await self._waited_for(line.act.position, scene)
        self._screen.wait("")
        if taken:
            self._say(f"taken by {taken.name}, by command or link")
            return None
        if by_key:
            self._say("taken by you, here")
            return line.model_copy(update={"act": line.act.model_copy(update={"name": HERE})})
        self._say(f"nobody pressed a key within {self._wait_seconds:g} s: the simulator takes it")
        return line

    def _offer(self, act: Acted, scene: Scene) -> None:
        taking = f"--revision {words.newest_revision(scene, act.position)} --as {act.position} --name YOU"
        self._say(f"press a key within {self._wait_seconds:g} s to take it as {words.short(act.position)}, or in another terminal:")
        self._say(f"{self._command} ack {words.newest_id(scene)} {taking}")
        self._say("or by the link in its mail, in the mailbox named above")
        self._screen.wait("waiting for you")

    async def _waited_for(self, position: str, scene: Scene) -> tuple[Answer | None, bool]:
        """The answer to an act of somebody in that position that counts, and whether a key was pressed."""
        begins = len(scene.answers)

        def taken() -> Answer | None:
            return next((each for each in scene.answers[begins:] if words.is_taken(each, position)), None)

        pressed = asyncio.ensure_future(self._pressed())
        answered = asyncio.ensure_future(scene.until(lambda: taken() is not None))
        await asyncio.wait({pressed, answered}, timeout=self._wait_seconds, return_when=asyncio.FIRST_COMPLETED)
        by_key = pressed.done()
        for waiting in (pressed, answered):
            waiting.cancel()
        await asyncio.gather(pressed, answered, return_exceptions=True)
        return taken(), by_key

    def _say(self, text: str) -> None:
        self._screen.line(f"        {text}")
