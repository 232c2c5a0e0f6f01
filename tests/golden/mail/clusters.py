"""Golden letters of clusters: the plant in MM2100 of August 2020, as health services, ministry and estate would have read of it.

238 and 242 are public; every other figure, area and instant is made up, and no other firm is meant by anything here. All are exercises.
"""

from typing import Any

import msgspec

from schemas.delivery import Attempt, Seen
from schemas.escalation import Asked, MessageType, Role, Told, Why
from schemas.ids import escalation_id
from schemas.ledger import Place
from schemas.surveillance import Because, ClusterSituation, Linked, Reason, Responded
from schemas.word import UtcMs, parse_time
from tests.golden.mail.incidents import attempt, delivery


def wib(day: str, clock: str) -> UtcMs:
    """An instant in western Indonesian time."""
    return parse_time(f"{day}T{clock}:00+07:00")


BEKASI = {"regency": "32.16", "regency_name": "Kab. Bekasi", "province": "32", "province_name": "Jawa Barat", "zone": "Asia/Jakarta"}
LG = Place(firm="lg", firm_name="PT LG Electronics Indonesia", plant="lg-1", estate="mm2100", estate_name="MM2100", **BEKASI)
MM2100 = msgspec.structs.replace(LG, firm="", firm_name="", plant="")
THREAD = escalation_id("mm2100", "cluster/lg/lg-1")
FIRST, SECOND, THIRD = wib("2020-08-20", "02:40"), wib("2020-08-21", "09:00"), wib("2020-08-24", "09:00")

SUSPECTED = ClusterSituation(
    place=LG,
    level="suspected",
    confirmed=1,
    probable=2,
    firms=1,
    workers=2200,
    first_day="2020-08-10",
    last_day="2020-08-17",
    linked=(Linked.AREA, Linked.CONTACT),
    areas=("lini-3",),
    residences=("31.75",),
)
CONFIRMED = msgspec.structs.replace(SUSPECTED, level="confirmed", confirmed=4, probable=1, last_day="2020-08-19")
CLOSURES = (
    Responded("closure", ("firm",), wib("2020-08-24", "07:00"), wib("2020-09-02", "07:00")),
    Responded("closure", ("task_force",), wib("2020-08-24", "07:00"), wib("2020-09-07", "07:00")),
)
LARGE = msgspec.structs.replace(
    SUSPECTED, level="large", confirmed=238, probable=0, last_day="2020-08-24", close_days=14, responses=CLOSURES[:1], normative=True
)
LARGE_2 = msgspec.structs.replace(LARGE, confirmed=242, responses=CLOSURES, normative=False, residences=("31.75", "32.75"))
OUTBREAK = ClusterSituation(place=MM2100, level="estate", confirmed=311, firms=6, first_day="2020-08-10", last_day="2020-09-06")

SATGAS: dict[str, Any] = {
    "receiver": "satgas-bekasi",
    "address": "satgas@bekasi.example",
    "position": "satgas:32.16",
    "title_id": "Ketua Satgas COVID-19 Kabupaten Bekasi",
    "title_en": "Chair of the COVID-19 task force of Kabupaten Bekasi",
}
MINISTRY: dict[str, Any] = {
    "receiver": "perwilayahan",
    "address": "perwilayahan@kemenperin.example",
    "position": "dir-perwilayahan",
    "title_id": "Direktur Perwilayahan Industri",
    "title_en": "Director of Industrial Zoning",
}
ESTATE: dict[str, Any] = {
    "receiver": "keselamatan-mm2100",
    "address": "keselamatan@mm2100.example",
    "position": "estate:mm2100",
    "title_id": "Manajer keselamatan kawasan MM2100",
    "title_en": "Safety manager, MM2100 estate",
}
TOLD = tuple(Told(position, 0, FIRST) for position in ("satgas:32.16", "dinkes:32.16", "estate:mm2100", "satgas:31.75", "dinkes:31.75"))


def cluster(grade: str, situation: ClusterSituation, *reasons: Reason, **said: Any) -> Attempt:
    """A letter about the cluster, as `delivery` makes it."""
    before = said.pop("seen", None)
    known = {"thread": THREAD, "estate": "mm2100", "at": FIRST, "told": TOLD, "next_level_at": None, "urgent": grade >= "C3"}
    told = delivery(grade=grade, grade_now=grade, situation=situation, reasons=reasons, **known | said)
    return attempt(told, seen=before)


def seen(revision: int, grade: str, situation: ClusterSituation) -> Seen:
    """What its reader last read."""
    return Seen(revision, grade, FIRST, situation.numbers(), situation.aspects())


ON_26: dict[str, Any] = {
    "at": wib("2020-08-26", "18:00"),
    "revision": 3,
    "why": Why.FACTS_CHANGED,
    "msg_type": MessageType.UPDATE,
    "seen": seen(2, "C3", LARGE),
}
CLUSTERS = {
    "cluster-suspected": cluster(
        "C1",
        SUSPECTED,
        Reason(Because.CLUSTER_SUSPECTED, 3, 2),
        asked=(Asked("take_over"), Asked("confirm_cluster"), Asked("trace_contacts")),
        next_level_at=wib("2020-08-20", "04:40"),
        **SATGAS,
    ),
    "cluster-outsider": cluster(
        "C2",
        CONFIRMED,
        Reason(Because.CLUSTER_CONFIRMED, 4, 2),
        asked=(Asked("reach_task_force"),),
        at=SECOND,
        revision=2,
        level=1,
        why=Why.UNANSWERED,
        **MINISTRY,
    ),
    "cluster-large-r3": cluster(
        "C3",
        LARGE_2,
        Reason(Because.CLUSTER_LARGE, 242, 10),
        asked=(
            Asked("take_over"),
            Asked("coordinate", wib("2020-08-26", "19:00")),
            Asked("trace_contacts"),
            Asked("close_plant", wib("2020-08-27", "19:00")),
            Asked("close_minimum"),
        ),
        **ON_26,
        **SATGAS,
    ),
    "cluster-large-outsider": cluster(
        "C3", LARGE_2, Reason(Because.CLUSTER_LARGE, 242, 10), asked=(Asked("reach_task_force"),), **ON_26, **MINISTRY
    ),
    "cluster-unanswered": cluster(
        "C3",
        msgspec.structs.replace(CONFIRMED, confirmed=7),
        Reason(Because.NOT_COORDINATED, threshold=24),
        Reason(Because.NO_ACTION, threshold=48),
        asked=(Asked("take_over"), Asked("coordinate", SECOND + 86_400_000), Asked("trace_contacts")),
        at=THIRD,
        revision=4,
        why=Why.GRADE_ROSE,
        msg_type=MessageType.UPDATE,
        seen=seen(3, "C2", CONFIRMED),
        **SATGAS,
    ),
    "cluster-closed": cluster(
        "C3",
        LARGE_2,
        Reason(Because.CLUSTER_CLOSED, threshold=28),
        asked=(),
        at=wib("2020-09-22", "00:00"),
        revision=9,
        why=Why.FACTS_CHANGED,
        msg_type=MessageType.UPDATE,
        **SATGAS,
    ),
    "cluster-estate": cluster(
        "C4",
        OUTBREAK,
        Reason(Because.FIRMS_WITH_CLUSTERS, 4, 3),
        Reason(Because.CASES_IN_ESTATE, 311, 20),
        asked=(Asked("help_tracing"),),
        thread=escalation_id("mm2100", "outbreak/mm2100"),
        at=wib("2020-09-07", "10:00"),
        role=Role.ACT,
        told=TOLD[:3],
        **ESTATE,
    ),
}
