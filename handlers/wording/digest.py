"""The words of digests: what each is called and how it begins, and what its columns count."""

from collections.abc import Mapping
from typing import NamedTuple

from handlers.language import Both
from handlers.wording.codes import unknown
from handlers.wording.incident import FIGURES


class Kind(NamedTuple):
    """A digest's name, as it stands in a subject, and its first sentence. `{totals}`: the columns with their sums."""

    title: Both
    lead: Both


KINDS: Mapping[str, Kind] = {}
"""By the digest's series; a series that is not here goes by its own name."""

COLUMNS: Mapping[str, Both] = {
    **FIGURES,
    "alerts": Both("hal", "matters"),
    "S5": Both("S5", "S5"),
    "S4": Both("S4", "S4"),
    "S3": Both("S3", "S3"),
    "S2": Both("S2", "S2"),
    "S1": Both("S1", "S1"),
}

PHRASES: Mapping[str, Both] = {
    "digest_since": Both("BERUBAH sejak {period}: {changes}.", "SINCE {period}: {changes}."),
    "where": Both("Wilayah", "Where"),
    "outside": Both("di luar kawasan", "outside estates"),
    "others": Both("lainnya", "others"),
    "sum": Both("Jumlah", "Total"),
    "among": Both("Di antaranya: {subjects}.", "Among them: {subjects}."),
    "listed": Both("Daftar, halaman {page}: {count}.", "List, page {page}: {count}."),
    "proof": Both(
        "Bukti lengkap: semua yang diterima {source} s.d. {through} terbaca {read} (penanda sumber, {partitions}/{of} partisi).",
        "Proof: everything that {source} had received by {through} was read at {read} (source watermark, {partitions}/{of} partitions).",
    ),
    "closing_digest": Both(
        "TERBATAS, bukan untuk publikasi. Satu ringkasan per batas waktu; tidak perlu konfirmasi. Diterima sebagai: {title}.",
        "RESTRICTED, not for publication. One digest per deadline; no acknowledgement needed. Received as: {title}.",
    ),
}


def kind(series: str) -> Kind:
    """The words of a series of digests."""
    name = unknown(series) or "?"
    return KINDS.get(series) or Kind(Both(f"ringkasan {name}", f"digest {name}"), Both("{totals}.", "{totals}."))
