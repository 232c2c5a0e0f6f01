"""Golden letters of incidents: what the Morowali explosion of 24 December 2023 and its neighbours would have looked like in an inbox.

Figures, parties and times are those of public reports; instants that no source gives are round. Everything is an exercise.
"""

from collections.abc import Mapping
from typing import Any

import msgspec

from handlers.sign import Links, Seal
from schemas.delivery import Attempt, Seen
from schemas.escalation import Addressee, Asked, Delivery, MessageType, Role, Standing, Taken, Told, Why
from schemas.ids import delivery_id, escalation_id
from schemas.ledger import Origin, Place
from schemas.surveillance import (
    Because,
    CauseStated,
    Certainty,
    Figure,
    FilingClock,
    IncidentSituation,
    Numbers,
    Reason,
    SentBack,
    SourceSituation,
    Stated,
    TimeStated,
    Trouble,
)
from schemas.word import UtcMs, parse_time

KEYS = (b"an older key of the golden letters", b"the newest key of the golden letters")
SECRETS = ("whsec_b2xkZXIgc2VjcmV0IG9mIHRoZSBnb2xkZW4gbGV0dGVycw==", "whsec_bmV3ZXIgc2VjcmV0IG9mIHRoZSBnb2xkZW4gbGV0dGVycw==")
SEAL = Seal(keys=KEYS, page="https://siaga.example", domain="siaga.example", sender="siaga@siaga.example", telephone="021-5550-0110")
FILING_LAW = "UU 1/1970 art. 11; PER.03/MEN/1998"


def wita(day: str, clock: str) -> UtcMs:
    """An instant in central Indonesian time."""
    return parse_time(f"{day}T{clock}:00+08:00")


def links_of(attempt: Attempt) -> Links:
    """The links of a golden letter: its token lives for three days."""
    return SEAL.links(attempt.delivery, attempt.delivery.at + 3 * 86_400_000)


ITSS = Place(
    firm="itss",
    firm_name="PT ITSS",
    plant="itss-smelter",
    estate="imip",
    estate_name="IMIP",
    regency="72.06",
    regency_name="Kab. Morowali",
    province="72",
    province_name="Sulawesi Tengah",
    zone="Asia/Makassar",
)
OSS = Place(
    firm="oss",
    firm_name="PT OSS",
    estate="vdni",
    estate_name="Kawasan Morosi",
    regency="74.02",
    regency_name="Kab. Konawe",
    province="74",
    province_name="Sulawesi Tenggara",
    zone="Asia/Makassar",
)
NOBODY = Place(
    firm="pt-baru-sekali", firm_name="pt-baru-sekali", estate="desk", zone="Asia/Makassar", regency="72.06", regency_name="Kab. Morowali"
)

FIRST, SECOND = wita("2023-12-24", "11:10"), wita("2023-12-24", "15:00")
CLINICS = {"party": "klinik PT ITSS (dikutip pers)", "rank": "firm", "asserted_at": FIRST}
IMIP = {"party": "IMIP", "rank": "estate", "asserted_at": SECOND}
UNION = {"party": "Partai Buruh", "rank": "union", "asserted_at": wita("2023-12-24", "20:00")}
POLRES = {"party": "Polres Morowali", "rank": "police", "asserted_at": wita("2023-12-26", "10:00")}

TIMES = (
    TimeStated(wita("2023-12-24", "05:30"), ("kepolisian", "pekerja")),
    TimeStated(wita("2023-12-24", "06:15"), ("IMIP",)),
)
CLOCK = FilingClock(opened_by="occurrence", due_first=wita("2023-12-26", "05:30"), due_last=wita("2023-12-26", "06:15"))
CLOCK_1 = msgspec.structs.replace(CLOCK, due_last=CLOCK.due_first)
EXPLODED = IncidentSituation(kind="furnace_explosion", place=ITSS, incident="itss-41", unit="Tungku 41", times=TIMES[:1], clocks=(CLOCK_1,))


def stated(value: int, party: Mapping[str, Any]) -> Stated:
    """A party's figure."""
    return Stated(value=value, **party)


def figure(name: str, value: int, party: Mapping[str, Any], *others: Stated) -> Figure:
    """A figure by its headline, and the other parties' where they differ."""
    return Figure(name, stated(value, party), others)


FIGURES_1 = (figure("dead", 12, CLINICS), figure("treated", 35, CLINICS))
FIGURES_2 = (
    figure("dead", 13, IMIP, stated(12, CLINICS)),
    figure("injured", 46, IMIP),
    figure("hospitalised", 29, IMIP),
    figure("observed", 12, IMIP),
    figure("outpatient", 5, IMIP),
)


def numbers_of(figures: tuple[Figure, ...]) -> Numbers:
    """What a reader saw of these figures."""
    return tuple((each.name, each.headline.value) for each in figures)


LEVEL_0 = tuple(
    Told(position, 0, FIRST)
    for position in ("estate:imip", "disnakertrans:72", "polres:72.06", "bpbd:72.06", "dir-perwilayahan", "dg-kpaii", "dg-ilmate")
)
LEVEL_1 = tuple(Told(position, 1, wita("2023-12-24", "11:25"), role=Role.INFORM) for position in ("minister-office", "governor:72"))
LEVEL_2 = tuple(Told(position, 2, wita("2023-12-24", "12:10")) for position in ("kemnaker", "menko"))
ASKED = (Asked("take_over"), Asked("state_filed", CLOCK.due_first), Asked("inspectors_left"))


def delivery(**changes: Any) -> Delivery:
    """The first notice of the explosion to the head of the provincial labour inspection, with what differs."""
    said: dict[str, Any] = {
        "thread": escalation_id("imip", "itss-41"),
        "estate": "imip",
        "revision": 1,
        "level": 0,
        "why": Why.FIRST_NOTICE,
        "matter": "facts",
        "msg_type": MessageType.ALERT,
        "at": FIRST,
        "grade": "S5",
        "grade_now": "S5",
        "certainty": Certainty.REPORTED,
        "situation": msgspec.structs.replace(EXPLODED, figures=FIGURES_1),
        "reasons": (Reason(Because.DEAD, 12, 5),),
        "asked": ASKED,
        "urgent": True,
        "exercise": True,
    }
    to: dict[str, Any] = {
        "receiver": "disnakertrans:72/disnakertrans",
        "channel": "mail",
        "address": "disnakertrans@sulteng.example",
        "position": "disnakertrans:72",
        "title_id": "Kepala Disnakertrans Provinsi Sulawesi Tengah",
        "title_en": "Head of the Central Sulawesi labour inspection",
        "holder": "pemegang jabatan (contoh)",
        "role": Role.ACT,
    }
    standing: dict[str, Any] = {
        "told": LEVEL_0,
        "taken": (),
        "held_until": None,
        "next_level_at": wita("2023-12-24", "11:25"),
        "unverified": False,
    }
    for known in (said, to, standing):
        known |= {name: changes.pop(name) for name in [*known] if name in changes}
    key = {name: said[name] for name in ("thread", "revision", "level", "matter")}
    name = changes.pop("id", delivery_id(receiver=to["receiver"], **key))
    counted = {"rank": int(said["grade"][1:]), "peak": dict(said["situation"].numbers()).get("dead", 0)}
    return Delivery(id=name, to=Addressee(**to), standing=Standing(**standing), **counted, **said)


def attempt(told: Delivery, **changes: Any) -> Attempt:
    """The first try at a delivery."""
    return Attempt(delivery=told, number=1, not_after=told.at + 60_000, **changes)


R1 = delivery()
SEEN_1 = Seen(revision=1, grade="S5", at=FIRST, numbers=numbers_of(FIGURES_1))
SITUATION_2 = msgspec.structs.replace(
    EXPLODED,
    times=TIMES,
    clocks=(CLOCK,),
    figures=FIGURES_2,
    wni=9,
    wna=4,
    causes=(
        CauseStated("kepolisian", "0000000000000001"),
        CauseStated("IMIP", "0000000000000002"),
    ),
)
REASONS_2 = (Reason(Because.DEAD, 13, 5), Reason(Because.INJURED, 46, 30))
R2 = delivery(
    revision=2,
    why=Why.FACTS_CHANGED,
    msg_type=MessageType.UPDATE,
    at=SECOND,
    situation=SITUATION_2,
    reasons=REASONS_2,
    told=(*LEVEL_0, *LEVEL_1, *LEVEL_2),
    next_level_at=None,
)
TAKEN = (
    Taken("estate:imip", "a name that is not printed", wita("2023-12-24", "11:15"), 1, stops=False),
    Taken("disnakertrans:72", "a name that is not printed", wita("2023-12-24", "11:31"), 1),
    Taken("dg-kpaii", "a name that is not printed", wita("2023-12-24", "11:31"), 1),
)
INFORMED = delivery(
    revision=2,
    level=1,
    receiver="minister-office/menteri",
    address="menteri@kemenperin.example",
    position="minister-office",
    title_id="Kantor Menteri Perindustrian",
    title_en="Office of the Minister of Industry",
    role=Role.INFORM,
    why=Why.INFORMED_REGARDLESS,
    at=SECOND,
    situation=SITUATION_2,
    reasons=REASONS_2,
    asked=(),
    told=(*LEVEL_0, *LEVEL_1),
    taken=TAKEN,
    next_level_at=None,
)
SIGNALLED = delivery(
    thread=escalation_id("imip", "signal"),
    at=UNION["asserted_at"],
    certainty=Certainty.SIGNAL,
    situation=msgspec.structs.replace(
        EXPLODED,
        times=(TimeStated(TIMES[0].occurred_at, ("Partai Buruh",)),),
        figures=(figure("dead", 15, UNION), figure("injured", 20, UNION)),
        newest=stated(15, UNION),
        clocks=(),
    ),
    reasons=(Reason(Because.DEAD, 15, 5),),
    asked=(Asked("verify", wita("2023-12-24", "20:15")),),
    told=(Told("estate:imip", 0, UNION["asserted_at"]), Told("duty-officer", 0, UNION["asserted_at"])),
    next_level_at=wita("2023-12-24", "20:15"),
)
UNVERIFIED = msgspec.structs.replace(
    SIGNALLED,
    id="D-0000000000000001",
    why=Why.UNVERIFIED_UNANSWERED,
    standing=msgspec.structs.replace(SIGNALLED.standing, unverified=True),
    level=1,
    asked=(Asked("take_over"), Asked("verify")),
)
CANCELLED = delivery(
    thread=escalation_id("imip", "signal"),
    revision=3,
    why=Why.CANCELLED,
    msg_type=MessageType.CANCEL,
    at=wita("2023-12-25", "09:00"),
    situation=msgspec.structs.replace(EXPLODED, clocks=()),
    reasons=(Reason(Because.ALL_RETRACTED),),
    asked=(),
    next_level_at=None,
    urgent=False,
)
HELD = delivery(
    revision=4,
    why=Why.FACTS_CHANGED,
    msg_type=MessageType.UPDATE,
    at=POLRES["asserted_at"],
    grade_now="S3",
    held_until=wita("2023-12-27", "15:00"),
    certainty=Certainty.VERIFIED,
    situation=msgspec.structs.replace(SITUATION_2, figures=(figure("dead", 0, POLRES), figure("serious", 2, POLRES)), wni=None, wna=None),
    reasons=(Reason(Because.HELD), Reason(Because.SERIOUS_INJURY, 2, 1)),
    asked=(Asked("keep_informed"),),
    taken=TAKEN,
    next_level_at=None,
)
FELL = IncidentSituation(
    kind="fall",
    place=OSS,
    incident="oss-2025-07-11",
    unit="smelter 1",
    times=(TimeStated(wita("2025-07-11", "09:00"), ("serikat pekerja",)),),
    figures=(figure("serious", 1, {"party": "PT OSS", "rank": "firm", "asserted_at": wita("2025-07-12", "08:00")}),),
    employer="PT Multi Prima Usahatama",
    clocks=(FilingClock(opened_by="occurrence", due_first=wita("2025-07-13", "09:00"), due_last=wita("2025-07-13", "09:00")),),
)
SULTRA: dict[str, Any] = {
    "thread": escalation_id("vdni", "oss-2025-07-11"),
    "estate": "vdni",
    "revision": 2,
    "receiver": "disnakertrans:74/disnakertrans-sultra",
    "address": "disnakertrans-sultra@sultra.example",
    "position": "disnakertrans:74",
    "title_id": "Kepala Disnakertrans Provinsi Sulawesi Tenggara",
    "title_en": "Head of the Southeast Sulawesi labour inspection",
    "why": Why.MATTER,
    "matter": "filing",
    "msg_type": MessageType.UPDATE,
    "at": wita("2025-07-13", "09:00"),
    "grade": "S3",
    "grade_now": "S3",
    "situation": FELL,
    "told": (Told("estate:vdni", 0, wita("2025-07-12", "08:01")), Told("disnakertrans:74", 0, wita("2025-07-12", "08:01"))),
    "next_level_at": None,
    "urgent": False,
}
QUESTION = delivery(
    **SULTRA, reasons=(Reason(Because.FILING_UNKNOWN, source=FILING_LAW),), asked=(Asked("say_received", wita("2025-07-14", "09:00")),)
)
BREACH = delivery(
    **SULTRA
    | {
        "receiver": "dir-perwilayahan/perwilayahan",
        "address": "perwilayahan@kemenperin.example",
        "position": "dir-perwilayahan",
        "title_id": "Direktur Perwilayahan Industri",
        "title_en": "Director of Industrial Zoning",
        "situation": FELL,
        "role": Role.INFORM,
    },
    reasons=(Reason(Because.FILING_OVERDUE, source=FILING_LAW),),
    asked=(),
)
FILED = delivery(
    **SULTRA
    | {
        "revision": 3,
        "at": wita("2025-07-19", "10:00"),
        "msg_type": MessageType.UPDATE,
        "situation": msgspec.structs.replace(
            FELL,
            clocks=(msgspec.structs.replace(FELL.clocks[0], filed_at=wita("2025-07-19", "09:30"), received_by="Disnakertrans Sultra"),),
        ),
    },
    reasons=(Reason(Because.FILED),),
    asked=(),
)
STOOD_DOWN = delivery(
    revision=5,
    why=Why.STOOD_DOWN,
    msg_type=MessageType.CANCEL,
    at=wita("2023-12-29", "16:00"),
    situation=SITUATION_2,
    reasons=REASONS_2,
    asked=(),
    taken=TAKEN,
    next_level_at=None,
    urgent=False,
)
PIKET: dict[str, Any] = {
    "receiver": "duty-officer/piket",
    "address": "piket@kemenperin.example",
    "position": "duty-officer",
    "title_id": "Petugas piket wasdal, Kementerian Perindustrian",
    "title_en": "Duty officer, Ministry of Industry",
    "estate": "desk",
    "told": (),
    "next_level_at": None,
    "urgent": False,
}
REFUSED = delivery(
    **PIKET,
    thread=escalation_id("desk", "refused"),
    grade="S3",
    grade_now="S3",
    certainty=Certainty.VERIFIED,
    situation=SourceSituation(
        who="urn:imip:bulletins",
        what=Trouble.REJECTED,
        counts=(("rejected", 2),),
        last="siaga.incident-bulletin.v1: wrong_value (dead)",
        certainty=Certainty.VERIFIED,
    ),
    reasons=(Reason(Because.REFUSED_AT_INTAKE, 2, 1),),
    asked=(Asked("correct_and_republish"),),
)
SIINAS = "https://siinas.example"
TROUBLED = PIKET | {"grade": "S3", "grade_now": "S3", "certainty": Certainty.VERIFIED}
BRAKED = delivery(
    **TROUBLED,
    thread=escalation_id("desk", "braked"),
    situation=SourceSituation(
        who=SIINAS, what=Trouble.BRAKED, counts=(("due", 2_000), ("absent", 1_100), ("allowed", 800)), last="iomki/2021-08-03"
    ),
    reasons=(Reason(Because.TOO_MANY_ABSENT, 1_100, 800),),
    asked=(Asked("release_or_excuse"),),
)
EMPTIED = msgspec.structs.replace(
    BRAKED,
    situation=msgspec.structs.replace(BRAKED.situation, counts=(("due", 2_000), ("absent", 0), ("allowed", 800))),
    reasons=(Reason(Because.NOBODY_ABSENT),),
    asked=(),
    revision=2,
    id="D-00000000000000e2",
)
SILENT = delivery(
    **TROUBLED,
    thread=escalation_id("desk", "silent"),
    situation=SourceSituation(who=SIINAS, what=Trouble.SILENT),
    reasons=(Reason(Because.SOURCE_SILENT, source="registry"),),
    asked=(Asked("restore_source"),),
)
UNPROVEN = delivery(
    **TROUBLED,
    thread=escalation_id("desk", "unproven"),
    situation=SourceSituation(who=SIINAS, what=Trouble.UNPROVEN, last="iomki/2021-08-03"),
    reasons=(Reason(Because.NOT_PROVEN),),
    asked=(Asked("restore_source"),),
)
RESTORED = delivery(
    **TROUBLED | {"why": Why.CANCELLED, "msg_type": MessageType.CANCEL},
    thread=escalation_id("desk", "silent"),
    revision=2,
    situation=SILENT.situation,
    reasons=(Reason(Because.SPEAKS_AGAIN),),
    asked=(),
)
OWNER = TROUBLED | {
    "receiver": f"source:{SIINAS}/pusdatin",
    "address": "pusdatin@kemenperin.example",
    "position": f"source:{SIINAS}",
    "title_id": "Kepala Pusdatin, pengelola SIINas",
    "title_en": "Head of Pusdatin, which runs SIINas",
    "matter": "sent_back",
}
REPORT = "siaga.report-submission.v1"
SENT_BACK = delivery(
    **OWNER,
    thread=escalation_id("desk", "sent_back"),
    situation=SourceSituation(
        who=SIINAS,
        what=Trouble.SENT_BACK,
        counts=(("sent_back", 1_215),),
        sent_back=(
            SentBack(REPORT, "unknown_permit", "permit", 1_190, Origin("report-submissions", 2, 88_104)),
            SentBack(REPORT, "wrong_value", "workers", 23, Origin("report-submissions", 0, 90_417)),
        ),
        more_sent_back=2,
        since=FIRST - 300_000,
    ),
    reasons=(Reason(Because.SENT_BACK, 1_215, 1),),
    asked=(Asked("correct_records"),),
)
NOTHING_SENT_BACK = delivery(
    **OWNER | {"why": Why.FACTS_CHANGED, "msg_type": MessageType.UPDATE},
    thread=escalation_id("desk", "sent_back"),
    revision=2,
    situation=SourceSituation(who=SIINAS, what=Trouble.SENT_BACK),
    reasons=(Reason(Because.NOTHING_SENT_BACK),),
    asked=(),
)
UNRESOLVED = delivery(
    **PIKET,
    thread=escalation_id("desk", "unresolved"),
    grade="S3",
    grade_now="S3",
    situation=IncidentSituation(
        kind="fire",
        place=NOBODY,
        incident="baru-1",
        times=(TimeStated(TIMES[0].occurred_at, ("Polres Morowali",)),),
        figures=(figure("fire_minutes", 75, {**POLRES, "asserted_at": FIRST}),),
        unresolved=("unknown_firm",),
    ),
    reasons=(Reason(Because.LONG_FIRE, 75, 60),),
    asked=(Asked("take_over"),),
)

INCIDENTS: Mapping[str, Attempt] = {
    "itss-s5-r1": attempt(R1),
    "itss-s5-r2": attempt(R2, root=R1.id, seen=SEEN_1),
    "itss-s5-r2-informed": attempt(INFORMED),
    "signal": attempt(SIGNALLED),
    "signal-unverified": attempt(UNVERIFIED),
    "cancelled": attempt(CANCELLED, root=SIGNALLED.id, seen=Seen(revision=2, grade="S5", at=UNION["asserted_at"])),
    "held": attempt(
        HELD, root=R1.id, seen=Seen(revision=2, grade="S5", at=SECOND, numbers=numbers_of(FIGURES_2)), coalesced=("D-0000000000000003",)
    ),
    "filing-question": attempt(QUESTION, possible_duplicate=True),
    "filing-breach": attempt(BREACH),
    "filing-received": attempt(
        FILED, root=QUESTION.id, seen=Seen(revision=2, grade="S3", at=QUESTION.at, numbers=numbers_of(FELL.figures))
    ),
    "stood-down": attempt(STOOD_DOWN, root=R1.id, seen=Seen(revision=2, grade="S5", at=SECOND, numbers=numbers_of(FIGURES_2))),
    "desk-refused": attempt(REFUSED),
    "source-sent-back": attempt(SENT_BACK),
    "source-nothing-sent-back": attempt(
        NOTHING_SENT_BACK, root=SENT_BACK.id, seen=Seen(revision=1, grade="S3", at=SENT_BACK.at, numbers=SENT_BACK.situation.numbers())
    ),
    "desk-unresolved": attempt(UNRESOLVED),
    "source-braked": attempt(BRAKED),
    "source-emptied": attempt(EMPTIED, root=BRAKED.id),
    "source-silent": attempt(SILENT),
    "source-unproven": attempt(UNPROVEN),
    "source-restored": attempt(RESTORED, root=SILENT.id, seen=Seen(revision=1, grade="S3", at=SILENT.at)),
}
