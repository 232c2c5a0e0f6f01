"""Every code that a message can contain, in words, in both languages: one table per set of codes, and the phrases around them.

Total: a code that no table knows is printed as itself, with blanks for underscores. The tables are data; sentences are put together in
`handlers.letter`. In phrases, `{…}` names what is filled in.
"""

import re
from collections.abc import Mapping
from typing import NamedTuple

from handlers.language import Both, Lang, tidy


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

GRADES: Mapping[str, Both] = {
    "S5": Both("BENCANA", "DISASTER"),
    "S4": Both("KRITIS", "CRITICAL"),
    "S3": Both("BERAT", "SERIOUS"),
    "S2": Both("RINGAN", "MINOR"),
    "S1": Both("NYARIS CELAKA", "NEAR MISS"),
}

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

BECAUSE: Mapping[str, Both] = {
    "dead": Both("meninggal", "dead"),
    "dead_or_missing": Both("meninggal atau hilang", "dead or missing"),
    "injured": Both("luka", "injured"),
    "community": Both("warga sekitar diungsikan atau diminta berlindung (orang-jam)", "neighbours evacuated or sheltered (person-hours)"),
    "off_site_death": Both("meninggal di luar pabrik", "dead off site"),
    "missing": Both("hilang", "missing"),
    "hospitalised": Both("rawat inap", "in hospital"),
    "off_site_hospitalised": Both("rawat inap dari luar pabrik", "in hospital from off site"),
    "toxic_exposure": Both("terpapar gas beracun", "exposed to toxic gas"),
    "serious_injury": Both("luka berat", "serious injury"),
    "containment_lost": Both("logam cair atau terak keluar", "molten metal or slag got out"),
    "explosion": Both("ledakan", "an explosion"),
    "long_fire": Both("lama kebakaran (menit)", "length of the fire (minutes)"),
    "cost": Both("kerugian (USD)", "damage (USD)"),
    "any_injury": Both("ada yang luka", "somebody was hurt"),
    "short_fire": Both("kebakaran singkat tanpa korban", "a short fire without casualties"),
    "no_harm": Both("tidak ada korban yang dilaporkan", "no harm reported"),
    "held": Both("keparahan ditahan dari keterangan sebelumnya", "grade held from an earlier statement"),
    "filing_due_soon": Both("batas laporan tertulis sudah dekat", "the written report is due soon"),
    "filing_overdue": Both("laporan tertulis tidak tercatat sampai batasnya lewat", "no written report on record by its deadline"),
    "filing_unknown": Both("tidak diketahui apakah laporan tertulis diterima", "not known whether the written report was received"),
    "filed": Both("laporan tertulis sudah diterima", "the written report was received"),
    "all_retracted": Both("semua keterangan sudah dicabut sumbernya", "every statement was taken back by its source"),
    "refused_at_intake": Both("kabar kejadian ditolak di pintu masuk", "an incident bulletin was refused at intake"),
    "unresolved": Both("ada yang tidak cocok dan perlu dilihat petugas", "something does not fit and a person must look"),
}

UNMEASURED: Mapping[str, Both] = {
    "community": Both("warga sekitar dinyatakan harus mengungsi atau berlindung", "an evacuation or shelter of neighbours was declared"),
    "long_fire": Both("kebakaran yang lamanya belum diketahui", "a fire of unknown length"),
}

WHY: Mapping[str, Both] = {
    "first_notice": Both("pemberitahuan pertama kepada Anda", "first notice to you"),
    "grade_rose": Both("keparahan naik", "the grade rose"),
    "facts_changed": Both("fakta berubah, dan yang pernah diberi tahu diberi tahu lagi", "the facts changed; those told are told again"),
    "unanswered": Both("belum ada pihak berwenang yang mengambil alih", "nobody entitled to has taken it"),
    "informed_regardless": Both(
        "jabatan Anda diberi tahu pada tingkat ini, siapa pun yang sudah mengambil alih",
        "your position is told at this level whoever took it",
    ),
    "unverified_unanswered": Both(
        "yang diminta memeriksa sinyal ini belum menjawab; dikirim tanpa verifikasi",
        "those asked to verify this signal have not answered; sent unverified",
    ),
    "filing": Both("menyangkut batas 2x24 jam laporan tertulis kecelakaan", "it concerns the 48 hours for the written accident report"),
    "rearmed": Both(
        "sudah diambil alih, tetapi sejak itu tidak ada tindakan atau kabar baru", "it was taken, but no act or news has followed"
    ),
    "fallback": Both(
        "alamat utama jabatan ini tidak dapat dihubungi; ini alamat cadangan", "the usual address failed; this is the fallback"
    ),
    "cancelled": Both("Anda pernah diberi tahu tentang hal ini", "you had been told of this"),
    "stood_down": Both("Anda pernah diberi tahu tentang hal ini", "you had been told of this"),
}

ACTIONS: Mapping[str, Both] = {
    "take_over": Both("Ambil alih sekarang", "Take this over now"),
    "verify": Both(
        "Periksa apakah kejadian ini benar, lalu jawab: benar, keliru, atau belum tahu",
        "Check whether this really happened, then answer: true, false, or not known yet",
    ),
    "state_filed": Both(
        "Nyatakan apakah laporan tertulis (Form 3 KK2 A) sudah diterima", "Say whether the written report (Form 3 KK2 A) has arrived"
    ),
    "say_received": Both(
        "Jawab satu pertanyaan: sudahkah Anda menerima laporan tertulis (Form 3 KK2 A)? Sudah, belum, atau tidak tahu",
        "Answer one question: have you received the written report (Form 3 KK2 A)? Yes, no, or not known",
    ),
    "file_report": Both(
        "Pastikan laporan tertulis (Form 3 KK2 A) sampai ke pengawas ketenagakerjaan",
        "See that the written report (Form 3 KK2 A) reaches the labour inspection",
    ),
    "inspectors_left": Both("Kabarkan apakah pengawas ketenagakerjaan sudah berangkat", "Say whether labour inspectors have left"),
    "keep_informed": Both(
        "Kabarkan setiap perubahan: korban, orang hilang, api, warga sekitar",
        "Report every change: casualties, missing persons, fire, neighbours",
    ),
    "correct_and_republish": Both(
        "Minta sumbernya memperbaiki kabar itu dan menerbitkannya lagi; sementara itu tanyakan lewat telepon apa yang terjadi",
        "Have the source correct the bulletin and publish it again; meanwhile ask by telephone what happened",
    ),
}
STATUTORY = ("state_filed", "say_received", "file_report")

UNRESOLVED: Mapping[str, Both] = {
    "unknown_firm": Both("perusahaan tidak ada di registri", "the firm is not in the registry"),
    "unknown_plant": Both("pabrik tidak ada di registri", "the plant is not in the registry"),
    "unknown_estate": Both("kawasan tidak ada di registri", "the estate is not in the registry"),
    "unknown_regency": Both("kabupaten atau kota tidak dikenal", "the regency is not known"),
    "unknown_source": Both("sumber tidak terdaftar", "the source is not registered"),
    "plant_of_another_firm": Both("pabrik itu terdaftar milik perusahaan lain", "that plant is registered to another firm"),
    "contradictory_estate": Both("kawasan yang disebut tidak cocok dengan registri", "the estate stated does not match the registry"),
    "contradictory_time": Both("waktu yang disebut saling bertentangan", "the times stated contradict each other"),
    "time_in_the_future": Both("waktu yang disebut ada di masa depan", "a time stated lies in the future"),
}

REFUSING: Mapping[str, Both] = {
    "tombstone": Both("tanpa isi", "without content"),
    "too_large": Both("terlalu besar", "too large"),
    "not_utf8": Both("bukan teks yang terbaca", "not legible as text"),
    "not_json": Both("bukan JSON", "not JSON"),
    "duplicate_key": Both("satu kolom diisi dua kali", "one field is given twice"),
    "header_missing": Both("kepala pesan tidak lengkap", "a header is missing"),
    "header_contradicts": Both("kepala dan isi tidak cocok", "header and content disagree"),
    "wrong_header": Both("kepala pesan salah", "a header is wrong"),
    "unknown_type": Both("jenis pesan tidak dikenal", "unknown type of message"),
    "wrong_topic": Both("dikirim ke tempat yang salah", "published in the wrong place"),
    "unknown_field": Both("kolom tidak dikenal", "unknown field"),
    "field_missing": Both("kolom wajib kosong", "a field is missing"),
    "wrong_value": Both("nilai salah", "wrong value"),
    "exercise_misplaced": Both("latihan di jalur produksi, atau sebaliknya", "an exercise in production, or the reverse"),
    "unknown_revision": Both("revisi tidak dikenal", "unknown revision"),
}
_REFUSED = re.compile(r"([^:]*): (\w+) \((.*)\)", re.DOTALL)

OPENED_BY: Mapping[str, Both] = {
    "occurrence": Both("sejak kejadian", "from the occurrence"),
    "dead": Both("sejak pekerja dinyatakan meninggal", "from a worker being declared dead"),
    "disabled": Both("sejak pekerja dinyatakan cacat", "from a worker being declared disabled"),
    "ill": Both("sejak pekerja dinyatakan sakit", "from a worker being declared ill"),
}

POSITIONS: Mapping[str, Both] = {
    "duty-officer": Both("petugas piket", "duty officer"),
    "estate": Both("pengelola kawasan", "estate manager"),
    "firm": Both("perusahaan", "the firm"),
    "disnakertrans": Both("Disnakertrans", "labour inspection (Disnakertrans)"),
    "dinas-perindustrian": Both("Dinas Perindustrian", "industry office"),
    "polres": Both("Polres", "police (Polres)"),
    "bpbd": Both("BPBD", "disaster agency (BPBD)"),
    "governor": Both("gubernur", "governor"),
    "dir-perwilayahan": Both("Dir. Perwilayahan", "Dir. of Industrial Zoning"),
    "dg-kpaii": Both("Dirjen KPAII", "DG KPAII"),
    "dg-ilmate": Both("Dirjen ILMATE", "DG ILMATE"),
    "dg-ikft": Both("Dirjen IKFT", "DG IKFT"),
    "dg-agro": Both("Dirjen Agro", "DG Agro"),
    "minister-office": Both("Kantor Menteri", "Minister's office"),
    "kemnaker": Both("Kemnaker", "Ministry of Manpower"),
    "menko": Both("Kemenko", "Coordinating Ministry"),
}

CAP_SEVERITY: Mapping[str, str] = {"S5": "Extreme", "S4": "Severe", "S3": "Moderate", "S2": "Minor", "S1": "Minor"}
CAP_CERTAINTY: Mapping[str, str] = {"signal": "Possible", "reported": "Likely", "verified": "Observed"}


def word(table: Mapping[str, Both], code: str, lang: Lang) -> str:
    """The code in words, or the code itself."""
    return table[code].of(lang) if code in table else unknown(code)


def unknown(code: str) -> str:
    """A code that no table knows, legible and harmless."""
    return tidy(code.translate({ord("_"): " ", ord("{"): "(", ord("}"): ")"}), 40)


def unresolved(code: str, lang: Lang) -> str:
    """Why a person must look: a code, or for a refused bulletin its kind, the reason and the field, as `kind: reason (field)`."""
    refused = _REFUSED.fullmatch(code)
    if refused is None:
        return word(UNRESOLVED, code, lang)
    kind, reason, field = refused.groups()
    where = f" (`{tidy(field, 40)}`)" if field else ""
    return f"{tidy(kind, 40)}: {word(REFUSING, reason, lang)}{where}"


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


PHRASES: Mapping[str, Both] = {
    # 1. banners
    "exercise": Both("LATIHAN, bukan kejadian baru.", "EXERCISE, not a new event."),
    "duplicate": Both(
        "Mungkin sudah Anda terima: pengiriman sebelumnya terputus sebelum dijawab.",
        "You may have this already: an earlier sending broke off before it was answered.",
    ),
    "coalesced": Both(
        "Pesan ini sekaligus mewakili pemberitahuan yang belum sempat dikirim: {count}.",
        "This message also stands for notices that had not been sent yet: {count}.",
    ),
    # 2. what, where, when, how many, according to whom, how sure
    "lead": Both("{clause} {when}: {counts}; {sure}.", "{clause} {when}: {counts}; {sure}."),
    "day": Both("{date} {part}", "on {date}"),
    "at": Both("{moment}", "on {moment}"),
    "days": Both("{first} atau {last}", "on {first} or {last}"),
    "no_time": Both("(waktu belum diketahui)", "(time not known)"),
    "no_counts": Both("belum ada angka korban", "no casualty figures yet"),
    "by": Both("{counts} menurut {party}, {when}", "{counts} according to {party}, {when}"),
    "dated": Both("{counts} menurut {party}, {when}", "{counts} according to {party}, {when}"),
    "said_at": Both("pukul {clock}", "at {clock}"),
    "said_on": Both("{moment}", "on {moment}"),
    "more": Both("{count} lainnya", "{count} more"),
    "range": Both("kisaran {low} s.d. {high}", "range {low} to {high}"),
    "unconfirmed": Both("belum dikonfirmasi Polres", "not yet confirmed by police (Polres)"),
    "single": Both("belum dikonfirmasi pihak lain", "not yet confirmed by anybody else"),
    "unverified_yet": Both("belum diverifikasi", "not verified"),
    "verified": Both("sudah diverifikasi", "verified"),
    "no_firm": Both("perusahaan yang belum dikenal", "a firm not yet known"),
    "no_place": Both("tempat belum diketahui", "place not known"),
    # special matters, before the sentence about the incident itself
    "signal": Both("SINYAL, belum diverifikasi: hanya dari sumber tidak resmi.", "SIGNAL, not verified: from unofficial sources only."),
    "unverified": Both(
        "BELUM DIVERIFIKASI: dikirim karena yang diminta memeriksa belum menjawab.",
        "UNVERIFIED: sent because those asked to check have not answered.",
    ),
    "cancelled": Both(
        "DIBATALKAN: yang Anda terima sebagai {told_as} tidak berlaku lagi, karena {reason}.",
        "CANCELLED: what you received as {told_as} no longer holds, because {reason}.",
    ),
    "cancelled_about": Both("Tadinya: {event}.", "It was: {event}."),
    "found_false": Both("setelah diperiksa dinyatakan tidak benar", "it was checked and found not to be true"),
    "stood_down": Both(
        "SELESAI: penanganan diakhiri oleh pejabat yang berwenang. Keadaan terakhir yang diketahui ada di bawah ini.",
        "STOOD DOWN: an official in charge has ended the escalation. What was last known stands below.",
    ),
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
    "refused": Both(
        "Kabar kejadian dari {party} DITOLAK di pintu masuk dan belum dinilai siapa pun: {reasons}. Mungkin ada kejadian nyata di "
        "baliknya. Ditolak dari sumber ini sejauh ini: {count}.",
        "An incident bulletin from {party} was REFUSED at intake and nobody has assessed it: {reasons}. There may be a real incident "
        "behind it. Refused from this source so far: {count}.",
    ),
    "some_source": Both("sumber yang tidak disebut", "an unnamed source"),
    "unresolved": Both(
        "PERLU DILIHAT PETUGAS: {reasons}. Kejadian ini tetap dinilai, tetapi mungkin belum sampai ke pihak yang tepat.",
        "A PERSON MUST LOOK: {reasons}. The incident is assessed all the same, but may not have reached the right people.",
    ),
    # 3. what changed
    "since": Both("BERUBAH SEJAK r{revision}: {changes}.", "SINCE r{revision}: {changes}."),
    "unchanged": Both(
        "ANGKA TIDAK BERUBAH SEJAK r{revision}; yang berubah ada di bawah ini.",
        "NO FIGURE CHANGED SINCE r{revision}; see below for what did.",
    ),
    "still": Both(
        "TIDAK ADA YANG BERUBAH sejak r{revision} yang Anda terima.", "NOTHING HAS CHANGED since the r{revision} that you received."
    ),
    "grade_change": Both("keparahan {old} -> {new}", "grade {old} -> {new}"),
    "change": Both("{name} {old} -> {new}", "{name} {old} -> {new}"),
    "appeared": Both("{name} {new} (baru)", "{name} {new} (new)"),
    "vanished": Both("{name} {old} -> tidak dinyatakan lagi", "{name} {old} -> no longer stated"),
    "renamed": Both("{name} {old} -> {new_name} {new}", "{name} {old} -> {new_name} {new}"),
    # 4. what is asked
    "asked": Both("DIMINTA DARI ANDA", "ASKED OF YOU"),
    "due": Both("Batas: {due}.", "Due {due}."),
    "due_statutory": Both("Batas 2x24 jam: {due}.", "The 48 hours end {due}."),
    "press_how": Both("(Membuka halaman tidak mengubah apa pun.)", "Use the link above (opening it changes nothing)."),
    "phone": Both("Tanpa internet: telepon piket{number}, kode {code}.", "No internet: phone the duty desk{number}, code {code}."),
    "not_mine": Both(
        "Bukan wilayah Anda, atau ada yang keliru? Tombolnya di halaman itu.", "Not yours, or something wrong? The button is on that page."
    ),
    "nothing_asked": Both(
        "TIDAK ADA YANG DIMINTA DARI ANDA. Pesan ini untuk diketahui.", "NOTHING IS ASKED OF YOU. This is for your information."
    ),
    "nothing_more": Both(
        "TIDAK ADA LAGI YANG DIMINTA DARI ANDA. Permintaan kami sebelumnya gugur.",
        "NOTHING MORE IS ASKED OF YOU. Our earlier requests lapse.",
    ),
    "nothing_more_filing": Both(
        "TIDAK ADA LAGI YANG DIMINTA DARI ANDA tentang laporan tertulis ini.", "NOTHING MORE IS ASKED OF YOU about this written report."
    ),
    # 5. known
    "known": Both("DIKETAHUI", "KNOWN"),
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
    # 6. why
    "grade_held": Both("{grade}: {reasons} (G8).", "{grade}: {reasons} (G8)."),
    "grade_because": Both("{grade} karena {reasons} ({source}).", "{grade} because {reasons} ({source})."),
    "because": Both("Karena {reasons} ({source}).", "Because {reasons} ({source})."),
    "design": Both("`design`: ambang kami, bukan peraturan", "`design`: our threshold, not a regulation"),
    "why": Both("Sampai kepada Anda (tingkat {level}): {why}.", "It reached you (level {level}): {why}."),
    # 7. who else
    "told": Both("Sudah diberi tahu: {levels}.", "Told: {levels}."),
    "told_level": Both("tingkat {level} ({when}) {positions}", "level {level} ({when}) {positions}"),
    "told_nobody": Both("Belum ada pihak lain yang diberi tahu.", "Nobody else has been told yet."),
    "taken": Both("Diambil alih: {taken}.", "Taken by: {taken}."),
    "taken_none": Both("Belum ada yang mengambil alih.", "Nobody has taken it."),
    "answered": Both(
        "Sudah menjawab: {taken}; jawaban pihak yang diawasi tidak menghentikan eskalasi.",
        "Answered: {taken}; an answer of the supervised does not stop the escalation.",
    ),
    "next": Both("Bila tetap demikian, tingkat berikutnya diberi tahu {when}.", "If that stays so, the next level is told {when}."),
    "next_partial": Both(
        "Belum cukup untuk menghentikan eskalasi; tingkat berikutnya diberi tahu {when}.",
        "Not yet enough to stop the escalation; the next level is told {when}.",
    ),
    # 8, 9
    "page": Both("Halaman kejadian ini:", ""),
    "closing": Both(
        "TERBATAS, bukan untuk publikasi. Diterima sebagai: {title}.", "RESTRICTED, not for publication. Received as: {title}."
    ),
    "button": Both("Ambil alih / jawab", "Take over / answer"),
    "button_read": Both("Buka halaman", "Open the page"),
    # subjects: one line for both languages
    "subject_exercise": Both("[LATIHAN/EXERCISE] ", "[LATIHAN/EXERCISE] "),
    "subject_desk": Both("PIKET", "DESK"),
    "subject_signal": Both("SINYAL (belum diverifikasi): ", "SIGNAL (not verified): "),
    "subject_unverified": Both("BELUM DIVERIFIKASI: ", "UNVERIFIED: "),
    "subject_cancelled": Both("DIBATALKAN/CANCELLED", "CANCELLED"),
    "subject_stood_down": Both("SELESAI/STOOD DOWN", "STOOD DOWN"),
    "subject_held": Both("DITAHAN (fakta kini {now})", "HELD (facts now {now})"),
    "subject_filing_unknown": Both("laporan 2x24 jam sudah diterima? ", "48-hour report received? "),
    "subject_filing_overdue": Both("laporan 2x24 jam LEWAT BATAS: ", "48-hour report OVERDUE: "),
    "subject_filing_due_soon": Both("laporan 2x24 jam paling lambat {due}: ", "48-hour report due {due}: "),
    "subject_filed": Both("laporan 2x24 jam sudah diterima: ", "48-hour report received: "),
    "subject_refused": Both("kabar kejadian DITOLAK di pintu masuk: {party}", "incident bulletin REFUSED at intake: {party}"),
    "subject_unresolved": Both("PERLU DILIHAT: ", "A PERSON MUST LOOK: "),
}


def phrase(name: str, lang: Lang, /, **filled: object) -> str:
    """A phrase with its gaps filled."""
    return PHRASES[name].of(lang).format(**filled)
