"""The words of a source: what can be wrong with what it publishes, and with the source itself."""

import re
from collections.abc import Mapping

from handlers.language import Both, Lang, tidy
from handlers.wording.codes import UNRESOLVED, word

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
    "personal_data": Both("berisi data pribadi yang tidak boleh dikirim", "personal data, which must not be sent"),
    "field_missing": Both("kolom wajib kosong", "a field is missing"),
    "wrong_value": Both("nilai salah", "wrong value"),
    "exercise_misplaced": Both("latihan di jalur produksi, atau sebaliknya", "an exercise in production, or the reverse"),
    "unknown_revision": Both("revisi tidak dikenal", "unknown revision"),
    "unknown_source": Both("sumber tidak terdaftar", "the source is not registered"),
    "unknown_obligation": Both("kewajiban lapor tidak dikenal", "unknown obligation to report"),
    "unknown_period": Both("periode lapor tidak ada", "no such reporting period"),
    "unknown_permit": Both("izin tidak ada di registri", "the permit is not in the registry"),
    "permit_of_another_firm": Both("izin itu milik perusahaan lain", "the permit is another firm's"),
    "before_its_period": Both("diterima sebelum periodenya dimulai", "received before its period began"),
    "after_its_publication": Both("diterima setelah diterbitkan", "received after its own publication"),
}

ODD: Mapping[str, Both] = {
    "other_content": Both("dikirim lagi dengan isi lain", "sent again with other content"),
    "watermark_of_a_stranger": Both("penanda dari sumber yang tidak terdaftar", "a watermark of a source that is not registered"),
    "watermark_in_the_future": Both("penanda menyebut waktu di masa depan", "a watermark names a time in the future"),
    "watermark_backwards": Both("penanda mundur", "a watermark went backwards"),
    "estate_ended_with_firms": Both("kawasan diakhiri padahal masih berisi perusahaan", "an estate was ended that still has firms"),
    "assigned_without_permit": Both("kewajiban dibebankan tanpa izin", "a duty was assigned to no permit"),
    "counts_of_a_stranger": Both("angka kabupaten/kota dari sumber yang tidak terdaftar", "a regency's counts from an unregistered source"),
    "too_late": Both("datang setelah periodenya selesai", "came after its period was settled"),
    "unknown_position": Both("jabatan yang memeriksa tidak terdaftar", "the position that inspected is in no roster"),
}

_REFUSED = re.compile(r"([^:]*): (\w+) \((.*)\)", re.DOTALL)


PHRASES: Mapping[str, Both] = {
    "rejected": Both(
        "Kabar kejadian dari {party} DITOLAK di pintu masuk dan belum dinilai siapa pun: {reasons}. Mungkin ada kejadian nyata di "
        "baliknya. Ditolak dari sumber ini sejauh ini: {count}.",
        "An incident bulletin from {party} was REFUSED at intake and nobody has assessed it: {reasons}. There may be a real incident "
        "behind it. Refused from this source so far: {count}.",
    ),
    "sent_back": Both(
        "Data dari {party} DITOLAK di pintu masuk sejak {since}: {count}. Yang ditolak tidak dihitung sampai diperbaiki dan diterbitkan "
        "lagi. Isinya tidak kami ulangi di sini; yang kami sebut hanya tempatnya.",
        "Records of {party} have been REFUSED at intake since {since}: {count}. What is refused counts for nothing until it has been "
        "corrected and published again. What was in it is not repeated here; only where it stands is named.",
    ),
    "nothing_sent_back": Both(
        "SELESAI: belakangan ini tidak ada lagi data dari {party} yang ditolak.",
        "OVER: lately nothing more of {party} has been refused.",
    ),
    "silent": Both(
        "{party} DIAM{about}: batas diam yang dinyatakannya sendiri sudah lewat. Yang tidak dikirimnya tidak kami anggap tidak ada, dan "
        "tidak ada yang dituduh belum lapor sebelum ia berkabar lagi.",
        "{party} is SILENT{about}: the limit that it declared itself has passed. What it does not send we do not take to be absent, and "
        "nobody is accused before it speaks again.",
    ),
    "unproven": Both(
        "BELUM TERBUKTI{about}: penanda {party} belum sampai ke batas waktunya. Tidak ada peringatan yang keluar sebelum itu.",
        "NOT PROVEN{about}: the watermark of {party} has not reached the deadline. No warning leaves before it does.",
    ),
    "braked": Both(
        "DITAHAN{about}: lebih banyak yang tampak belum lapor melalui {party} daripada yang dapat dipercaya tanpa diperiksa. Tidak ada "
        "peringatan yang keluar, dan tidak ada yang dituduh, sampai seorang pejabat melepas atau memaafkan periode ini.",
        "HELD{about}: more seem not to have reported through {party} than is believable unchecked. No warning leaves, and nobody is "
        "accused, until an official releases or excuses the period.",
    ),
    "fewer_absent": Both(
        "MASIH DITAHAN{about}: yang tampak belum lapor melalui {party} tidak lagi di atas batas yang dipercaya, tetapi peringatannya baru "
        "keluar bila seorang pejabat melepasnya.",
        "STILL HELD{about}: no more seem not to have reported through {party} than is believable, but warnings leave only when an official "
        "releases the period.",
    ),
    "nobody_absent": Both(
        "TIDAK ADA LAGI YANG DITAHAN{about}: tidak ada lagi yang tampak belum lapor melalui {party}. Tidak perlu melepas apa pun; bila "
        "kemudian ada yang ternyata belum lapor, Anda diberi tahu lagi.",
        "NOTHING IS HELD ANY MORE{about}: nobody seems not to have reported through {party} any more. Nothing need be released; if anybody "
        "turns out not to have reported after all, you will be told again.",
    ),
    "vouched_too_early": Both(
        "TERLALU DINI{about}: sesudah {party} dinyatakan terbaca lengkap, masih datang sesuatu dari waktu itu. Yang diputuskan atas dasar "
        "itu dihitung lagi; periksa dulu sebelum ada yang ditetapkan.",
        "TOO EARLY{about}: after {party} had been vouched for as read, something of that time still came. What was decided on it is "
        "counted again; check before anything is confirmed.",
    ),
    "speaks_again": Both(
        "PULIH{about}: {party} berkabar lagi. Laporan yang tertahan di sana masih dihitung menurut waktu diterimanya.",
        "RESTORED{about}: {party} speaks again. Reports that were held up there still count by the time at which they were received.",
    ),
    "proven": Both(
        "SUDAH TERBUKTI{about}: penanda {party} sudah melewati batas waktunya. Peringatan yang menunggu kini dapat keluar.",
        "PROVEN{about}: the watermark of {party} has passed the deadline. Warnings that waited for it can leave now.",
    ),
    "do_silent": Both(
        "Yang perlu dilakukan: pemilik sistem ini memeriksa apakah pengirimannya berjalan, mengirim yang tertinggal, lalu penandanya "
        "(complete_through). Bila sistem memang tidak mengirim lagi, minta agar itu dicatat di registri.",
        "What to do: the owner of this system checks that it publishes, sends what has been held up, and then its watermark "
        "(complete_through). If the system is to publish no longer, have that entered in the registry.",
    ),
    "do_unproven": Both(
        "Yang perlu dilakukan: pemilik sistem ini mengirim semua yang diterimanya sampai batas itu, lalu penandanya (complete_through) di "
        "setiap partisi. Sesudahnya semua berjalan sendiri; tidak perlu melepas apa pun.",
        "What to do: the owner of this system sends everything that it received by the deadline, and then its watermark "
        "(complete_through) in every partition. The rest follows by itself; nothing need be released.",
    ),
    "do_braked": Both(
        "Yang perlu dilakukan: pemilik sistem ini memastikan bahwa semua yang diterimanya sudah dikirim. Sesudah itu pejabat yang "
        "berwenang melepas periode ini (peringatan keluar) atau memaafkannya (tidak ada yang dihitung), dengan alasan: `siaga act release` "
        "atau `siaga act excuse`.",
        "What to do: the owner of this system makes sure that everything received has been sent. Then an official entitled to releases the "
        "period (warnings leave) or excuses it (nothing is counted), with a reason: `siaga act release` or `siaga act excuse`.",
    ),
    "about_period": Both(" ({report} {period})", " ({report} {period})"),
    "about_last": Both(" ({last})", " ({last})"),
    "counts": Both("Angka", "Counts"),
    "so_many": Both("{count} x", "{count} x"),
    "sent_back_row": Both(
        "{kind}: {reason}; yang pertama di {topic}, partisi {partition}, offset {offset}",
        "{kind}: {reason}; the first is in {topic}, partition {partition}, offset {offset}",
    ),
    "more_sent_back": Both("dengan sebab lain", "for other reasons"),
    "some_source": Both("sumber yang tidak disebut", "an unnamed source"),
    "subject_rejected": Both("kabar kejadian DITOLAK di pintu masuk: {party}", "incident bulletin REFUSED at intake: {party}"),
    "subject_sent_back": Both("data Anda DITOLAK di pintu masuk: {party}", "your data REFUSED at intake: {party}"),
    "subject_nothing_sent_back": Both("tidak ada lagi yang ditolak: {party}", "nothing more refused: {party}"),
    "subject_silent": Both("sumber DIAM: {party}", "source SILENT: {party}"),
    "subject_unproven": Both("batas waktu BELUM TERBUKTI: {party}", "deadline NOT PROVEN: {party}"),
    "subject_braked": Both("peringatan massal DITAHAN: {party}", "mass warnings HELD: {party}"),
    "subject_fewer_absent": Both("peringatan MASIH DITAHAN: {party}", "warnings STILL HELD: {party}"),
    "subject_nobody_absent": Both("TIDAK ADA LAGI yang ditahan: {party}", "NOTHING held any more: {party}"),
    "subject_vouched_too_early": Both("dinyatakan lengkap TERLALU DINI: {party}", "vouched for TOO EARLY: {party}"),
    "subject_speaks_again": Both("sumber PULIH: {party}", "source RESTORED: {party}"),
    "subject_proven": Both("batas waktu SUDAH TERBUKTI: {party}", "deadline PROVEN: {party}"),
}
"""One sentence and one subject for each trouble a source can be in, and for its end; and what is to be done."""


def unresolved(code: str, lang: Lang) -> str:
    """Why a person must look: a code, or for a refused bulletin its kind, the reason and the field, as `kind: reason (field)`."""
    refused = _REFUSED.fullmatch(code)
    if refused is None:
        return word({**ODD, **UNRESOLVED}, code, lang)
    kind, reason, field = refused.groups()
    where = f" (`{tidy(field, 40)}`)" if field else ""
    return f"{tidy(kind, 40)}: {word({**UNRESOLVED, **REFUSING}, reason, lang)}{where}"
