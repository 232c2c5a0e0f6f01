"""The words of digests: what each is called and how it begins, and what its columns count."""

from collections.abc import Mapping
from typing import NamedTuple

from handlers.language import Both
from handlers.wording.codes import GRADES, unknown
from handlers.wording.incident import FIGURES


class Kind(NamedTuple):
    """A digest's name, as it stands in a subject, and its first sentence. `{totals}`: the columns with their sums."""

    title: Both
    lead: Both


KINDS: Mapping[str, Kind] = {
    "weekly": Kind(
        Both("ringkasan mingguan S1 dan S2 s.d.", "weekly digest of S1 and S2 to"),
        Both(
            "{totals}. Tidak ada yang mendesak: yang lebih berat dikirim sendiri-sendiri, seketika.",
            "{totals}. Nothing here is urgent: what is graver is told by itself, at once.",
        ),
    ),
    "historic": Kind(
        Both("RIWAYAT s.d.", "HISTORIC, to"),
        Both(
            "{totals}. Ini kejadian lama yang baru masuk ke sistem; bukan kejadian baru, dan tidak ada yang diminta segera.",
            "{totals}. These are past events that have only now entered the system; they are not new, and nothing is asked at once.",
        ),
    ),
}
"""By the digest's series; a series that is not here goes by its own name."""

COLUMNS: Mapping[str, Both] = {
    **FIGURES,
    "alerts": Both("hal", "matters"),
    **{grade: Both(f"{grade} ({both.id.lower()})", f"{grade} ({both.en.lower()})") for grade, both in GRADES.items()},
    "due": Both("wajib lapor", "due to report"),
    "reported": Both("lapor", "reported"),
    "late": Both("lapor terlambat dalam tenggang", "reported late within the grace"),
    "absent": Both("belum lapor", "not reported"),
    "undecided": Both("belum dapat dipastikan", "undecided"),
    "excused": Both("dikecualikan", "excused"),
    "warnings_1": Both("peringatan ke-1", "first warnings"),
    "warnings_2": Both("peringatan ke-2", "second warnings"),
    "warnings_3": Both("peringatan ke-3 atau lebih", "third warnings or later"),
    "to_check": Both("perlu diperiksa", "to check"),
    "objections": Both("keberatan", "objections"),
    "disputed": Both("peringatan yang dibantah", "warnings objected to"),
    "allowed": Both("batas yang dipercaya", "believed at most"),
}

HEADERS: Mapping[str, Both] = {
    **{grade: Both(grade, grade) for grade in GRADES},
    "due": Both("wajib", "due"),
    "reported": Both("lapor", "rep."),
    "absent": Both("belum", "absent"),
    "warnings_1": Both("ke-1", "1st"),
    "warnings_2": Both("ke-2", "2nd"),
    "warnings_3": Both("ke-3+", "3rd+"),
}
"""Columns by the short word that stands over them, where they have one."""

PHRASES: Mapping[str, Both] = {
    "digest_since": Both("BERUBAH sejak {period}: {changes}.", "SINCE {period}: {changes}."),
    "where": Both("Wilayah", "Where"),
    "outside": Both("di luar kawasan", "outside estates"),
    "others": Both("lainnya", "others"),
    "sum": Both("Jumlah", "Total"),
    "among": Both("Yang disebut ({count}):", "Named ({count}):"),
    "among_more": Both("- dan {count} lainnya.", "- and {count} more."),
    "among_one": Both("- {subject}", "- {subject}"),
    "of_permit": Both("{name} (izin {permit})", "{name} (permit {permit})"),
    "concluded": Both("{name}: {words}", "{name}: {words}"),
    "proposed": Both("diusulkan {step}", "{step} proposed"),
    "state_resolved": Both("selesai", "over"),
    "state_withdrawn": Both("DIBATALKAN", "CANCELLED"),
    "listed": Both("Daftar, halaman {page}: {count}.", "List, page {page}: {count}."),
    "proof": Both(
        "Bukti lengkap: semua yang diterima {source} s.d. {through} terbaca {read} (penanda sumber, {partitions}/{of} partisi).",
        "Proof: everything that {source} had received by {through} was read at {read} (source watermark, {partitions}/{of} partitions).",
    ),
    "deadline_lead": Both(
        "Batas {report}{where}, {due} ({source}): {reported} lapor, {absent} belum.",
        "Deadline of the {report}{where}, {due} ({source}): {reported} reported, {absent} did not.",
    ),
    "deadline_list": Both(
        "Batas {report}{where}, {due} ({source}): daftar izin yang berubah.",
        "Deadline of the {report}{where}, {due} ({source}): the permits of which something changed.",
    ),
    "deadline_third": Both(
        "{count} di antaranya mencapai peringatan ke-3 berturut-turut atau lebih.",
        "{count} of them reached a third warning in a row or later.",
    ),
    "deadline_proposals": Both("{count} diusulkan untuk diperiksa pejabat.", "{count} are proposed for officials to check."),
    "deadline_objections": Both("{count} menyatakan keberatan; usulannya ditahan.", "{count} object and are held."),
    "deadline_unchanged": Both("Belum ada izin yang berubah: ini USULAN.", "No permit has changed: these are PROPOSALS."),
    "deadline_others": Both("Selain itu: {others}.", "Besides: {others}."),
    "deadline_undecided": Both(
        "{count} belum dapat dipastikan: ada kiriman yang tidak terbaca atau atas nama lain; tidak ada yang dituduh. Anda diberi tahu bila "
        "sudah pasti.",
        "{count} cannot be decided yet: something sent was unreadable or in another name; nobody is accused. You will be told once it is "
        "settled.",
    ),
    "deadline_undecided_ends": Both(
        "Itu selesai bila laporannya diterima, atau bila pejabat mengecualikannya dengan alasan: `siaga act excuse`.",
        "That ends with an accepted report, or when an official excuses it with a reason: `siaga act excuse`.",
    ),
    "deadline_disputed": Both(
        "{count} keberatan atas peringatannya: tidak ada yang berubah sampai diperiksa pejabat; `siaga act waive` menghapus peringatannya.",
        "{count} object to their warning: nothing changes until an official checks; `siaga act waive` takes that warning off the count.",
    ),
    "deadline_late": Both(
        "Laporan yang diterima tepat waktu tetapi baru kemudian sampai ke kami membatalkan peringatan; Anda akan diberi tahu.",
        "A report that was received in time but reaches us later cancels its warning, and you will be told.",
    ),
    "subject_deadline": Both("{absent} dari {due} belum lapor", "{absent} of {due} did not report"),
    "subject_to_check": Both("{count} perlu diperiksa", "{count} to check"),
    "subject_list": Both("daftar, halaman {page} ({count})", "list, page {page} ({count})"),
    "closing_deadline": Both(
        "TERBATAS, bukan untuk publikasi. Satu ringkasan per batas waktu; tidak perlu konfirmasi. Diterima sebagai: {title}.",
        "RESTRICTED, not for publication. One digest per deadline; no acknowledgement needed. Received as: {title}.",
    ),
    "closing_digest": Both(
        "TERBATAS, bukan untuk publikasi. Ringkasan; tidak perlu konfirmasi. Diterima sebagai: {title}.",
        "RESTRICTED, not for publication. A digest; no acknowledgement needed. Received as: {title}.",
    ),
}


def kind(series: str) -> Kind:
    """The words of a series of digests."""
    name = unknown(series) or "?"
    return KINDS.get(series) or Kind(Both(f"ringkasan {name}", f"digest {name}"), Both("{totals}.", "{totals}."))
