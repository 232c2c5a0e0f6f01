"""INTAKE and cases: whose ledgers a notice goes to, what is stamped on it, what is doubted, and that a token goes no further (law 12)."""

import json

import pytest

from schemas import codec
from schemas.cases import CaseNotice, RegencyCounts
from schemas.ledger import Admitted, Odd, Oddity, Refusal, Registered, Rejected
from schemas.registry import FirmEntry
from schemas.word import format_time
from streams.pipeline.intake import INTAKE
from streams.pipeline.intake.pseudonyms import case_id
from tests.story import DESK, NOON_2026, STRANGER, Uttered, World, admission, case, clock, entry, published, responded

TOKEN, OTHER = "kasus-abcdefgh-0001", "kasus-abcdefgh-0002"
KEY = b"a key outside Kafka"


@pytest.fixture
def world() -> World:
    return World()


def counts(**fields) -> Uttered:
    return entry(RegencyCounts, "72.06", **{"days": 7, "confirmed": 21, "inhabitants": 120_000, "stated_by": "Dinkes", **fields})


def notice(word: Admitted) -> CaseNotice:
    return CaseNotice.model_validate_json(bytes(word.fact))


class TestWhere:
    def test_a_case_is_told_to_its_firm_and_its_estate(self, world):
        admitted = world.admits(case(plant="itss-bahodopi"), "11:10")
        assert set(admitted) == {"firm:itss", "estate:imip"}
        assert {(word.place.plant, word.place.regency, word.unresolved, word.moved_away) for word in admitted.values()} == {
            ("itss-bahodopi", "72.06", (), False)
        }

    def test_so_is_what_was_done(self, world):
        admitted = world.admits(responded("closure", starts_at="+2d 06:00"), "11:10")
        assert {name: (word.occurred_at, word.unresolved) for name, word in admitted.items()} == {
            "firm:itss": (clock("+2d 06:00"), ()),
            "estate:imip": (clock("+2d 06:00"), ()),
        }

    @pytest.mark.parametrize(
        ("said", "estate"),
        [
            pytest.param({"regency": "72.12", "residence": "74.02"}, "regency:72.12", id="the regency that it says the firm is in"),
            pytest.param({"residence": "74.02"}, "regency:74.02", id="else that where the worker lives"),
            pytest.param({"residence": "99.99"}, "desk", id="which must exist"),
            pytest.param({}, "desk", id="else the desk"),
            pytest.param({"estate": "vdni", "residence": "72.06"}, "vdni", id="an estate that it names comes first"),
        ],
    )
    def test_a_case_at_a_firm_that_nobody_knows_is_somebodys(self, world, said, estate):
        """G5: never refused."""
        admitted = world.admits(case(firm="nobody", **said), "11:10")
        assert set(admitted) == {"firm:nobody", f"estate:{estate}"}
        assert all("unknown_firm" in word.unresolved for word in admitted.values())

    def test_a_residence_says_nothing_of_a_firm_that_is_known(self, world):
        assert set(world.admits(case(residence="74.02"), "11:10")) == {"firm:itss", "estate:imip"}

    def test_a_case_that_was_anothers_is_taken_back_there(self, world):
        """Law 1: to every subject that it went to; both firms know."""
        admitted = world.admits(case(replaces={"id": "c-1", "firm": "oss"}), "11:10")
        assert {name: (word.moved_away, word.place.firm) for name, word in admitted.items()} == {
            "firm:itss": (False, "itss"),
            "estate:imip": (False, "itss"),
            "firm:oss": (True, "oss"),
            "estate:vdni": (True, "oss"),
        }

    def test_an_estate_that_it_stays_in_hears_it_once(self, world):
        said = [said.key for said in world.says(case(replaces={"id": "c-1", "firm": "smi"}), "11:10")]
        assert said == ["firm:itss", "estate:imip", "firm:smi"]

    @pytest.mark.parametrize("firm", [None, "itss"])
    def test_a_correction_that_moves_nothing_is_told_once(self, world, firm):
        replaces = {"id": "c-1"} | ({"firm": firm} if firm else {})
        assert [said.key for said in world.says(case(replaces=replaces), "11:10")] == ["firm:itss", "estate:imip"]

    def test_a_firm_that_nobody_can_place_is_taken_back_where_it_was_put(self, world):
        told = world.admits(case(firm="nobody", residence="74.02", id="c-1"), "11:10")
        put_right = world.admits(case(residence="74.02", replaces={"id": "c-1", "firm": "nobody"}), "11:20")
        assert {name for name, word in put_right.items() if word.moved_away} == set(told)


class TestWhen:
    @pytest.mark.parametrize(
        ("said", "occurred_at"),
        [
            pytest.param({}, "-2d", id="its onset"),
            pytest.param({"specimen": "2023-12-23"}, "-2d", id="its onset, though there is a specimen"),
            pytest.param({"onset": None, "specimen": "2023-12-23"}, "-1d", id="the day of its specimen, where no onset is known"),
            pytest.param({"asymptomatic": True, "specimen": "2023-12-23"}, "-1d", id="that of its specimen, without symptoms"),
            pytest.param({"onset": None}, None, id="when it was reported, without a day"),
        ],
    )
    def test_a_case_occurred_at_the_beginning_of_its_day_at_the_firm(self, world, said, occurred_at):
        word = world.admits(case(**said), "11:10")["firm:itss"]
        days = {"-2d": "2023-12-22", "-1d": "2023-12-23"}
        assert word.occurred_at == clock("11:10" if occurred_at is None else f"{days[occurred_at]}T00:00:00+08:00")

    def test_by_the_zone_of_the_firm(self, world):
        assert world.admits(case(firm="iwip"), "11:10")["firm:iwip"].occurred_at == clock("2023-12-22T00:00:00+09:00")


class TestDoubts:
    @pytest.mark.parametrize(
        ("said", "doubts"),
        [
            pytest.param({}, (), id="nothing"),
            pytest.param({"onset": "2023-12-24"}, (), id="an onset today"),
            pytest.param(
                {"onset": "2023-12-25", "reported_at": "11:00"}, ("time_in_the_future", "contradictory_time"), id="an onset tomorrow"
            ),
            pytest.param({"onset": "2023-12-20", "reported_at": "-5d 11:00"}, ("contradictory_time",), id="an onset after its report"),
            pytest.param(
                {"specimen": "2023-12-26"}, ("time_in_the_future", "contradictory_time"), id="a specimen of the day after tomorrow"
            ),
            pytest.param({"reported_at": "+1d 11:10"}, ("time_in_the_future",), id="a report of tomorrow"),
            pytest.param({"firm_informed_at": "+1d 11:10"}, ("time_in_the_future",), id="a firm that will be informed tomorrow"),
            pytest.param({"residence": "99.99"}, ("unknown_regency",), id="a residence that does not exist"),
            pytest.param({"regency": "99.99"}, (), id="a regency of the firm, which the registry knows better"),
            pytest.param({"status": "positif"}, ("unknown_status",), id="a status that nobody knows"),
            pytest.param({"status": "pdp"}, ("status_of_another_time",), id="a word that was no longer used"),
            pytest.param({"onset": None}, ("undated_case",), id="no day"),
            pytest.param({"withdrawn": True}, ("retraction_of_nothing",), id="a withdrawal of nothing"),
            pytest.param({"source": STRANGER}, ("unknown_source",), id="a stranger"),
            pytest.param({"plant": "atlantis"}, ("unknown_plant",), id="a plant that nobody knows"),
        ],
    )
    def test_what_cannot_be_is_doubted_and_taken_in(self, world, said, doubts):
        assert world.admits(case(**said), "11:10")["firm:itss"].unresolved == doubts

    def test_a_withdrawal_of_nothing_is_told_to_the_desk_of_its_source(self, world):
        (told,) = [said.word for said in world.says(case(withdrawn=True), "11:10") if isinstance(said.word, Refusal)]
        assert (told.subject, told.reason) == (f"source:{DESK}", "retraction_of_nothing")

    def test_a_withdrawal_of_a_notice_that_was_never_sent_is_taken_in_like_any_other(self, world):
        """INTAKE remembers no ids (law 5): the desk of cases finds nothing to take back."""
        admitted = world.admits(case(withdrawn=True, replaces={"id": "never"}), "11:10")
        assert {word.unresolved for word in admitted.values()} == {()}


class TestRegistered:
    def test_how_many_work_at_the_firm(self, world):
        world.take(entry(FirmEntry, "itss", name="PT ITSS", estate="imip", workers=776, since="2023-06-01T00:00:00+08:00"))
        world.take(entry(FirmEntry, "itss", name="PT ITSS", estate="imip", workers=900, since="2024-06-01T00:00:00+08:00"))
        assert {word.registered for word in world.admits(case(), "11:10").values()} == {Registered(workers=776)}

    @pytest.mark.parametrize(
        ("entries", "rate"),
        [
            pytest.param([], None, id="nothing is known"),
            pytest.param([counts()], 350, id="21 in 7 days among 120,000 are 350 in 14 among a million"),
            pytest.param([counts(), counts(confirmed=42, since="2023-12-22T00:00:00+08:00")], 700, id="on the day of the case"),
            pytest.param([counts(), counts(confirmed=42, since="2023-12-23T00:00:00+08:00")], 350, id="not on the next"),
            pytest.param([counts(since="2023-12-24T00:00:00+08:00")], 350, id="found out since"),
            pytest.param([counts(since="2023-12-25T00:00:00+08:00")], None, id="not what is to come"),
            pytest.param([counts()._replace(source=STRANGER)], None, id="not what a stranger says"),
            pytest.param([counts()._replace(data=counts().data | {"id": "72.12"})], None, id="not another regency's"),
            pytest.param([counts(ended=True, since="2023-12-01T00:00:00+08:00")], None, id="not what has ended"),
        ],
    )
    def test_how_common_it_is_in_the_regency(self, world, entries, rate):
        for one in entries:
            world.take(one)
        assert {word.registered.regency_rate for word in world.admits(case(), "11:10").values()} == {rate}

    def test_counts_of_a_stranger_are_listed(self):
        known = admission()
        record = published(counts()._replace(source=STRANGER), clock("11:10"), offset=known.registry.revision)
        known.registry.take(record)
        (said,) = INTAKE.step({}, record, known).words
        assert (type(said.word), said.word.what, said.word.subject) == (Oddity, Odd.COUNTS_OF_A_STRANGER, "regency:72.06")


class TestTokens:
    def admits(self, said: Uttered, key: bytes = KEY) -> Admitted:
        step = INTAKE.step({}, published(said, clock("11:10")), admission()._replace(case_key=key))
        return step.words[0].word

    def test_a_token_becomes_a_case_id_before_anything_is_said(self):
        word = self.admits(case(TOKEN, contact_of=OTHER))
        assert (notice(word).case, notice(word).contact_of) == (case_id(TOKEN, KEY), case_id(OTHER, KEY))
        assert not any(token.encode() in codec.encode(word) for token in (TOKEN, OTHER))

    def test_the_same_case_has_the_same_id(self):
        """Whoever speaks of it, whatever they say of it, and as a contact too."""
        one, other = self.admits(case(TOKEN)), self.admits(case(OTHER, contact_of=TOKEN, source=STRANGER, status="suspect"))
        assert notice(one).case == notice(other).contact_of != notice(other).case

    def test_under_another_key_it_is_another(self):
        assert notice(self.admits(case())).case != notice(self.admits(case(), b"another")).case

    def test_a_notice_whose_id_is_made_of_its_token_is_named_otherwise_everywhere(self):
        """Or its correction would say the token that the notice does not."""
        first = self.admits(case(TOKEN, id=f"{TOKEN}/1"))
        second = self.admits(case(TOKEN, id=f"{TOKEN}/2", replaces={"id": f"{TOKEN}/1"}))
        assert first.id == notice(second).replaces.id == f"{case_id(TOKEN, KEY)}/1"
        assert TOKEN.encode() not in codec.encode(second)

    def test_of_two_tokens_of_which_one_stands_within_the_other_none_is_left(self):
        word = self.admits(case(TOKEN, contact_of=f"{TOKEN}-b", id=f"{TOKEN}-b/1"))
        assert word.id == f"{case_id(f'{TOKEN}-b', KEY)}/1"

    def test_no_id_becomes_too_long(self):
        """A token is never shorter than a case id: what is as long as may be stays so."""
        token = "a" * 16
        word = self.admits(case(token, id=token * 12 + "12345678", replaces={"id": token * 12 + "87654321"}))
        assert len(word.id) == len(notice(word).replaces.id) == 200

    def test_the_digest_is_of_what_is_kept_so_that_the_same_notice_is_the_same(self):
        """Law 5: a copy is known by it, and other content under the same id too."""
        first, again = (self.admits(case(id="c-1")) for _ in range(2))
        assert first.digest == again.digest
        assert self.admits(case(OTHER, id="c-1")).digest != first.digest

    def test_however_its_publisher_writes_json(self):
        """Escapes and blanks hide no token."""
        event = case(TOKEN).at(clock("11:10")).cloud(clock("11:10"))
        raw = json.dumps(event, indent=1).replace('"case"', '"c\\u0061se"').replace("kasus", "k\\u0061sus")
        record = published(case(), clock("11:10"))._replace(value=raw.encode())
        word = INTAKE.step({}, record, admission()._replace(case_key=KEY)).words[0].word
        assert notice(word).case == case_id(TOKEN, KEY)


class TestCorrections:
    def test_ten_corrections_in_one_second_are_ten_notices(self, world):
        """Each replaces the one before; none is lost, and each says when."""
        at = clock("11:10")
        words = [
            world.admits(case(id=f"c-{n}", reported_at=format_time(at + 100 * n), replaces={"id": f"c-{n - 1}"}), at + 100 * n)["firm:itss"]
            for n in range(1, 11)
        ]
        assert [(word.id, notice(word).replaces.id, notice(word).reported_at) for word in words] == [
            (f"c-{n}", f"c-{n - 1}", at + 100 * n) for n in range(1, 11)
        ]
        assert {word.unresolved for word in words} == {()}

    def test_a_notice_a_year_late_is_taken_in(self, world):
        """How late is too late is for the desk of cases to say (law 4)."""
        word = world.admits(case(onset="2022-12-20"), "11:10")["firm:itss"]
        assert (word.occurred_at, word.unresolved) == (clock("2022-12-20T00:00:00+08:00"), ())

    @pytest.mark.parametrize("status", ["discarded", "DISCARDED", "probable", "otg"])
    def test_whatever_a_case_has_become_is_taken_in(self, world, status):
        assert set(world.admits(case(status=status, replaces={"id": "c-1"}), "11:10")) == {"firm:itss", "estate:imip"}


@pytest.mark.parametrize(
    ("said", "reason", "field"),
    [
        pytest.param({"status": ""}, "wrong_value", "status", id="an empty status"),
        pytest.param({"token": "3201011205800001"}, "personal_data", "case", id="a token that is an identity number"),
        pytest.param({"token": "1234567890123456789"}, "wrong_value", "case", id="a token of digits alone"),
        pytest.param({"token": "short"}, "wrong_value", "case", id="a token that could be guessed"),
        pytest.param({"onset": "22-12-2023"}, "wrong_value", "onset", id="a day written otherwise"),
        pytest.param({"reported_at": None}, "field_missing", "reported_at", id="no time of report"),
        pytest.param({"residence": "7206"}, "wrong_value", "residence", id="a regency without the dot"),
        pytest.param({"exercise": False}, "exercise_misplaced", "exercise", id="a real case in an exercise"),
    ],
)
def test_only_what_cannot_be_understood_is_refused_and_interrupts(world, said, reason, field):
    """G5: the desk of its source hears of it, and so does the firm that it names."""
    uttered = case(said.pop("token", TOKEN), **said)
    event = uttered.at(clock("11:10")).cloud(clock("11:10"))
    if "reported_at" in said:
        del event["data"]["reported_at"]
    record = published(case(), clock("11:10"))._replace(value=json.dumps(event).encode(), timestamp=NOON_2026)
    words = [said.word for said in INTAKE.step({}, record, world.admission).words]
    assert [(type(word), word.reason, word.field) for word in words] == [(kind, reason, field) for kind in (Rejected, Refusal, Refusal)]
    assert {word.subject for word in words[1:]} == {f"source:{DESK}", "firm:itss"}
    assert not any(TOKEN.encode() in codec.encode(word) for word in words)
