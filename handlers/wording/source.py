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

_REFUSED = re.compile(r"([^:]*): (\w+) \((.*)\)", re.DOTALL)


PHRASES: Mapping[str, Both] = {
    "rejected": Both(
        "Kabar kejadian dari {party} DITOLAK di pintu masuk dan belum dinilai siapa pun: {reasons}. Mungkin ada kejadian nyata di "
        "baliknya. Ditolak dari sumber ini sejauh ini: {count}.",
        "An incident bulletin from {party} was REFUSED at intake and nobody has assessed it: {reasons}. There may be a real incident "
        "behind it. Refused from this source so far: {count}.",
    ),
    "silent": Both(
        "{party} DIAM melewati batas yang dinyatakannya sendiri ({reasons}). Yang tidak dikirimnya tidak kami anggap tidak ada.",
        "{party} is SILENT past the limit that it declared itself ({reasons}). What it does not send we do not take to be absent.",
    ),
    "unproven": Both(
        "BELUM TERBUKTI: penanda {party} belum melewati batas waktunya ({reasons}). Tidak ada peringatan yang keluar sebelum itu.",
        "NOT PROVEN: the watermark of {party} has not passed the deadline ({reasons}). No warning leaves before it does.",
    ),
    "braked": Both(
        "DITAHAN: terlalu banyak yang tampak belum lapor melalui {party} ({reasons}). Tidak ada peringatan yang keluar sampai seorang "
        "pejabat melepas atau memaafkan masa ini.",
        "HELD: too many seem not to have reported through {party} ({reasons}). No warning leaves until an official releases or excuses the "
        "period.",
    ),
    "some_source": Both("sumber yang tidak disebut", "an unnamed source"),
    "subject_rejected": Both("kabar kejadian DITOLAK di pintu masuk: {party}", "incident bulletin REFUSED at intake: {party}"),
    "subject_silent": Both("sumber DIAM: {party}", "source SILENT: {party}"),
    "subject_unproven": Both("batas waktu BELUM TERBUKTI: {party}", "deadline NOT PROVEN: {party}"),
    "subject_braked": Both("peringatan massal DITAHAN: {party}", "mass warnings HELD: {party}"),
}
"""One sentence and one subject for each trouble a source can be in."""


def unresolved(code: str, lang: Lang) -> str:
    """Why a person must look: a code, or for a refused bulletin its kind, the reason and the field, as `kind: reason (field)`."""
    refused = _REFUSED.fullmatch(code)
    if refused is None:
        return word(UNRESOLVED, code, lang)
    kind, reason, field = refused.groups()
    where = f" (`{tidy(field, 40)}`)" if field else ""
    return f"{tidy(kind, 40)}: {word({**UNRESOLVED, **REFUSING}, reason, lang)}{where}"
