"""The words of an incident: its kinds, figures, parties, clocks, and the sentences about it. In phrases, `{…}` names what is filled in."""

from collections.abc import Mapping
from typing import NamedTuple

from handlers.language import Both, Lang
from handlers.wording.codes import unknown


class Event(NamedTuple):
    """An incident kind: its noun, the clause that says it happened somewhere, and the thing it happens to where none is named."""

    noun: Both
    clause: Both
    thing: Both


def _at(noun_id: str, noun_en: str) -> Event:
    return Event(
        Both(noun_id, noun_en),
        Both(f"{noun_id.capitalize()} di {{where}}", f"{noun_en.capitalize()} at {{where}}"),
        Both("", ""),
    )


KINDS: Mapping[str, Event] = {
    "furnace_explosion": Event(
        Both("ledakan tungku", "furnace explosion"), Both("{where} meledak", "{where} exploded"), Both("tungku", "a furnace")
    ),
    "furnace_breakout": Event(
        Both("tungku jebol", "furnace breakout"),
        Both("{where} jebol, isinya keluar", "Molten material broke out of {where}"),
        Both("tungku", "a furnace"),
    ),
    "slag_overflow": Event(
        Both("luapan terak", "slag overflow"), Both("Terak meluap dari {where}", "Slag overflowed at {where}"), Both("tungku", "a furnace")
    ),
    "slag_water_eruption": Event(
        Both("letupan terak dan air", "slag-water eruption"),
        Both("Terak bertemu air dan meletup di {where}", "Slag met water and erupted at {where}"),
        Both("", ""),
    ),
    "fire": _at("kebakaran", "fire"),
    "dust_explosion": _at("ledakan debu", "dust explosion"),
    "gas_release": _at("kebocoran gas", "gas release"),
    "pressure_equipment": _at("kecelakaan bejana tekan", "pressure equipment accident"),
    "electrical": _at("kecelakaan listrik", "electrical accident"),
    "dropped_load": _at("beban jatuh", "dropped load"),
    "vehicle": _at("kecelakaan kendaraan", "vehicle accident"),
    "fall": _at("pekerja jatuh", "fall of a worker"),
    "landslide": _at("longsor", "landslide"),
    "structural_collapse": _at("bangunan runtuh", "structural collapse"),
    "hot_work": _at("kecelakaan pekerjaan panas", "hot work accident"),
    "other": _at("kejadian", "incident"),
    "near_miss": _at("nyaris celaka", "near miss"),
}

UNITS = (
    Both("tungku", "furnace"),
    Both("tanur", "furnace"),
    Both("gudang", "warehouse"),
    Both("jalur", "line"),
    Both("lubang terak", "slag pit"),
)

FIGURES: Mapping[str, Both] = {
    "dead": Both("meninggal", "dead"),
    "missing": Both("hilang", "missing"),
    "injured": Both("luka", "injured"),
    "serious": Both("luka berat", "seriously injured"),
    "light": Both("luka ringan", "lightly injured"),
    "hospitalised": Both("rawat inap", "in hospital"),
    "observed": Both("observasi", "under observation"),
    "outpatient": Both("rawat jalan", "outpatients"),
    "treated": Both("dirawat", "treated"),
    "exposed": Both("terpapar", "exposed"),
    "offsite_dead": Both("meninggal di luar pabrik", "dead off site"),
    "offsite_hospitalised": Both("rawat inap dari luar pabrik", "in hospital from off site"),
    "evacuated": Both("diungsikan", "evacuated"),
    "fire_minutes": Both("menit kebakaran", "minutes of fire"),
    "cost_usd": Both("USD kerugian", "USD of damage"),
    "wni": Both("WNI meninggal", "Indonesian dead"),
    "wna": Both("WNA meninggal", "foreign dead"),
}

FIGURE_LABELS: Mapping[str, str] = {"fire_minutes": "fire", "cost_usd": "cost"}

RANKS: Mapping[str, Both] = {
    "police": Both("kepolisian", "police"),
    "labour_inspection": Both("pengawas ketenagakerjaan", "labour inspection"),
    "ministry": Both("kementerian", "ministry"),
    "estate": Both("pengelola kawasan", "the estate"),
    "firm": Both("pihak perusahaan", "the firm's side"),
    "union": Both("serikat (tidak resmi)", "union (unofficial)"),
    "media": Both("media (tidak resmi)", "media (unofficial)"),
}

PARTIES = (
    Both("kepolisian", "police"),
    Both("polisi", "police"),
    Both("pekerja", "workers"),
    Both("serikat pekerja", "union"),
    Both("pengelola kawasan", "the estate"),
    Both("perusahaan", "the firm"),
)

ASPECTS: Mapping[str, Both] = {
    "sources": Both("siapa yang menyatakan angka", "who states the figures"),
    "others": Both("angka pihak lain", "the figures of others"),
    "times": Both("waktu kejadian", "the time of occurrence"),
    "causes": Both("siapa yang memberi keterangan sebab", "who gave an account of the cause"),
    "clocks": Both("batas laporan tertulis", "the deadline of the written report"),
    "doubts": Both("hal yang perlu dilihat petugas", "what a person must look at"),
    "certainty": Both("tingkat kepastian", "how sure it is"),
    "place": Both("tempat, jenis atau unit", "place, kind or unit"),
}
"""What may have changed beside figures, by the names of the situation's marks."""

OPENED_BY: Mapping[str, Both] = {
    "occurrence": Both("sejak kejadian", "from the occurrence"),
    "dead": Both("sejak pekerja dinyatakan meninggal", "from a worker being declared dead"),
    "disabled": Both("sejak pekerja dinyatakan cacat", "from a worker being declared disabled"),
    "ill": Both("sejak pekerja dinyatakan sakit", "from a worker being declared ill"),
}

PHRASES: Mapping[str, Both] = {
    "lead": Both("{clause} {when}: {counts}; {sure}.", "{clause} {when}: {counts}; {sure}."),
    "day": Both("{date} {part}", "on {date}"),
    "at": Both("{moment}", "on {moment}"),
    "days": Both("{first} atau {last}", "on {first} or {last}"),
    "no_time": Both("(waktu belum diketahui)", "(time not known)"),
    "length_unknown": Both("kebakaran yang lamanya belum diketahui", "a fire of unknown length"),
    "no_counts": Both("belum ada angka korban", "no casualty figures yet"),
    "by": Both("{counts} menurut {party}, {when}", "{counts} according to {party}, {when}"),
    "dated": Both("{counts} menurut {party}, {when}", "{counts} according to {party}, {when}"),
    "said_at": Both("pukul {clock}", "at {clock}"),
    "said_on": Both("{moment}", "on {moment}"),
    "unconfirmed": Both("belum dikonfirmasi Polres", "not yet confirmed by police (Polres)"),
    "single": Both("belum dikonfirmasi pihak lain", "not yet confirmed by anybody else"),
    "unverified_yet": Both("belum diverifikasi", "not verified"),
    "verified": Both("sudah diverifikasi", "verified"),
    "signal": Both("SINYAL, belum diverifikasi: hanya dari sumber tidak resmi.", "SIGNAL, not verified: from unofficial sources only."),
    "unverified": Both(
        "BELUM DIVERIFIKASI: dikirim karena yang diminta memeriksa belum menjawab.",
        "UNVERIFIED: sent because those asked to check have not answered.",
    ),
    "cancelled_about": Both("Tadinya: {event}.", "It was: {event}."),
    "held": Both(
        "{grade} DITAHAN sampai {until} kecuali ada keterangan baru; fakta kini {now}.",
        "{grade} HELD until {until} unless something new is stated; facts now {now}.",
    ),
    "held_open": Both("{grade} DITAHAN; fakta kini {now}.", "{grade} HELD; facts now {now}."),
    "filing_unknown": Both(
        "PERTANYAAN, bukan teguran: sudahkah laporan tertulis (Form 3 KK2 A) diterima? Kami tidak menerima data pelaporan dari provinsi "
        "ini, jadi kami tidak tahu. Batas 2x24 jam: {due}.",
        "A QUESTION, not a reproach: has the written report (Form 3 KK2 A) arrived? We receive no filing data from this province, so we do "
        "not know. The 48 hours: {due}.",
    ),
    "filing_overdue": Both(
        "LEWAT BATAS: sampai {due} tidak tercatat laporan tertulis kecelakaan (Form 3 KK2 A). Sistem hanya mencatat; penilaian dan "
        "tindakan ada pada pejabat berwenang.",
        "PAST ITS DEADLINE: no written accident report (Form 3 KK2 A) was on record by {due}. This is a record only; judging and acting "
        "are for the officials in charge.",
    ),
    "filing_due_soon": Both(
        "MENGINGATKAN: laporan tertulis kecelakaan (Form 3 KK2 A) paling lambat {due}.",
        "REMINDER: the written accident report (Form 3 KK2 A) is due by {due}.",
    ),
    "filed": Both(
        "SUDAH DITERIMA: laporan tertulis (Form 3 KK2 A) diterima {receiver} {filed}.",
        "RECEIVED: the written report (Form 3 KK2 A) reached {receiver} on {filed}.",
    ),
    "inspection": Both("pengawas ketenagakerjaan", "the labour inspection"),
    "time": Both("Waktu", "Time"),
    "found": Both("Ketahuan", "Found"),
    "casualties": Both("Korban", "Figures"),
    "fire": Both("Api", "Fire"),
    "cost": Both("Rugi", "Damage"),
    "dispute": Both("Beda", "Differ"),
    "nationality": Both("Warga", "Origin"),
    "nationalities": Both("{wni} WNI, {wna} WNA (yang meninggal)", "{wni} Indonesian, {wna} foreign (of the dead)"),
    "employer": Both("Pekerja", "Workers"),
    "employer_other": Both("dipekerjakan {employer}, bukan pemilik lokasi", "employed by {employer}, not by the site's owner"),
    "cause": Both("Sebab", "Cause"),
    "cause_none": Both("belum ditetapkan", "not established"),
    "cause_one": Both(
        "belum ditetapkan; baru ada keterangan {parties}, jangan dikutip", "not established; only {parties} gave an account: do not quote"
    ),
    "cause_many": Both(
        "belum ditetapkan; keterangan {parties} tidak sama, jangan dikutip", "not established; accounts of {parties} differ: do not quote"
    ),
    "filing": Both("Laporan", "Report"),
    "filing_open": Both("2x24 jam {opened}: {due}", "48 hours {opened}: {due}"),
    "filing_span": Both(
        "2x24 jam {opened}: {due}; dianggap lewat setelah {last}", "48 hours {opened}: {due}; counted as past after {last}"
    ),
    "filing_done": Both("diterima {receiver} {filed}", "reached {receiver} {filed}"),
    "or": Both(" atau ", " or "),
    "nothing_more_filing": Both(
        "TIDAK ADA LAGI YANG DIMINTA DARI ANDA tentang laporan tertulis ini.", "NOTHING MORE IS ASKED OF YOU about this written report."
    ),
    "subject_signal": Both("SINYAL (belum diverifikasi): ", "SIGNAL (not verified): "),
    "subject_unverified": Both("BELUM DIVERIFIKASI: ", "UNVERIFIED: "),
    "subject_held": Both("DITAHAN (fakta kini {now})", "HELD (facts now {now})"),
    "subject_filing_unknown": Both("laporan 2x24 jam sudah diterima? ", "48-hour report received? "),
    "subject_filing_overdue": Both("laporan 2x24 jam LEWAT BATAS: ", "48-hour report OVERDUE: "),
    "subject_filing_due_soon": Both("laporan 2x24 jam paling lambat {due}: ", "48-hour report due {due}: "),
    "subject_filed": Both("laporan 2x24 jam sudah diterima: ", "48-hour report received: "),
    "filing_withdrawn": Both(
        "GUGUR: yang kami tanyakan atau ingatkan tentang laporan tertulis (Form 3 KK2 A) tidak berlaku lagi, karena {reason}.",
        "WITHDRAWN: what we asked or reminded you of about the written report (Form 3 KK2 A) no longer holds, because {reason}.",
    ),
    "subject_filing_withdrawn": Both("laporan 2x24 jam, pertanyaan GUGUR: ", "48-hour report, question WITHDRAWN: "),
}


def event(kind: str) -> Event:
    """The incident kind in words, or itself."""
    return KINDS.get(kind) or _at(*([unknown(kind) or "kejadian"] * 2))


def unit(name: str, lang: Lang) -> str:
    """A unit as its source wrote it, its first word in the reader's language: tungku 41, furnace 41."""
    for both in UNITS:
        for known in both:
            if name.lower().startswith(f"{known} "):
                return f"{both.of(lang)}{name[len(known) :]}"
    return name


def party(name: str, lang: Lang) -> str:
    """A party as its source wrote it, or in the reader's language where it is no proper name."""
    return next((both.of(lang) for both in PARTIES if name.lower() in both), name)
