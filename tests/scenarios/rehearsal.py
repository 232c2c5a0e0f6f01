"""A rehearsal: a story in lock-step on the line in memory, before an audience, as the stage plays it on Kafka."""

from schemas.escalation import Escalation
from schemas.topics import ESCALATIONS
from streams.cli.stage.play import Audience, Moment
from streams.cli.stage.scene import HEARD, Scene
from streams.pipeline.line import Record
from streams.replay.story_time import publish
from streams.simulate import pace, story
from tests.story import admission, dry_run


async def rehearse(told: story.Story, audience: Audience) -> Scene:
    """All of it; answer the scene as it stands at the end."""
    line, scene, heard = dry_run(admission(entries=())), Scene(), dict.fromkeys((topic.name for topic in HEARD), 0)

    def settle() -> None:
        line.settle()
        for topic, begins in heard.items():
            records: list[Record] = line.records[topic]
            for record in records[begins:]:
                scene.hear(record)
            heard[topic] = len(records)

    for event in story.registry_events(told):
        publish(line, event)
    settle()
    burst, rest = pace.start(told)
    while True:
        for each in burst.lines:
            for event in story.line_events(told, each):
                publish(line, event)
            if each.act and (acting := await audience.act(each, scene)):
                said = [word for word in line.words(ESCALATIONS) if isinstance(word, Escalation)]
                publish(line, story.act_event(told, acting, said))
        for event in story.watermarks(told, burst.watermark):
            publish(line, event)
        moment = Moment(burst.lines, burst.watermark, scene)
        await audience.published(moment)
        settle()
        await audience.settled(moment)
        following = pace.go_on(rest, line.least_due())
        if following is None:
            return scene
        burst, rest = following
