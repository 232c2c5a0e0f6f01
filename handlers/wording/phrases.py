"""The phrases of every letter, in the order of the contract, and of all letters together. `{…}` names what is filled in."""

from collections.abc import Mapping
from types import MappingProxyType

from handlers.language import Both, Lang
from handlers.wording import cluster, digest, duty, incident, source

COMMON: Mapping[str, Both] = {
    "exercise": Both("LATIHAN, bukan kejadian baru.", "EXERCISE, not a new event."),
    "duplicate": Both(
        "Mungkin sudah Anda terima: pengiriman sebelumnya terputus sebelum dijawab.",
        "You may have this already: an earlier sending broke off before it was answered.",
    ),
    "coalesced": Both(
        "Pesan ini sekaligus mewakili pemberitahuan yang belum sempat dikirim: {count}.",
        "This message also stands for notices that had not been sent yet: {count}.",
    ),
    "more": Both("{count} lainnya", "{count} more"),
    "range": Both("kisaran {low} s.d. {high}", "range {low} to {high}"),
    "no_firm": Both("perusahaan yang belum dikenal", "a firm not yet known"),
    "no_place": Both("tempat belum diketahui", "place not known"),
    "cancelled": Both(
        "DIBATALKAN: yang Anda terima sebagai {told_as} tidak berlaku lagi, karena {reason}.",
        "CANCELLED: what you received as {told_as} no longer holds, because {reason}.",
    ),
    "found_false": Both("setelah diperiksa dinyatakan tidak benar", "it was checked and found not to be true"),
    "stood_down": Both(
        "SELESAI: penanganan diakhiri oleh pejabat yang berwenang. Keadaan terakhir yang diketahui ada di bawah ini.",
        "STOOD DOWN: an official in charge has ended the escalation. What was last known stands below.",
    ),
    "unresolved": Both(
        "PERLU DILIHAT PETUGAS: {reasons}. Kejadian ini tetap dinilai, tetapi mungkin belum sampai ke pihak yang tepat.",
        "A PERSON MUST LOOK: {reasons}. The incident is assessed all the same, but may not have reached the right people.",
    ),
    "since": Both("BERUBAH SEJAK r{revision}: {changes}.", "SINCE r{revision}: {changes}."),
    "unchanged": Both(
        "ANGKA TIDAK BERUBAH SEJAK r{revision}; yang berubah ada di bawah ini.",
        "NO FIGURE CHANGED SINCE r{revision}; see below for what did.",
    ),
    "still": Both(
        "TIDAK ADA YANG BERUBAH sejak r{revision} yang Anda terima.", "NOTHING HAS CHANGED since the r{revision} that you received."
    ),
    "value_unknown": Both("belum diketahui", "not known"),
    "aspects": Both("berubah juga {names}", "changed too: {names}"),
    "aspects_only": Both(
        "ANGKA TIDAK BERUBAH SEJAK r{revision}; yang berubah: {names}.", "NO FIGURE CHANGED SINCE r{revision}; what did: {names}."
    ),
    "unanswered_for": Both(
        "SUDAH {minutes} MENIT BELUM ADA YANG MENGAMBIL ALIH. Anda pernah menerima ini.",
        "NOBODY HAS TAKEN THIS FOR {minutes} MINUTES. You have had it before.",
    ),
    "subject_unanswered": Both("{minutes} menit belum diambil alih: ", "{minutes} min not taken: "),
    "taken_you": Both(
        "Anda sudah mengambil alih r{revision} ({when}); yang masih diminta ada di atas.",
        "You took r{revision} ({when}); what is still asked stands above.",
    ),
    "due_before": Both("Sebelum {due}.", "Before {due}."),
    "grade_change": Both("keparahan {old} -> {new}", "grade {old} -> {new}"),
    "change": Both("{name} {old} -> {new}", "{name} {old} -> {new}"),
    "appeared": Both("{name} {new} (baru)", "{name} {new} (new)"),
    "vanished": Both("{name} {old} -> tidak dinyatakan lagi", "{name} {old} -> no longer stated"),
    "renamed": Both("{name} {old} -> {new_name} {new}", "{name} {old} -> {new_name} {new}"),
    "asked": Both("DIMINTA DARI ANDA", "ASKED OF YOU"),
    "due": Both("Batas: {due}.", "Due {due}."),
    "due_statutory": Both("Batas 2x24 jam: {due}.", "The 48 hours end {due}."),
    "press_how": Both("(Membuka halaman tidak mengubah apa pun.)", "Use the link above (opening it changes nothing)."),
    "phone": Both(
        "Tanpa internet: telepon piket {number}, sebutkan {thread}, kode {code}.",
        "No internet: phone the duty desk {number}, name {thread}, code {code}.",
    ),
    "answer_how": Both(
        "Jawab lewat petugas yang ditunjuk daftar jabatan, atau: siaga ack {thread} --revision {revision}.",
        "Answer through the officer whom the roster names, or: siaga ack {thread} --revision {revision}.",
    ),
    "reference": Both("Untuk ditanyakan: {thread}.", "For questions: {thread}."),
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
    "known": Both("DIKETAHUI", "KNOWN"),
    "grade_held": Both("{grade}: {reasons} (G8).", "{grade}: {reasons} (G8)."),
    "grade_because": Both("{grade} karena {reasons} ({source}).", "{grade} because {reasons} ({source})."),
    "because": Both("Karena {reasons} ({source}).", "Because {reasons} ({source})."),
    "design": Both("`design`: ambang kami, bukan peraturan", "`design`: our threshold, not a regulation"),
    "why": Both("Sampai kepada Anda (tingkat {level}): {why}.", "It reached you (level {level}): {why}."),
    "why_plain": Both("Sampai kepada Anda: {why}.", "It reached you: {why}."),
    "told": Both("Sudah diberi tahu: {levels}.", "Told: {levels}."),
    "told_level": Both("tingkat {level} ({when}) {positions}", "level {level} ({when}) {positions}"),
    "told_once": Both("{positions} ({when})", "{positions} ({when})"),
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
    "page": Both("Halaman pesan ini:", ""),
    "closing": Both(
        "TERBATAS, bukan untuk publikasi. Diterima sebagai: {title}.", "RESTRICTED, not for publication. Received as: {title}."
    ),
    "button": Both("Ambil alih / jawab", "Take over / answer"),
    "button_read": Both("Buka halaman", "Open the page"),
    "subject_exercise": Both("[LATIHAN/EXERCISE] ", "[LATIHAN/EXERCISE] "),
    "subject_desk": Both("PIKET", "DESK"),
    "subject_cancelled": Both("DIBATALKAN/CANCELLED", "CANCELLED"),
    "subject_stood_down": Both("SELESAI/STOOD DOWN", "STOOD DOWN"),
    "subject_unresolved": Both("PERLU DILIHAT: ", "A PERSON MUST LOOK: "),
}

PHRASES = MappingProxyType({**COMMON, **incident.PHRASES, **source.PHRASES, **duty.PHRASES, **digest.PHRASES, **cluster.PHRASES})


def phrase(name: str, lang: Lang, /, **filled: object) -> str:
    """A phrase with its gaps filled."""
    return PHRASES[name].of(lang).format(**filled)
