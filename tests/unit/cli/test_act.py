"""`siaga act`: what is said to be wrong before anything is published, and that every judgement has words."""

import pytest
from typer.testing import CliRunner

from schemas.escalation import Judged
from schemas.operator import Confirm, Excuse, Release
from streams.cli import act
from streams.cli.hall.acting import _refuse_what_intake_would
from streams.cli.hall.on_escalation import WORDS
from streams.cli.hall.say import Stop
from streams.cli.main import app
from streams.live.present import stated
from streams.pipeline.entitled import DECIDING, DISPUTE

ON = {"obligation": "iomki", "period": "2021-08-03"}
WHO = ["--as", "dg-kpaii", "--name", "N. N."]


def test_every_act_on_a_period_is_a_verb():
    """Whatever ESCALATION would take, somebody can say."""
    verbs = {command.name for command in act.app.registered_commands}
    assert verbs - {"decline", "done", "handover", "silence"} == set(act.TAKEN) == DECIDING | {DISPUTE}


def test_every_judgement_of_an_act_on_an_escalation_has_words():
    assert set(WORDS) == set(Judged) - {Judged.UNKNOWN_PERIOD, Judged.NOT_YET_DUE}


def test_every_judgement_of_such_an_act_has_words():
    assert set(act.REFUSED) == {Judged.REPEATED, Judged.UNKNOWN_POSITION, Judged.UNKNOWN_PERIOD, Judged.NOT_YET_DUE, Judged.NOT_ENTITLED}


@pytest.mark.parametrize("period", ["iomki", "/2021-08-03", "iomki/"])
def test_a_period_is_an_obligation_and_a_day(period):
    done = CliRunner().invoke(app, ["act", "release", period, *WHO, "--reason", "x"])
    assert isinstance(done.exception, Stop) or done.exit_code == 2
    assert "iomki/2021-08-03" in str(getattr(done.exception, "words", done.stderr))


@pytest.mark.parametrize(
    ("model", "data", "words"),
    [
        pytest.param(Release, {"on": {**ON, "period": "tuesday"}, "reason": "x"}, "on.period", id="no day"),
        pytest.param(Excuse, {"on": {**ON, "firm": "itss"}, "reason": "x"}, "both", id="a firm without a permit"),
        pytest.param(Confirm, {"on": {**ON, "firm": "itss", "permit": "IOMKI/1"}, "step": "fine"}, "step", id="no such step"),
    ],
)
def test_what_intake_would_refuse_is_said_before_it_is_published(model, data, words):
    said = stated(model, {**data, "position": "dg-kpaii", "name": "N. N."}, 0, exercise=False)
    with pytest.raises(Stop, match=words):
        _refuse_what_intake_would(model, said.binary().value)


def test_two_acts_on_the_same_thing_at_the_same_moment_are_two():
    """What tells them apart is what they are."""
    data = {"on": ON, "position": "dg-kpaii", "name": "N. N.", "reason": "x"}
    assert stated(Release, data, 0, exercise=False).id != stated(Excuse, data, 0, exercise=False).id
