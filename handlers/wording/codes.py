"""Codes that any message may contain, in words. Total: a code that no table knows is printed as itself, with blanks for underscores."""

from collections.abc import Mapping

from handlers.language import Both, Lang, tidy

GRADES: Mapping[str, Both] = {
    "S5": Both("BENCANA", "DISASTER"),
    "S4": Both("KRITIS", "CRITICAL"),
    "S3": Both("BERAT", "SERIOUS"),
    "S2": Both("RINGAN", "MINOR"),
    "S1": Both("NYARIS CELAKA", "NEAR MISS"),
    "C4": Both("WABAH KAWASAN", "ESTATE OUTBREAK"),
    "C3": Both("KLASTER BESAR", "LARGE CLUSTER"),
    "C2": Both("KLASTER", "CLUSTER"),
    "C1": Both("DUGAAN KLASTER", "SUSPECTED CLUSTER"),
    "C0": Both("KASUS TANPA KAITAN", "CASES WITHOUT A LINK"),
}

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
    "sent_back": Both("data dari sistem ini ditolak di pintu masuk", "data from this system was refused at intake"),
    "nothing_sent_back": Both("tidak ada lagi yang ditolak", "nothing more is refused"),
    "unresolved": Both("ada yang tidak cocok dan perlu dilihat petugas", "something does not fit and a person must look"),
    "counted": Both("laporan yang ditunggu sudah dihitung", "the reports that were due have been counted"),
    "report_refused": Both("belum pasti: kirimannya ditolak atau tidak terbaca", "undecided: something it sent was refused or unreadable"),
    "another_name": Both(
        "belum pasti: mungkin dilaporkan atas nama pemegang izin atau hari batas yang lama",
        "undecided: perhaps reported under the former holder or due day",
    ),
    "not_reported": Both("laporan belum diterima sampai batasnya", "no report had been received by its deadline"),
    "not_yet_reported": Both("laporan belum tercatat diterima", "no report is on record yet"),
    "in_a_row": Both("periode berturut-turut tanpa laporan", "periods in a row without a report"),
    "within_a_month": Both("peringatan dalam satu bulan kalender", "warnings within one calendar month"),
    "after_confirmed": Both(
        "tidak lapor lagi sesudah langkah sebelumnya ditetapkan pejabat", "missed again after officials had confirmed the step before"
    ),
    "repeated": Both("syaratnya terpenuhi lagi sesudah pernah ditetapkan pejabat", "met again after officials had confirmed it once"),
    "mismatch": Both(
        "temuan lapangan tidak cocok dengan pernyataan perusahaan", "a field finding does not agree with the firm's statement"
    ),
    "disputed": Both("perusahaan menyatakan keberatan", "the firm objects"),
    "answered": Both("laporan diterima sesudah batasnya", "the report was received after its deadline"),
    "not_accused": Both("tidak ada yang dipersoalkan untuk periode ini", "nothing is held against anybody for this period"),
    "confirmed": Both("pejabat sudah menetapkan yang diusulkan", "officials have confirmed what was proposed"),
    "source_silent": Both("sumber diam melewati batasnya sendiri,", "the source is silent past its own limit of"),
    "speaks_again": Both("sumber sudah berkabar lagi", "the source speaks again"),
    "not_proven": Both("belum terbukti lengkap", "not proven complete"),
    "fewer_absent": Both("yang tampak belum lapor tidak lagi di atas batas:", "no more seem not to have reported than may be:"),
    "nobody_absent": Both("tidak ada lagi yang belum lapor", "nobody is left who has not reported"),
    "proven": Both("sudah terbukti lengkap", "proven complete"),
    "too_many_absent": Both("yang tampak belum lapor", "seem not to have reported"),
    "overdue_report": Both("laporan wajib yang belum masuk", "reports that were due and have not come"),
    "silent_after_positives": Both("tidak melapor sesudah melaporkan kasus positif", "no report after one that stated positive cases"),
    "fewer_than_known": Both(
        "laporan menyebut lebih sedikit kasus positif daripada yang sudah diberitahukan kepada perusahaan",
        "the report states fewer positive cases than the firm had been told of",
    ),
    "as_known": Both("laporan cocok dengan kasus yang diberitahukan", "the report agrees with the cases made known"),
    "heard_again": Both("laporannya sudah datang", "its report has come"),
    "vouched_too_early": Both("sumber menyatakan lengkap terlalu dini", "the source vouched too early"),
    "cluster_suspected": Both("kasus probable atau terkonfirmasi di satu pabrik", "probable or confirmed cases at one plant"),
    "cluster_confirmed": Both("kasus terkonfirmasi di satu pabrik", "confirmed cases at one plant"),
    "cluster_large": Both("kasus terkonfirmasi, atau persen dari pekerja", "confirmed cases, or percent of the workers"),
    "attack_rate": Both("angka serangan per sejuta pekerja", "attack rate in a million workers"),
    "cluster_closed": Both("tidak ada kasus bergejala baru selama 28 hari", "no new onset for 28 days"),
    "no_cluster": Both("kasus yang tersisa bukan klaster", "the cases that remain are no cluster"),
    "firms_with_clusters": Both("perusahaan berklaster di satu kawasan", "firms with clusters in one estate"),
    "cases_in_estate": Both("kasus terkonfirmasi di satu kawasan", "confirmed cases in one estate"),
    "not_coordinated": Both(
        "satgas belum menyatakan koordinasi dalam 24 jam", "the task force has not confirmed coordination within 24 hours"
    ),
    "no_action": Both(
        "belum ada penutupan, isolasi, karantina, atau disinfeksi dalam 48 jam",
        "no closure, isolation, quarantine or disinfection within 48 hours",
    ),
    "responded": Both("yang harus dilakukan sudah dilakukan", "what was owed has been done"),
}

UNMEASURED: Mapping[str, Both] = {
    "community": Both("warga sekitar dinyatakan harus mengungsi atau berlindung", "an evacuation or shelter of neighbours was declared"),
    "long_fire": Both("kebakaran yang lamanya belum diketahui", "a fire of unknown length"),
    "cluster_large": Both("ambang klaster besar tercapai", "the threshold of a large cluster was met"),
    "cluster_confirmed": Both("ambang klaster terkonfirmasi tercapai", "the threshold of a confirmed cluster was met"),
    "cluster_suspected": Both("ambang dugaan klaster tercapai", "the threshold of a suspected cluster was met"),
    "attack_rate": Both("angka serangan di atas ambang", "the attack rate is above its threshold"),
    "firms_with_clusters": Both("ambang perusahaan berklaster tercapai", "the threshold of firms with clusters was met"),
    "cases_in_estate": Both("ambang kasus sekawasan tercapai", "the threshold of cases in an estate was met"),
}

UNITS: Mapping[str, Both] = {
    "source_silent": Both("menit", "minutes"),
    "not_proven": Both("jam", "hours"),
}
"""Of figures that are no counts, and that need no threshold beside them."""

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
    "matter": Both("menyangkut hal lain dari kejadian ini", "it concerns another matter of this"),
    "rearmed": Both(
        "sudah diambil alih, tetapi sejak itu tidak ada tindakan atau kabar baru", "it was taken, but no act or news has followed"
    ),
    "unreached": Both(
        "alamat pihak yang harus menjawab tidak dapat dihubungi, jadi tingkat ini tidak menunggu",
        "whoever should answer cannot be reached, so this level does not wait",
    ),
    "raised": Both(
        "ada hal lain yang memberatkan, jadi tingkat ini tidak menunggu", "something else makes it graver, so this level does not wait"
    ),
    "handed_over": Both("diserahkan kepada Anda oleh jabatan lain", "handed over to you by another position"),
    "fallback": Both(
        "alamat utama jabatan ini tidak dapat dihubungi; ini alamat cadangan", "the usual address failed; this is the fallback"
    ),
    "undelivered": Both(
        "pesan ini kepada jabatan lain tidak dapat kami kirim; pastikan mereka tahu, dan beri tahu pengelola sistem",
        "we could not send this to another position; see that they know, and tell the operator of the system",
    ),
    "digest": Both("ringkasan untuk wilayah Anda", "the digest of your area"),
    "cancelled": Both("Anda pernah diberi tahu tentang hal ini", "you had been told of this"),
    "stood_down": Both("Anda pernah diberi tahu tentang hal ini", "you had been told of this"),
}

MATTERS: Mapping[str, Both] = {
    "filing": Both("menyangkut batas 2x24 jam laporan tertulis kecelakaan", "it concerns the 48 hours for the written accident report"),
}
"""Why a matter beside the facts is told."""

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
    "restore_source": Both(
        "Pulihkan pengiriman data dari sumber ini, lalu nyatakan sampai kapan semuanya sudah terkirim",
        "Have this source publish again, and state up to when everything has been sent",
    ),
    "release_or_excuse": Both(
        "Periksa angkanya dengan pemilik sumber, lalu lepaskan atau kecualikan periode ini, dengan alasan",
        "Check the figures with the owner of the source, then release or excuse the period, with a reason",
    ),
    "correct_and_republish": Both(
        "Minta sumbernya memperbaiki kabar itu dan menerbitkannya lagi; sementara itu tanyakan lewat telepon apa yang terjadi",
        "Have the source correct the bulletin and publish it again; meanwhile ask by telephone what happened",
    ),
    "correct_records": Both("Perbaiki yang ditolak dan terbitkan lagi", "Correct what was refused, and publish it again"),
    "report": Both("Kirim laporannya", "Send the report"),
    "check_proposals": Both(
        "Periksa yang diusulkan satu per satu; yang disertai keberatan ditahan sampai keberatannya diperiksa",
        "Check each proposal; one that is objected to is held until the objection has been checked",
    ),
    "confirm_cluster": Both(
        "Pastikan apakah kasus-kasus ini berhubungan, dan percepat hasil tes yang ditunggu",
        "Find out whether these cases are linked, and press for the test results awaited",
    ),
    "coordinate": Both(
        "Nyatakan bahwa satgas sudah berkoordinasi dengan perusahaan dan kawasan (24 jam)",
        "Confirm that the task force is coordinating with firm and estate (24 hours)",
    ),
    "trace_contacts": Both(
        "Lacak kontak erat 14 hari terakhir: dalam jarak 1 m, dan seruangan (KMK 328/2020)",
        "Trace contacts of the last 14 days: within 1 m, and in the same room (KMK 328/2020)",
    ),
    "act_on_cluster": Both(
        "Tetapkan tindakan: penutupan, isolasi, karantina, atau disinfeksi (48 jam)",
        "Decide on closure, isolation, quarantine or disinfection (48 hours)",
    ),
    "close_plant": Both(
        "Putuskan penutupan pabrik; dianjurkan 14 hari (preseden: pabrik di MM2100, Agustus 2020)",
        "Decide on closing the plant; 14 days are recommended (precedent: a plant in MM2100, August 2020)",
    ),
    "close_minimum": Both(
        "Terlepas dari itu, periksa minimum wilayah Anda: henti kegiatan 3x24 jam (misalnya Perda Maluku 6/2022 pasal 17)",
        "Apart from that, check your region's minimum: 3x24 hours without activity (example: Perda Maluku 6/2022 art. 17)",
    ),
    "coordinate_estate": Both(
        "Koordinasikan seluruh kawasan: perusahaan, pengelola, dan wilayah tempat tinggal pekerja",
        "Coordinate the whole estate: firms, manager, and the regencies where workers live",
    ),
    "help_tracing": Both(
        "Bantu pelacakan: siapkan data gilir kerja dan akses untuk satgas; tutup ruang 1x24 jam sebelum dan sesudah disinfeksi",
        "Help with tracing: have shift data and access ready for the task force; keep rooms closed 1x24 h before and after disinfection",
    ),
    "reach_task_force": Both(
        "Pastikan satgas kabupaten/kota menangani klaster ini", "See that the task force of the regency deals with this cluster"
    ),
    "verify_count": Both(
        "Cocokkan jumlah di laporan dengan pemberitahuan kasus; ini permintaan periksa, bukan sanksi",
        "Compare the count in the report with the notices of cases; a request to verify, and no sanction",
    ),
    "call_the_firm": Both(
        "Hubungi perusahaan: apakah ada kasus baru, dan apakah yang sakit sudah ditangani",
        "Call the firm: whether there are new cases, and whether the sick are cared for",
    ),
    "mark_excused": Both("Tandai yang harus dikecualikan, dengan alasan", "Mark with a reason any to be excused"),
}
STATUTORY = ("state_filed", "say_received", "file_report")
BEFORE_MIDNIGHT = ("report",)
"""What must be done before the instant that is its deadline, which is said by its last second."""

UNRESOLVED: Mapping[str, Both] = {
    "unknown_firm": Both("perusahaan tidak ada di registri", "the firm is not in the registry"),
    "unknown_plant": Both("pabrik tidak ada di registri", "the plant is not in the registry"),
    "unknown_estate": Both("kawasan tidak ada di registri", "the estate is not in the registry"),
    "unknown_regency": Both("kabupaten atau kota tidak dikenal", "the regency is not known"),
    "unknown_source": Both("sumber tidak terdaftar", "the source is not registered"),
    "unknown_kind": Both("jenis kejadian yang disebut tidak dikenal", "the kind of incident stated is not known"),
    "plant_of_another_firm": Both("pabrik itu terdaftar milik perusahaan lain", "that plant is registered to another firm"),
    "contradictory_estate": Both("kawasan yang disebut tidak cocok dengan registri", "the estate stated does not match the registry"),
    "contradictory_split": Both(
        "rincian WNI dan WNA tidak cocok dengan jumlah meninggal", "the split by nationality does not add up to the dead"
    ),
    "contradictory_replacement": Both("kabar saling menggantikan berputar", "bulletins replace one another in a circle"),
    "no_bulletin": Both(
        "ada pernyataan resmi tentang korban, tetapi tidak ada kabar kejadiannya",
        "casualties were declared, but no bulletin tells of the incident",
    ),
    "retraction_of_nothing": Both("pencabutan tidak menyebut keterangan mana yang dicabut", "a retraction does not say what it takes back"),
    "contradictory_time": Both("waktu yang disebut saling bertentangan", "the times stated contradict each other"),
    "time_in_the_future": Both("waktu yang disebut ada di masa depan", "a time stated lies in the future"),
    "unknown_status": Both("status kasus yang disebut tidak dikenal", "the status stated of the case is not known"),
    "status_of_another_time": Both(
        "status kasus memakai istilah yang tidak berlaku pada harinya", "the status is a word not used on its day"
    ),
    "undated_case": Both("tanggal gejala dan tanggal spesimen kasus tidak disebut", "neither onset nor specimen of the case has a day"),
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
    "siinas": Both("SIINas (untuk diteruskan)", "SIINas (to pass on)"),
    "source": Both("pemilik sistem", "owner of the system"),
    "satgas-iomki": Both("Satgas IOMKI", "IOMKI task force"),
    "menko": Both("Kemenko", "Coordinating Ministry"),
    "satgas": Both("Satgas COVID-19 kab/kota", "COVID-19 task force of the regency"),
    "dinkes": Both("Dinas Kesehatan", "health office"),
    "satgas-provinsi": Both("Satgas COVID-19 provinsi", "COVID-19 task force of the province"),
    "satgas-nasional": Both("Satgas COVID-19 nasional", "national COVID-19 task force"),
}

_OF_CLUSTERS = {"C4": "Extreme", "C3": "Severe", "C2": "Moderate", "C1": "Minor", "C0": "Minor"}
CAP_SEVERITY: Mapping[str, str] = {"S5": "Extreme", "S4": "Severe", "S3": "Moderate", "S2": "Minor", "S1": "Minor", **_OF_CLUSTERS}
CAP_CERTAINTY: Mapping[str, str] = {"signal": "Possible", "reported": "Likely", "verified": "Observed"}


def word(table: Mapping[str, Both], code: str, lang: Lang) -> str:
    """The code in words, or the code itself."""
    return table[code].of(lang) if code in table else unknown(code)


def unknown(code: str) -> str:
    """A code that no table knows, legible and harmless."""
    return tidy(code.translate({ord("_"): " ", ord("{"): "(", ord("}"): ")"}), 40)
