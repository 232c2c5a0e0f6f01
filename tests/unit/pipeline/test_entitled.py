"""Who may say what about a period: every act, every kind of position (G2, G3)."""

import pytest
from msgspec.structs import replace

from schemas import codec
from schemas.escalation import AdmittedAct, Answer, Judged
from schemas.ledger import Origin
from schemas.operator import Release
from schemas.policy import Position, Receiver
from schemas.topics import ESCALATION_INBOX, partition_of
from streams.pipeline.entitled import refused
from streams.pipeline.escalation import ESCALATION
from streams.pipeline.line import Record
from tests.story import DAY, NOON_2026, POLICY, ROSTER, STAMP, Seat, act_on, clock

AT_NIGHT = clock("2021-08-04T08:00:00+07:00")

ON_DUTY = {"firm": "itss", "permit": "IOMKI/1"}
DECISIONS = ("confirm", "waive", "excuse", "release")


def act(act: str, position: str, obligation: str = "iomki", period: str = "2021-08-03", **on: str) -> AdmittedAct:
    origin = Origin("operator-acts", 0, 1)
    return AdmittedAct(act, "siaga/cli", "a-1", "", 0, position, "N. N.", AT_NIGHT, origin, obligation=obligation, period=period, **on)


@pytest.mark.parametrize("position", ["dir-perwilayahan", "dg-kpaii", "dg-ilmate"])
@pytest.mark.parametrize("what", DECISIONS)
def test_who_decides_by_the_policy_may(what, position):
    assert refused(act(what, position, **ON_DUTY), POLICY, ROSTER) is None


@pytest.mark.parametrize(
    ("said", "why"),
    [
        *(pytest.param(act(what, "dinas-perindustrian:72.06"), Judged.NOT_ENTITLED, id=f"{what} by a regency") for what in DECISIONS),
        *(pytest.param(act(what, "estate:imip", **ON_DUTY), Judged.NOT_ENTITLED, id=f"{what} by the supervised") for what in DECISIONS),
        *(pytest.param(act(what, "firm:itss", **ON_DUTY), Judged.UNKNOWN_POSITION, id=f"{what} by the firm itself") for what in DECISIONS),
        pytest.param(act("waive", "satgas-iomki-nowhere", **ON_DUTY), Judged.UNKNOWN_POSITION, id="nobody of the roster"),
        pytest.param(act("dispute", "firm:oss", **ON_DUTY), Judged.NOT_ENTITLED, id="a dispute for another firm"),
        pytest.param(act("dispute", "dir-perwilayahan", **ON_DUTY), Judged.NOT_ENTITLED, id="a dispute by an official, who would waive"),
        pytest.param(act("dispute", "firm:"), Judged.NOT_ENTITLED, id="a dispute of nobody"),
        pytest.param(act("acknowledge", "dir-perwilayahan"), Judged.NOT_ENTITLED, id="what is no act on a period"),
        pytest.param(act("release", "dir-perwilayahan", period="2021-08-04"), Judged.UNKNOWN_PERIOD, id="a day on which nothing falls due"),
        pytest.param(act("confirm", "dir-perwilayahan", period="2021-08-06", **ON_DUTY), Judged.NOT_YET_DUE, id="of what is not over"),
        pytest.param(act("release", "dir-perwilayahan", period="soon"), Judged.UNKNOWN_PERIOD, id="no day at all"),
        pytest.param(act("release", "dir-perwilayahan", obligation="gossip"), Judged.UNKNOWN_PERIOD, id="no obligation"),
    ],
)
def test_everybody_else_is_refused(said, why):
    assert refused(said, POLICY, ROSTER) == why


def test_a_firm_disputes_for_itself_though_no_roster_lists_firms():
    assert refused(act("dispute", "firm:itss", **ON_DUTY), POLICY, ROSTER) is None


def test_a_decision_is_taken_by_prefix():
    """Whoever acts for an office that decides has a position beneath it."""
    deputy = Position(
        id="dir-perwilayahan:2", title_id="Wakil", title_en="Deputy", holder="contoh",
        receivers=(Receiver(id="w", channel="mail", address="w@kemenperin.example"),),
    )  # fmt: skip
    roster = ROSTER.model_copy(update={"positions": (*ROSTER.positions, deputy)})
    assert refused(act("release", deputy.id), POLICY, roster) is None


class Estates:
    """ESCALATION at every partition."""

    def __init__(self) -> None:
        self.seats = [Seat(ESCALATION) for _ in range(ESCALATION_INBOX.partitions)]

    def hears(self, word: AdmittedAct, *keys: str) -> list[Answer]:
        """An act of all firms at every partition; of one firm at that of its estate."""
        (key,) = keys or (f"{word.obligation}/{word.period}",)
        partitions = [partition_of(key, ESCALATION_INBOX)] if keys else range(ESCALATION_INBOX.partitions)
        return [answer for partition in partitions for answer in self._step(word, key, partition)]

    def _step(self, word: AdmittedAct, key: str, partition: int) -> list[Answer]:
        seat = self.seats[partition]
        headers = tuple((name, value.encode()) for name, value in STAMP._asdict().items())
        record = Record(ESCALATION_INBOX.name, partition, 1, NOON_2026, key.encode(), codec.encode(word), headers)
        step = ESCALATION.step(seat.entries, record, seat.in_force)
        seat.entries |= {name: ESCALATION.unpack(ESCALATION.pack(entry)) for name, entry in step.changes.items()}
        seat.dues.update(step.due)
        return [said.word for said in step.words]


@pytest.fixture
def estates() -> Estates:
    return Estates()


class TestAnswers:
    def test_an_act_of_all_firms_is_answered_once(self, estates):
        """It goes to every partition; one speaks for all."""
        (answer,) = estates.hears(act("release", "dir-perwilayahan"))
        assert (answer.judged, answer.act, answer.act_id, answer.position, answer.escalation) == (
            Judged.TAKEN, "release", "a-1", "dir-perwilayahan", "",
        )  # fmt: skip

    def test_an_act_on_a_firms_period_is_answered_where_its_estate_is(self, estates):
        assert [answer.judged for answer in estates.hears(act("waive", "dg-kpaii", **ON_DUTY), "imip")] == [Judged.TAKEN]

    def test_one_that_comes_again_is_repeated(self, estates):
        """Law 5: known by its source and id; another of the same person is another."""
        release = act("release", "dir-perwilayahan")
        said = (release, release, replace(release, id="a-2"))
        assert [answer.judged for word in said for answer in estates.hears(word)] == [Judged.TAKEN, Judged.REPEATED, Judged.TAKEN]

    def test_what_is_refused_is_answered_and_leaves_no_trace(self, estates):
        """Who was told that they may not, and may later, is not told that they have repeated themselves."""
        for _ in range(2):
            assert [a.judged for a in estates.hears(act("release", "disnakertrans:72"))] == [Judged.NOT_ENTITLED]
        assert not any(seat.entries for seat in estates.seats)

    def test_an_answer_is_forgotten_as_an_escalation_is(self, estates):
        estates.hears(act("waive", "dg-kpaii", **ON_DUTY), "imip")
        (seat,) = [seat for seat in estates.seats if seat.entries]
        seat.tick_through(AT_NIGHT + POLICY.escalation.forget_days * DAY)
        assert (seat.entries, seat.dues) == ({}, {})

    @pytest.mark.parametrize("position", ["dir-perwilayahan", "disnakertrans:72"])
    def test_through_the_whole_line(self, tell, position):
        """One answer, and nobody else is told."""
        heard = tell("11:10", act_on(Release, position, on={"firm": None, "permit": None}, reason="benar"))
        expected = Judged.TAKEN if position == "dir-perwilayahan" else Judged.NOT_ENTITLED
        assert (heard, [answer.judged for answer in tell.answers]) == ([], [expected])
