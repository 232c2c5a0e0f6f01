"""Words of the page itself, in both languages. What a message says, `handlers` says."""

from collections.abc import Mapping

from handlers.language import Both
from schemas.escalation import Judged
from streams.console.ackpage.ticket import Fault

OUTCOMES: Mapping[str, Both] = {
    Judged.TAKEN: Both("Tercatat: Anda mengambil alih. Eskalasi berhenti.", "Recorded: you have taken this over. The escalation stops."),
    Judged.TAKEN_IN_PART: Both(
        "Tercatat: Anda mengambil alih. Eskalasi baru berhenti bila pihak lain juga mengambil alih.",
        "Recorded: you have taken this over. The escalation stops only when others have taken it too.",
    ),
    Judged.RECORDED: Both(
        "Tercatat. Eskalasi tetap berjalan sampai pejabat yang berwenang mengambil alih.",
        "Recorded. The escalation goes on until those in charge have taken it over.",
    ),
    Judged.PASSED_ON: Both(
        "Tercatat: bukan tugas Anda. Tingkat berikutnya segera diberi tahu.",
        "Recorded: not yours. The next level is told at once.",
    ),
    Judged.HANDED_OVER: Both("Tercatat: sudah diserahkan.", "Recorded: handed over."),
    Judged.SILENCED: Both("Tercatat: perubahan tidak dikirim sampai waktu itu.", "Recorded: changes are not sent until then."),
    Judged.TOO_GRAVE: Both("Tidak tercatat: terlalu gawat untuk didiamkan.", "Not recorded: it is too grave to be silenced."),
    Judged.TOO_LONG: Both("Tidak tercatat: melampaui batas kebijakan.", "Not recorded: longer than the policy allows."),
    Judged.OUTDATED: Both(
        "BELUM tercatat: keadaannya sudah berubah. Baca yang terbaru di bawah ini, lalu tekan sekali lagi.",
        "NOT recorded: this has changed. Read what is new below, and press once more.",
    ),
    Judged.REPEATED: Both("Sudah tercatat sebelumnya.", "This had been recorded already."),
    Judged.UNKNOWN_ESCALATION: Both("Tidak tercatat: tidak dikenal lagi.", "Not recorded: it is not known any more."),
    Judged.UNKNOWN_POSITION: Both(
        "Tidak tercatat: jabatan ini tidak ada lagi dalam daftar.", "Not recorded: this position is not in the roster any more."
    ),
    Judged.NOT_TOLD: Both("Tidak tercatat: jabatan ini tidak diberi tahu.", "Not recorded: this position was not told of it."),
    Judged.NOT_TAKEN: Both("Tidak tercatat: belum diambil alih.", "Not recorded: it has not been taken over yet."),
    Judged.NOT_ASKED: Both("Tidak tercatat: hal itu tidak diminta dari Anda.", "Not recorded: that was not asked of you."),
    Judged.HOLDS_IT: Both(
        "Tidak tercatat: Anda sudah mengambil alih. Hubungi piket bila tidak dapat meneruskan.",
        "Not recorded: you have taken this over. Phone the duty desk if you cannot go on.",
    ),
    Judged.CLOSED: Both("Tidak tercatat: sudah selesai.", "Not recorded: it is over."),
    Judged.CLOCK_OPEN: Both("Tidak tercatat: batas laporan masih berjalan.", "Not recorded: the clock of the report still runs."),
    Judged.NOT_ENTITLED: Both("Tidak tercatat: jabatan ini tidak berwenang.", "Not recorded: this position may not do that."),
    Judged.UNKNOWN_PERIOD: Both("Tidak tercatat: periode tidak dikenal.", "Not recorded: no such period."),
    Judged.NOT_YET_DUE: Both("Tidak tercatat: belum jatuh tempo.", "Not recorded: it is not due yet."),
}

GOOD = frozenset(
    {Judged.TAKEN, Judged.TAKEN_IN_PART, Judged.RECORDED, Judged.PASSED_ON, Judged.HANDED_OVER, Judged.SILENCED, Judged.REPEATED}
)

CHECKED = Both(
    "Diterima, sedang diperiksa. Muat ulang halaman ini untuk melihat hasilnya.",
    "Received, being checked. Reload this page to see what became of it.",
)
DISPUTED = Both(
    "Keberatan tercatat: tampak di setiap pesan berikutnya, dan usulannya ditahan.",
    "Your objection is recorded: every later message shows it, and the proposal is held.",
)
DONE = Both("Tercatat: sudah dikerjakan.", "Recorded: done.")
VERIFIED = Both("Tercatat: jawaban Anda atas laporan yang belum diperiksa.", "Recorded: your answer to what had not been verified.")
DECLINED = Both("Tercatat: bukan tugas Anda.", "Recorded: not yours.")

FAULTS: Mapping[Fault, tuple[int, Both]] = {
    Fault.FORGED: (
        404,
        Both(
            "Tautan ini tidak lengkap atau bukan dari kami. Buka lagi dari pesannya.",
            "This link is incomplete, or none of ours. Open it again from the message.",
        ),
    ),
    Fault.EXPIRED: (410, Both("Masa berlaku tautan ini sudah habis.", "This link has expired.")),
    Fault.TELEPHONE: (
        404,
        Both(
            "Kode ini untuk dibacakan lewat telepon; di sini tidak membuka apa pun.",
            "This code is to be read out by telephone; it opens nothing here.",
        ),
    ),
    Fault.FORGOTTEN: (404, Both("Pesan ini tidak ada lagi di sini.", "This message is not kept here any more.")),
    Fault.ANOTHERS: (404, Both("Tautan ini tidak cocok dengan pesannya.", "This link does not go with its message.")),
}

REFUSALS: Mapping[int, Both] = {
    400: Both(
        "Formulir ini tidak lengkap. Buka lagi tautan dari pesannya.", "This form is incomplete. Open the link of the message again."
    ),
    403: Both(
        "Formulir ini bukan dari halaman kami. Tidak ada yang tercatat.", "This form is not from a page of ours. Nothing was recorded."
    ),
    404: Both("Tidak ada apa-apa di sini.", "There is nothing here."),
    405: Both("Cara ini tidak dikenal di sini.", "That is not done here."),
    413: Both("Terlalu panjang. Tidak ada yang tercatat.", "Too long. Nothing was recorded."),
    415: Both("Hanya formulir yang diterima di sini.", "Only forms are accepted here."),
    422: Both(
        "Nama atau alasan belum diisi, atau terlalu panjang. Tidak ada yang tercatat.",
        "Name or reason is missing, or too long. Nothing was recorded.",
    ),
    429: Both("Terlalu sering. Coba lagi beberapa detik lagi.", "Too often. Try again in a few seconds."),
    503: Both(
        "Belum tercatat: sistem sedang tidak terhubung. Tekan lagi sebentar lagi; menekan dua kali tidak apa-apa.",
        "Not recorded: the system is not connected. Press again in a moment; pressing twice does no harm.",
    ),
}

TELEPHONE = Both("Telepon piket: {number}.", "Duty desk: {number}.")

LABELS: Mapping[str, Both] = {
    "changed_since": Both(
        "Sudah berubah sejak pesan r{old} Anda. Ini yang terbaru: r{new}.",
        "This has changed since your message r{old}. This is the newest: r{new}.",
    ),
    "newer_unseen": Both(
        "Sudah ada r{new}; pesannya sedang dikirim kepada Anda.", "There is an r{new} by now; its message is on its way to you."
    ),
    "over": Both("Sudah selesai: tidak ada lagi yang diminta.", "It is over: nothing is asked any more."),
    "no_answer": Both("Tidak perlu konfirmasi.", "No acknowledgement is needed."),
    "you_took": Both("Anda sudah mengambil alih r{revision}.", "You have taken r{revision} over."),
    "you_declined": Both("Anda menyatakan ini bukan tugas Anda.", "You have said that this is not yours."),
    "declined": Both("Menyatakan bukan tugasnya: {said}.", "Said that it is not theirs: {said}."),
    "done": Both("Sudah dikerjakan: {said}.", "Done: {said}."),
    "answer": Both("Jawaban Anda", "Your answer"),
    "name": Both("Nama Anda", "Your name"),
    "reason": Both("Alasan", "Why"),
    "take": Both("Ambil alih (r{revision})", "Take it over (r{revision})"),
    "is_real": Both("Benar terjadi", "It is real"),
    "is_wrong": Both("Keliru, tidak terjadi", "It is wrong"),
    "not_mine": Both("Bukan wilayah saya, atau keliru", "Not mine, or wrong"),
    "say_not_mine": Both("Kirim: bukan tugas saya", "Send: not mine"),
    "is_done": Both("Yang diminta sudah dikerjakan", "What was asked is done"),
    "say_done": Both("Kirim: sudah dikerjakan", "Send: done"),
    "what": Both("Yang mana", "Which"),
    "object": Both("Keberatan", "Object"),
    "say_object": Both("Kirim keberatan", "Send the objection"),
    "back": Both("Muat ulang", "Reload"),
    "no_effect": Both("Membuka halaman ini tidak mengubah apa pun.", "Opening this page changes nothing."),
}
