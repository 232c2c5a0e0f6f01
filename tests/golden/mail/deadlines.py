"""Golden letters of reports that were due: the digest of a deadline, and what is told of one permit. Firms and permits are made up."""

from collections.abc import Mapping
from typing import Any

import msgspec

from schemas.delivery import Attempt, Seen
from schemas.escalation import Asked, Delivery, MessageType, Role, Why
from schemas.ledger import Place
from schemas.surveillance import (
    AlertState,
    Because,
    Certainty,
    Deadline,
    DigestRow,
    DigestSituation,
    DutySituation,
    Proven,
    Reason,
    Subject,
)
from schemas.word import UtcMs, parse_time
from tests.golden.mail.incidents import attempt, delivery

SE_3 = "SE Menperin 3/2021"


def wib(day: str, clock: str) -> UtcMs:
    """An instant in western Indonesian time."""
    return parse_time(f"{day}T{clock}:00+07:00")


BEKASI = Place(
    firm="",
    firm_name="",
    regency="32.16",
    regency_name="Kabupaten Bekasi",
    province="32",
    province_name="Jawa Barat",
    zone="Asia/Jakarta",
)
CLOSED = wib("2021-08-04", "00:00")
COLUMNS = ("due", "reported", "late", "absent", "undecided", "excused", "warnings_1", "warnings_2", "warnings_3", "to_check", "objections")
ROWS = (
    DigestRow("jababeka", "Jababeka", (610, 488, 2, 120, 0, 0, 88, 24, 8, 8, 1)),
    DigestRow("mm2100", "MM2100", (210, 170, 1, 38, 1, 0, 29, 7, 2, 2, 1)),
    DigestRow("giic", "GIIC Deltamas", (95, 79, 0, 14, 2, 0, 11, 3, 0, 0, 0)),
    DigestRow("regency:32.16", "", (696, 543, 1, 150, 0, 2, 112, 30, 8, 8, 0)),
)
DIGEST = msgspec.structs.replace(
    delivery(
        thread="G-0123456789",
        estate="desk",
        why=Why.DIGEST,
        matter="reporting",
        at=CLOSED,
        receiver="dinas-perindustrian:32.16/disperin",
        address="disperin@bekasikab.example",
        position="dinas-perindustrian:32.16",
        title_id="Dinas Perindustrian Kab. Bekasi",
        title_en="Industry office of Bekasi regency",
        certainty=Certainty.VERIFIED,
        grade="S2",
        urgent=False,
        situation=DigestSituation(
            place=BEKASI,
            series="deadlines",
            period="iomki/2021-08-03",
            deadline=Deadline("laporan IOMKI", "IOMKI report", CLOSED, "SE Menperin 3/2021"),
            closes=CLOSED,
            columns=COLUMNS,
            rows=ROWS,
            totals=(1_611, 1_280, 4, 322, 3, 2, 240, 64, 18, 18, 2),
            subjects=(
                Subject("iomki/2021-08-03/812/IOMKI/2021/deactivation", "firm:satu", "PT Satu Contoh Logam", (Because.IN_A_ROW,)),
                Subject("iomki/2021-08-03/813/IOMKI/2021/deactivation", "firm:dua", "PT Dua", (Because.WITHIN_A_MONTH, Because.DISPUTED)),
            ),
            more_subjects=16,
            before=(("due", 1_611), ("absent", 351), ("warnings_1", 300), ("warnings_2", 40), ("warnings_3", 11)),
            before_period="iomki/2021-07-30",
            proven=Proven(7, "SIINas", CLOSED - 1_000, CLOSED + 41_000, 8, 8),
        ),
        reasons=(),
        asked=(Asked("check_proposals", wib("2021-08-05", "16:00")), Asked("mark_excused", wib("2021-08-05", "16:00"))),
    ),
    standing=None,
    grade="",
    grade_now="",
)


def digest_with(told: Delivery, situation: DigestSituation, **changes: Any) -> Delivery:
    """The digest with what differs."""
    return msgspec.structs.replace(told, situation=situation, **changes)


ALL_IN = (1_611, 1_597, 12, 0, 0, 2, 0, 0, 0, 0, 0)
SETTLED = digest_with(
    DIGEST,
    msgspec.structs.replace(
        DIGEST.situation, rows=(DigestRow("regency:32.16", "", ALL_IN),), totals=ALL_IN, subjects=(), more_subjects=0, before=()
    ),
    id="D-0000000000000006",
    revision=2,
    at=wib("2021-08-06", "09:00"),
    asked=(),
)
LISTED = digest_with(
    DIGEST,
    msgspec.structs.replace(
        DIGEST.situation,
        place=Place("", ""),
        columns=(),
        rows=(),
        totals=(),
        subjects=(
            Subject("iomki/2021-08-03/812/IOMKI/2021", "firm:satu", "PT Satu Contoh Logam", (Because.NOT_REPORTED,)),
            Subject("iomki/2021-08-03/814/IOMKI/2021", "firm:tiga", "PT Tiga", (Because.NOT_ACCUSED,), AlertState.WITHDRAWN),
        ),
        more_subjects=0,
        before=(),
        page=2,
    ),
    id="D-0000000000000007",
    asked=(),
)
UNDECIDED = digest_with(
    DIGEST,
    msgspec.structs.replace(
        DIGEST.situation,
        columns=(*COLUMNS, "disputed"),
        rows=(DigestRow("mm2100", "MM2100", (210, 204, 0, 4, 2, 0, 4, 0, 0, 0, 0, 1)),),
        totals=(210, 204, 0, 4, 2, 0, 4, 0, 0, 0, 0, 1),
        subjects=(
            Subject("iomki/2021-08-03/812/IOMKI/2021", "firm:satu", "PT Satu Contoh Logam", (Because.DISPUTED,)),
            Subject("iomki/2021-08-03/813/IOMKI/2021", "firm:dua", "PT Dua", (Because.REPORT_REFUSED,)),
            Subject("iomki/2021-08-03/814/IOMKI/2021", "firm:tiga", "PT Tiga", (Because.ANOTHER_NAME,)),
        ),
        more_subjects=0,
        before=(),
    ),
    id="D-0000000000000009",
    revision=2,
    asked=(),
    to=msgspec.structs.replace(DIGEST.to, role=Role.INFORM),
)
WEEK = wib("2023-12-18", "08:00")
WEEKLY = digest_with(
    DIGEST,
    DigestSituation(
        place=BEKASI,
        series="weekly",
        period="2023-12-18",
        closes=WEEK,
        columns=("S1", "S2"),
        rows=(DigestRow("jababeka", "Jababeka", (5, 2)), DigestRow("regency:32.16", "", (1, 0))),
        totals=(6, 2),
        subjects=(Subject("jababeka-12", "firm:satu", "PT Satu Contoh Logam", (Because.ANY_INJURY,)),),
        more_subjects=7,
    ),
    id="D-0000000000000008",
    at=WEEK,
    asked=(),
    to=msgspec.structs.replace(DIGEST.to, role=Role.INFORM),
)


# One permit


SATU = Place(
    firm="satu",
    firm_name="PT Satu Contoh Logam",
    estate="imip",
    estate_name="IMIP",
    regency="72.06",
    regency_name="Kab. Morowali",
    province="72",
    province_name="Sulawesi Tengah",
    zone="Asia/Makassar",
)
DUE = wib("2021-08-04", "00:00")
DUTY = DutySituation(obligation="iomki", period="2021-08-03", permit="812/IOMKI/2021", due_at=DUE, place=SATU, certainty=Certainty.VERIFIED)
REPORT = (Asked("report", DUE),)


def told_of(situation: DutySituation, because: Because, at: UtcMs, **changes: Any) -> Delivery:
    """What SIINas is given to pass on to the firm, with what differs."""
    said = {
        "thread": "E-0123456789",
        "matter": "facts",
        "why": Why.FIRST_NOTICE,
        "at": at,
        "receiver": "siinas/webhook",
        "address": "siinas@siinas.example",
        "position": "siinas",
        "title_id": "SIINas, untuk diteruskan kepada PT Satu Contoh Logam",
        "title_en": "SIINas, to be passed on to PT Satu Contoh Logam",
        "certainty": Certainty.VERIFIED,
        "situation": situation,
        "reasons": (Reason(because, source=SE_3),),
        "asked": (),
        "role": Role.INFORM,
        "urgent": False,
    }
    word = delivery(**said | changes)
    return msgspec.structs.replace(word, standing=None, grade="", grade_now="", rank=0)


REMINDED = told_of(DUTY, Because.NOT_YET_REPORTED, DUE - 3 * 3_600_000, asked=REPORT, role=Role.ACT)
WARNED = told_of(msgspec.structs.replace(DUTY, number=2), Because.NOT_REPORTED, wib("2021-08-04", "08:00"))
ANSWERED = told_of(
    msgspec.structs.replace(DUTY, number=2, received_at=wib("2021-08-04", "14:10")),
    Because.ANSWERED,
    wib("2021-08-04", "14:11"),
    revision=2,
    msg_type=MessageType.UPDATE,
)
ON_TIME = told_of(
    msgspec.structs.replace(DUTY, received_at=wib("2021-08-03", "23:40")),
    Because.NOT_ACCUSED,
    wib("2021-08-04", "09:30"),
    revision=2,
    msg_type=MessageType.CANCEL,
    why=Why.CANCELLED,
)
OFFICIAL: dict[str, Any] = {
    "receiver": "dir-perwilayahan/perwilayahan",
    "address": "perwilayahan@kemenperin.example",
    "position": "dir-perwilayahan",
    "title_id": "Direktur Perwilayahan Industri",
    "title_en": "Director of Industrial Zoning",
}
THIRD = msgspec.structs.replace(DUTY, number=5, step="deactivation", evidence=("2021-07-27", "2021-07-30", "2021-08-03"), disputed=True)
PROPOSED = msgspec.structs.replace(
    told_of(
        THIRD,
        Because.IN_A_ROW,
        wib("2021-08-04", "08:00"),
        asked=(Asked("check_proposals", wib("2021-08-05", "16:00")), Asked("mark_excused", wib("2021-08-05", "16:00"))),
        role=Role.ACT,
        **OFFICIAL,
    ),
    reasons=(Reason(Because.IN_A_ROW, 3, 3, SE_3), Reason(Because.DISPUTED, source="G3")),
)
CONFIRMED = told_of(
    msgspec.structs.replace(THIRD, disputed=False),
    Because.CONFIRMED,
    wib("2021-08-05", "15:00"),
    revision=2,
    msg_type=MessageType.UPDATE,
    **OFFICIAL,
)

SATGAS: dict[str, Any] = {
    "receiver": "satgas:72.06/satgas-72-06",
    "address": "satgas@72-06.example",
    "position": "satgas:72.06",
    "title_id": "Ketua Satgas COVID-19 Kab. Morowali",
    "title_en": "Chair of the COVID-19 task force of Kab. Morowali",
    "matter": "silence-after-positives",
}
DINAS: dict[str, Any] = {
    "receiver": "dinas-perindustrian:72.06/disperin",
    "address": "disperin@morowali.example",
    "position": "dinas-perindustrian:72.06",
    "title_id": "Kepala Dinas Perindustrian Kabupaten Morowali",
    "title_en": "Head of the Morowali industry office",
    "matter": "silence-after-positives",
}
QUIET = msgspec.structs.replace(DUTY, positives=3)
SILENT = told_of(
    QUIET, Because.SILENT_AFTER_POSITIVES, wib("2021-08-04", "08:00"), asked=(Asked("call_the_firm", None),), role=Role.ACT, **SATGAS
)
SILENT_INFORMED = told_of(QUIET, Because.SILENT_AFTER_POSITIVES, wib("2021-08-04", "08:00"), **DINAS)
HEARD = told_of(
    msgspec.structs.replace(DUTY, received_at=wib("2021-08-04", "14:10")),
    Because.HEARD_AGAIN,
    wib("2021-08-04", "14:11"),
    revision=2,
    msg_type=MessageType.UPDATE,
    **SATGAS,
)
FEWER = told_of(
    msgspec.structs.replace(DUTY, positives=1, known=4),
    Because.FEWER_THAN_KNOWN,
    wib("2021-08-04", "08:00"),
    asked=(Asked("verify_count", None),),
    role=Role.ACT,
    **SATGAS | {"matter": "case-counts"},
)
AS_KNOWN = told_of(
    msgspec.structs.replace(DUTY),
    Because.AS_KNOWN,
    wib("2021-08-04", "14:11"),
    revision=2,
    msg_type=MessageType.UPDATE,
    **SATGAS | {"matter": "case-counts"},
)

DEADLINES: Mapping[str, Attempt] = {
    "digest": attempt(DIGEST),
    "digest-quiet": attempt(SETTLED, root=DIGEST.id, seen=Seen(revision=1, grade="", at=DIGEST.at, numbers=DIGEST.situation.numbers())),
    "digest-list": attempt(LISTED),
    "digest-undecided": attempt(UNDECIDED, root=DIGEST.id),
    "digest-weekly": attempt(WEEKLY),
    "duty-reminder": attempt(REMINDED),
    "duty-warning": attempt(WARNED),
    "duty-answered": attempt(ANSWERED, root=WARNED.id, seen=Seen(revision=1, grade="", at=WARNED.at)),
    "duty-on-time": attempt(ON_TIME, root=WARNED.id, seen=Seen(revision=1, grade="", at=WARNED.at)),
    "duty-silence": attempt(SILENT),
    "duty-silence-informed": attempt(SILENT_INFORMED),
    "duty-heard": attempt(HEARD, root=SILENT.id, seen=Seen(revision=1, grade="", at=SILENT.at)),
    "duty-fewer": attempt(FEWER),
    "duty-as-known": attempt(AS_KNOWN, root=FEWER.id, seen=Seen(revision=1, grade="", at=FEWER.at)),
    "duty-proposal": attempt(PROPOSED),
    "duty-confirmed": attempt(CONFIRMED, root=PROPOSED.id, seen=Seen(revision=1, grade="", at=PROPOSED.at)),
}
