"""The words of clusters of cases: one sentence and one subject for each level, what was done, and why the cases belong together."""

from collections.abc import Mapping

from handlers.language import Both
from schemas.word import UtcMs, parse_time

SATGAS_SINCE: UtcMs = parse_time("2020-09-17T00:00:00+07:00")
"""SE Mendagri 440/5184/SJ: what was a Gugus Tugas is a Satgas from this day on (domain §4.4)."""

LEVELS: Mapping[str, Both] = {
    "suspected": Both("klaster DIDUGA", "SUSPECTED cluster"),
    "confirmed": Both("klaster TERKONFIRMASI", "CONFIRMED cluster"),
    "large": Both("klaster BESAR", "LARGE cluster"),
    "estate": Both("WABAH KAWASAN", "ESTATE OUTBREAK"),
    "none": Both("bukan klaster", "no cluster"),
}

COUNTED: Mapping[str, Both] = {
    "confirmed": Both("terkonfirmasi", "confirmed"),
    "probable": Both("probable", "probable"),
    "firms": Both("perusahaan", "firms"),
}

LINKED: Mapping[str, Both] = {
    "area": Both("bagian atau gilir kerja yang sama", "the same hall or shift"),
    "contact": Both("kontak erat di antara mereka", "contact among them"),
    "attack_rate": Both("angka serangan jauh di atas wilayahnya", "an attack rate far above the regency's"),
}

DONE: Mapping[str, Both] = {
    "reported_to_dinkes": Both("dilaporkan ke Dinkes", "reported to the health office"),
    "coordinated": Both("koordinasi", "coordination"),
    "closure": Both("penutupan", "closure"),
    "isolation": Both("isolasi", "isolation"),
    "quarantine": Both("karantina", "quarantine"),
    "disinfection": Both("disinfeksi", "disinfection"),
    "reopened": Both("dibuka kembali", "reopened"),
    "visit": Both("kunjungan", "visit"),
}

BY: Mapping[str, Both] = {
    "firm": Both("perusahaan", "the firm"),
    "estate": Both("pengelola kawasan", "the estate"),
    "task_force": Both("satgas", "the task force"),
}

ASPECTS: Mapping[str, Both] = {
    "level": Both("tingkat klaster", "the level"),
    "linked": Both("hubungan antarkasus", "what links the cases"),
    "residences": Both("tempat tinggal kasus", "where the cases live"),
    "responses": Both("tindakan", "what was done"),
}

PHRASES: Mapping[str, Both] = {
    "cluster_lead": Both(
        "{level} COVID-19 di {where}: {counts}{span}; menurut layanan kesehatan.",
        "{level} of COVID-19 at {where}: {counts}{span}; according to health services.",
    ),
    "cluster_window": Both(
        " dalam 14 hari sampai gejala terakhir, {last} (gejala pertama {first})",
        " in the 14 days up to the latest onset, {last} (first onset {first})",
    ),
    "few": Both("kurang dari 5 {name}", "fewer than 5 {name}"),
    "at_least": Both("sedikitnya {count} {name}", "at least {count} {name}"),
    "few_bare": Both("kurang dari 5", "fewer than 5"),
    "at_least_bare": Both("sedikitnya {count}", "at least {count}"),
    "exactly": Both("{count} {name}", "{count} {name}"),
    "cluster_same": Both(
        "SEJAK r{revision} angka yang boleh Anda terima tetap sama; angka pasti hanya pada satgas dan Dinkes setempat.",
        "SINCE r{revision} the figures that you may be told are the same; exact ones are with the local task force and health office.",
    ),
    "cluster_closed": Both(
        "SELESAI: tidak ada kasus bergejala baru selama 28 hari (2 x 14). Klaster ditutup.",
        "OVER: no new onset for 28 days (2 x 14). The cluster is closed.",
    ),
    "cluster_found_none": Both("setelah kasusnya diperbaiki, ini bukan klaster", "with its cases corrected this is no cluster"),
    "response_missing": Both(
        "BELUM DITANGGAPI: {what}. Karena itu peringatan ini naik satu tingkat.",
        "NOT ANSWERED YET: {what}. Therefore this alert rises by one level.",
    ),
    "response_done": Both(
        "SUDAH DITANGGAPI: yang tadi belum dilakukan kini sudah. Klasternya sendiri masih berjalan.",
        "ANSWERED: what had been missing has been done. The cluster itself goes on.",
    ),
    "is_normative": Both(
        "Baru menurut perusahaan atau kawasan sendiri; satgas belum membenarkannya.",
        "So far by the firm's or the estate's own account alone; the task force has not confirmed it.",
    ),
    "row_cases": Both("Kasus", "Cases"),
    "row_links": Both("Kaitan", "Links"),
    "row_areas": Both("Bagian", "Areas"),
    "row_rate": Both("Angka", "Rates"),
    "row_homes": Both("Tinggal", "Homes"),
    "row_done": Both("Langkah", "Done"),
    "of_workers": Both("{count} pekerja terdaftar", "{count} registered workers"),
    "discarded": Both("{count} dinyatakan bukan kasus", "{count} found to be no case"),
    "too_late": Both("{count} pemberitahuan terlambat tidak dihitung", "{count} notices came too late to count"),
    "rate_words": Both(
        "{rate} per sejuta pekerja; kabupaten/kota {regency} per sejuta penduduk (14 hari)",
        "{rate} in a million workers; the regency {regency} in a million inhabitants (14 days)",
    ),
    "homes": Both("juga di wilayah {codes}; satgas di sana ikut diberi tahu", "also in regencies {codes}; the task forces there are told"),
    "done_one": Both("{action} {span} (menurut {by})", "{action} {span} (according to {by})"),
    "done_from": Both("sejak {start}", "from {start}"),
    "done_span": Both("{start} s.d. {end}", "{start} to {end}"),
    "closures_differ": Both(
        "Lama penutupan berbeda menurut sumbernya; keduanya ditulis, tidak ada yang kami pilih.",
        "Lengths of the closure differ by source; both are given, and we choose neither.",
    ),
    "close_recommended": Both(
        "Dianjurkan: tutup {days} hari (preseden: pabrik di MM2100, 2020). Terpisah dari itu, minimum wilayah: henti kegiatan 3x24 jam "
        "(misalnya Perda Maluku 6/2022 pasal 17); ketentuan daerah Anda dapat berbeda.",
        "Recommended: close for {days} days (precedent: a plant in MM2100, 2020). A different thing is the regional minimum: 3x24 hours "
        "without activity (example: Perda Maluku 6/2022 art. 17); your own region may have another.",
    ),
    "keep_identity": Both(
        "Identitas kasus tidak ada dalam pesan ini dan tidak boleh diminta lewat balasan; jangan beri stigma pada pekerja.",
        "No case is identified in this message, nor may be asked for in reply; do not stigmatise workers.",
    ),
    "exact_elsewhere": Both(
        "Jumlah kecil disamarkan bagi Anda; angka pasti ada pada satgas dan Dinkes setempat.",
        "Small numbers are withheld from you; exact ones are with the local task force and health office.",
    ),
    "subject_over": Both("SELESAI/OVER", "OVER"),
    "no_more_cluster": Both("TIDAK ADA LAGI YANG DIMINTA DARI ANDA.", "NOTHING MORE IS ASKED OF YOU."),
}


def of_its_day(words: str, at: UtcMs) -> str:
    """The name that a COVID-19 task force had on a day."""
    return words.replace("Satgas COVID-19", "Gugus Tugas COVID-19") if at < SATGAS_SINCE else words
