"""What people receive: the golden letters, the order of the contract, and names that try to break it."""

import dataclasses
import email
import json
import re
from email.policy import default
from html.parser import HTMLParser
from pathlib import Path
from typing import get_args

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from handlers import hook_body, letter, render
from handlers.language import columns
from handlers.letters import LETTERS as LETTER_OF
from schemas.delivery import Attempt, Seen
from schemas.escalation import Addressee, Asked, Delivery, MessageType, Role, Standing, Taken, Told, Why
from schemas.ledger import Place
from schemas.surveillance import (
    AnySituation,
    Because,
    CauseStated,
    Certainty,
    ClusterSituation,
    DigestRow,
    DigestSituation,
    DutySituation,
    Figure,
    FilingClock,
    IncidentSituation,
    Linked,
    Proven,
    Reason,
    Responded,
    SourceSituation,
    Stated,
    Subject,
    TimeStated,
    Trouble,
    Unlisted,
)
from tests.golden.mail import incidents, letters
from tests.golden.mail.incidents import R2, SECRETS, links_of, numbers_of, wita
from tests.golden.mail.letters import LETTERS, sent_at, written

GOLDEN = Path(letters.__file__).parent
HOOK = GOLDEN.parent / "webhook"
URL = re.compile(r"^   https://siaga\.example/a/[A-Za-z0-9_\-.]+$")


def text_of(name: str) -> str:
    return render.text(LETTERS[name], links_of(LETTERS[name]))


def halves(name: str) -> tuple[str, str]:
    indonesian, english = text_of(name).split("\n-- English --\n")
    return indonesian, english


def flat(text: str) -> str:
    return " ".join(text.split())


# Golden letters


@pytest.mark.parametrize("name", LETTERS)
def test_a_letter_is_the_golden_one_to_the_byte(name):
    """Run `python -m tests.golden.mail.letters` after a change of wording, and read the difference."""
    assert written(name) == (GOLDEN / f"{name}.eml").read_bytes()


def test_the_notice_for_programs_is_the_golden_one():
    told = LETTERS["itss-s5-r2"]
    assert hook_body.body(told, links_of(told)) == json.loads((HOOK / "itss-s5-r2.json").read_text())


@pytest.mark.parametrize("name", LETTERS)
def test_a_letter_is_legible_on_a_telephone(name):
    lines = text_of(name).split("\n")
    assert all(columns(line) <= 72 or URL.match(line) for line in lines)
    assert sum(bool(URL.match(line)) for line in lines) == 1
    assert not re.search(r"\n\n\n", text_of(name))


@pytest.mark.parametrize("name", LETTERS)
def test_no_name_of_a_person_no_account_of_a_cause_and_no_attachment_leaves(name):
    content = written(name).decode()
    assert "a name that is not printed" not in content
    assert "account that is not repeated" not in content
    assert "contoh" not in content
    message = email.message_from_string(content, policy=default)
    assert [part.get_content_type() for part in message.walk()] == ["multipart/alternative", "text/plain", "text/html"]


# The order of the contract


def test_the_second_revision_says_everything_in_the_order_of_the_contract():
    indonesian, english = map(flat, halves("itss-s5-r2"))
    expected = [
        "LATIHAN, bukan kejadian baru.",
        "Tungku 41 PT ITSS (IMIP, Kab. Morowali) meledak Minggu 24 Des 2023 pagi: 13 meninggal",
        "46 luka menurut IMIP, pengelola kawasan, pukul 15.00 WITA; belum dikonfirmasi Polres.",
        "BERUBAH SEJAK r1: meninggal 12 -> 13; dirawat 35 -> luka 46.",
        "DIMINTA DARI ANDA 1. Ambil alih sekarang.",
        "2. Nyatakan apakah laporan tertulis (Form 3 KK2 A) sudah diterima. Batas 2x24 jam: Selasa 26 Des 05.30 WITA (04.30 WIB).",
        "3. Kabarkan apakah pengawas ketenagakerjaan sudah berangkat.",
        "Bukan wilayah Anda, atau ada yang keliru?",
        "DIKETAHUI Waktu 05.30 WITA (kepolisian dan pekerja) atau 06.15 WITA (IMIP)",
        "Sebab belum ditetapkan; keterangan kepolisian dan IMIP tidak sama, jangan dikutip",
        "S5 karena meninggal 13 >= 5 dan luka 46 >= 30 (R12, `design`",
        "Sudah diberi tahu: tingkat 0 (11.10 WITA)",
        "Belum ada yang mengambil alih.",
        "TERBATAS, bukan untuk publikasi. Diterima sebagai: Kepala Disnakertrans Provinsi Sulawesi Tengah.",
    ]
    places = [indonesian.index(each) for each in expected]
    assert places == sorted(places)
    assert "SINCE r1: dead 12 -> 13; treated 35 -> injured 46." in english


def test_the_subject_is_the_one_of_the_contract():
    assert letter.subject(LETTERS["itss-s5-r2"]) == (
        "[LATIHAN/EXERCISE] S5 BENCANA r2: ledakan tungku, PT ITSS, IMIP Morowali, 13 meninggal"
    )


def test_the_real_thing_is_not_headed_exercise():
    real = replace(LETTERS["itss-s5-r1"], delivery=replace(LETTERS["itss-s5-r1"].delivery, exercise=False))
    assert "LATIHAN" not in letter.subject(real) + render.text(real, links_of(real))
    assert hook_body.body(real, links_of(real))["status"] == "Actual"


def said(name: str, *, subject: str, text: tuple[str, ...], absent: tuple[str, ...] = ()) -> object:
    return pytest.param(name, subject, text, absent, id=name)


@pytest.mark.parametrize(
    ("name", "subject", "text", "absent"),
    [
        said(
            "itss-s5-r2-informed",
            subject="S5 BENCANA r2:",
            text=(
                "TIDAK ADA YANG DIMINTA DARI ANDA.",
                "jawaban pihak yang diawasi tidak menghentikan eskalasi",
                "Diambil alih: Disnakertrans (11.31 WITA, r1), Dirjen KPAII (11.31 WITA, r1).",
            ),
            absent=("DIMINTA DARI ANDA 1.", "Belum ada yang mengambil alih"),
        ),
        said("signal", subject="SINYAL (belum diverifikasi)", text=("SINYAL, belum diverifikasi", "1. Periksa apakah kejadian ini benar")),
        said("signal-unverified", subject="BELUM DIVERIFIKASI:", text=("dikirim karena yang diminta memeriksa belum menjawab",)),
        said(
            "cancelled",
            subject="S5 BENCANA DIBATALKAN/CANCELLED r3:",
            text=("DIBATALKAN: yang Anda terima sebagai S5 r2 tidak berlaku lagi", "TIDAK ADA LAGI YANG DIMINTA"),
            absent=("meledak", "Belum ada yang mengambil alih"),
        ),
        said(
            "held",
            subject="S5 BENCANA DITAHAN (fakta kini S3) r4:",
            text=("S5 DITAHAN sampai Rabu 27 Des 15.00 WITA (14.00 WIB)", "fakta kini S3", "S3 karena luka berat 2 >= 1"),
        ),
        said(
            "filing-question",
            subject="laporan 2x24 jam sudah diterima?",
            text=("PERTANYAAN, bukan teguran", "Mungkin sudah Anda terima", "PT Multi Prima Usahatama, bukan pemilik lokasi"),
            absent=("LEWAT BATAS",),
        ),
        said(
            "filing-breach",
            subject="LEWAT BATAS",
            text=("LEWAT BATAS: sampai Minggu 13 Jul 09.00 WITA (08.00 WIB)",),
            absent=("PERTANYAAN",),
        ),
        said("filing-received", subject="laporan 2x24 jam sudah diterima:", text=("SUDAH DITERIMA",), absent=("DIBATALKAN", "`design`")),
        said("stood-down", subject="SELESAI/STOOD DOWN", text=("SELESAI:", "13 meninggal"), absent=("DIBATALKAN",)),
        said(
            "desk-refused",
            subject="PIKET r1: kabar kejadian DITOLAK",
            text=("nilai salah (`dead`)", "Minta sumbernya memperbaiki"),
            absent=("meledak", "DIKETAHUI", "S3"),
        ),
        said(
            "digest",
            subject="[LATIHAN/EXERCISE] Laporan IOMKI Selasa 3 Agu 2021, Bekasi: 322 dari 1.611 belum lapor, 18 perlu diperiksa",
            text=(
                "Batas laporan IOMKI, Kabupaten Bekasi, Selasa 3 Agu 23.59.59 WIB (SE Menperin 3/2021): 1.280 lapor, 322 belum.",
                "18 di antaranya mencapai peringatan ke-3 berturut-turut atau lebih.",
                "2 menyatakan keberatan; usulannya ditahan. Belum ada izin yang berubah: ini USULAN.",
                "BERUBAH sejak Jumat 30 Jul: belum lapor 351 -> 322. DIMINTA",
                "1. Periksa yang diusulkan satu per satu",
                "2. Tandai yang harus dikecualikan, dengan alasan. Batas: Kamis 5 Agu 16.00 WIB.",
                "Wilayah wajib belum ke-1 ke-2 ke-3+ Jababeka 610 120 88 24 8",
                "Jumlah 1.611 322 240 64 18",
                "di luar kawasan 696 150",
                "Selain itu: 4 lapor terlambat dalam tenggang dan 2 dikecualikan.",
                "3 belum dapat dipastikan: ada kiriman yang tidak terbaca atau atas nama lain; tidak ada yang dituduh.",
                "Yang disebut (18): - PT Satu Contoh Logam (izin 812/IOMKI/2021): diusulkan penonaktifan,",
                "perusahaan menyatakan keberatan - dan 16 lainnya.",
                "s.d. Selasa 3 Agu 23.59.59 WIB terbaca Rabu 4 Agu 00.00.41 WIB",
                "baru kemudian sampai ke kami membatalkan peringatan",
                "Satu ringkasan per batas waktu",
            ),
            absent=("Sudah diberi tahu:", "mengambil alih", "DIKETAHUI", "tingkat 0", "objections", "undecided"),
        ),
        said(
            "digest-quiet",
            subject="Bekasi r2: 0 dari 1.611 belum lapor",
            text=(
                "1.597 lapor, 0 belum. BERUBAH SEJAK r1:",
                "belum lapor 322 -> 0; belum dapat dipastikan 3 -> 0",
                "Wilayah wajib belum di luar",
            ),
            absent=("USULAN", "ke-3+", "dituduh", "perlu diperiksa pejabat"),
        ),
        said(
            "digest-list",
            subject="Laporan IOMKI Selasa 3 Agu 2021: daftar, halaman 2 (2)",
            text=("daftar izin yang berubah.", "- PT Tiga (izin 814/IOMKI/2021): DIBATALKAN, tidak ada yang dipersoalkan"),
            absent=("lapor, 0 belum", "Wilayah"),
        ),
        said(
            "digest-weekly",
            subject="Ringkasan mingguan s.d. Senin 18 Des 2023, Bekasi: 6 S1 (nyaris celaka), 2 S2 (ringan)",
            text=("s.d. Senin 18 Des 2023 08.00 WIB: 6 S1", "Tidak ada yang mendesak", "Wilayah S1 S2", "- dan 7 lainnya."),
            absent=("per batas waktu", "Batas"),
        ),
        said(
            "duty-reminder",
            subject="Pengingat: laporan IOMKI Selasa 3 Agu 2021, PT Satu Contoh Logam, izin 812/IOMKI/2021",
            text=(
                "belum tercatat diterima. Batasnya Selasa 3 Agu 23.59.59 WIB (Rabu 4 Agu 00.59.59 WITA).",
                "1. Kirim laporannya. Batas: Selasa 3 Agu 23.59.59 WIB (Rabu 4 Agu 00.59.59 WITA).",
                "Lewat akun SIINas perusahaan",
            ),
            absent=("PERINGATAN", "USULAN", "01.00 WITA"),
        ),
        said(
            "duty-warning",
            subject="Peringatan ke-2:",
            text=("PERINGATAN ke-2", "Belum ada yang berubah pada izin ini."),
            absent=("USULAN",),
        ),
        said(
            "duty-answered",
            subject="Sudah dijawab r2:",
            text=("diterima Rabu 4 Agu 15.10 WITA (14.10 WIB), sesudah batasnya", "Peringatan ke-2 tetap tercatat"),
            absent=("DIBATALKAN", "Karena"),
        ),
        said(
            "duty-silence",
            subject="Diam sesudah kabar buruk: laporan IOMKI Selasa 3 Agu 2021,",
            text=("Ini bukan tuduhan.", "1. Hubungi perusahaan: apakah ada kasus baru", "Positif 3, menurut laporan sebelumnya", "(R4, SE"),
            absent=("PERINGATAN", "USULAN"),
        ),
        said(
            "duty-silence-informed",
            subject="Diam sesudah kabar buruk:",
            text=("Ini bukan tuduhan.", "TIDAK ADA YANG DIMINTA DARI ANDA."),
            absent=("Positif", "Hubungi"),
        ),
        said(
            "duty-fewer",
            subject="Periksa jumlah kasus: laporan IOMKI",
            text=("Ini permintaan periksa, bukan sanksi.", "Positif 1 menurut laporan; diberitahukan 4", "1. Cocokkan jumlah", "(R5, SE"),
            absent=("PERINGATAN", "USULAN"),
        ),
        said("duty-as-known", subject="Jumlah sudah cocok r2:", text=("SUDAH COCOK",), absent=("Positif", "Karena")),
        said(
            "duty-heard",
            subject="Sudah ada kabar r2:",
            text=("diterima Rabu 4 Agu 15.10 WITA (14.10 WIB), sesudah batasnya", "TIDAK ADA LAGI YANG DIMINTA"),
            absent=("DIBATALKAN", "Peringatan", "Karena"),
        ),
        said(
            "duty-on-time",
            subject="DIBATALKAN/CANCELLED r2:",
            text=("23.40 WIB), tepat waktu. Tidak ada yang dipersoalkan terhadap perusahaan", "TIDAK ADA LAGI YANG DIMINTA"),
            absent=("PERINGATAN", "setelah diperiksa"),
        ),
        said(
            "duty-proposal",
            subject="USULAN penonaktifan, ada keberatan:",
            text=(
                "USULAN, belum keputusan",
                "KEBERATAN: perusahaan menyatakan ini tidak benar. Usulannya ditahan",
                "Belum ada yang berubah pada izin itu; pejabat yang memutuskan.",
                "1. Periksa yang diusulkan satu per satu",
                "Batas: Kamis 5 Agu 17.00 WITA (16.00 WIB).",
                "Absen Selasa 27 Jul, Jumat 30 Jul dan Selasa 3 Agu",
                "Yang perlu diperiksa:",
            ),
            absent=("Peringatan", "PERINGATAN"),
        ),
        said(
            "duty-confirmed", subject="DITETAPKAN: penonaktifan r2:", text=("hanya berubah di registri",), absent=("USULAN", "mengusulkan")
        ),
        said(
            "source-braked",
            subject="PIKET r1: peringatan massal DITAHAN: siinas.example (laporan IOMKI Selasa 3 Agu 2021)",
            text=(
                "DITAHAN (laporan IOMKI Selasa 3 Agu 2021): lebih banyak yang tampak belum lapor melalui siinas.example",
                "Angka 2.000 wajib lapor, 1.100 belum lapor, 800 batas yang dipercaya",
                "`siaga act release` atau `siaga act excuse`",
                "Karena yang tampak belum lapor 1.100 >= 800 (G2,",
            ),
            absent=("ditolak", "S3", "://siinas"),
        ),
        said(
            "source-silent",
            subject="sumber DIAM: siinas.example",
            text=("Yang tidak dikirimnya tidak kami anggap tidak ada", "mengirim yang tertinggal, lalu penandanya", "(R20, registry)"),
            absent=("ditolak", "()", "DIKETAHUI"),
        ),
        said(
            "source-unproven",
            subject="batas waktu BELUM TERBUKTI: siinas.example (laporan IOMKI Selasa 3 Agu 2021)",
            text=("Tidak ada peringatan yang keluar sebelum itu.", "tidak perlu melepas apa pun"),
            absent=("ditolak", "DITAHAN"),
        ),
        said(
            "source-restored",
            subject="PIKET r2: sumber PULIH: siinas.example",
            text=("PULIH: siinas.example berkabar lagi.", "TIDAK ADA LAGI YANG DIMINTA"),
            absent=("DIBATALKAN", "tidak benar", "Yang perlu dilakukan"),
        ),
        said("desk-unresolved", subject="PERLU DILIHAT", text=("perusahaan tidak ada di registri", "`pt-baru-sekali`")),
    ],
)
def test_each_sort_of_message_says_what_it_is(name, subject, text, absent):
    indonesian, _ = halves(name)
    assert subject in letter.subject(LETTERS[name])
    assert [each for each in text if each not in flat(indonesian)] == []
    assert [each for each in absent if each in flat(indonesian)] == []


@pytest.mark.parametrize("why", Why)
@pytest.mark.parametrize("msg_type", MessageType)
def test_every_reason_for_telling_can_be_told(why, msg_type):
    told = replace(LETTERS["itss-s5-r2"], delivery=replace(R2, why=why, msg_type=msg_type))
    assert render.text(told, links_of(told))


@pytest.mark.parametrize("because", Because)
@pytest.mark.parametrize("topic", ["facts", "filing"])
@pytest.mark.parametrize("msg_type", MessageType)
def test_every_reason_of_a_decision_can_be_told(because, topic, msg_type):
    told = replace(LETTERS["itss-s5-r2"], delivery=replace(R2, reasons=(Reason(because),), matter=topic, msg_type=msg_type))
    assert render.text(told, links_of(told))
    assert hook_body.body(told, links_of(told))["headline"]["id"]


def test_every_kind_of_situation_has_its_letter():
    """A kind that a delivery may bear and no letter knows could not be told."""
    assert set(LETTER_OF) == set(get_args(AnySituation))


def test_a_question_taken_back_takes_nothing_else_back():
    """What was asked about the written report no longer holds; the incident stands, and so do its figures."""
    question = LETTERS["filing-question"].delivery
    withdrawn = replace(question, msg_type=MessageType.CANCEL, reasons=(Reason(Because.ALL_RETRACTED),), asked=())
    told = replace(LETTERS["filing-question"], delivery=withdrawn)
    said = flat(render.text(told, links_of(told)))
    assert "GUGUR: yang kami tanyakan atau ingatkan tentang laporan tertulis" in said
    assert "DIBATALKAN" not in said + letter.subject(told)
    assert "1 luka berat menurut PT OSS" in said
    assert "TIDAK ADA LAGI YANG DIMINTA DARI ANDA tentang laporan tertulis ini." in said
    assert "pertanyaan GUGUR" in letter.subject(told)


@pytest.mark.parametrize(("number", "said"), [(0, "PERINGATAN:"), (1, "ke-1:"), (3, "ke-3 atau lebih:"), (17, "ke-3 atau lebih:")])
def test_a_warning_is_numbered_up_to_the_third(number, said):
    told = with_situation("duty-warning", number=number)
    assert said in flat(render.text(told, links_of(told)))
    assert hook_body.body(told, links_of(told))["facts"][0]["number"] == min(number, 3)


@pytest.mark.parametrize("received_at", [None, 2_000_000_000_000])
def test_a_warning_taken_back_for_another_reason_claims_no_report(received_at):
    """Excused, waived, or in doubt: nobody says that a report came in time which did not."""
    told = with_situation("duty-on-time", received_at=received_at)
    said = flat(render.text(told, links_of(told)))
    assert "tepat waktu" not in said
    assert "DIBATALKAN: yang kami kirim" in said
    assert "Tidak ada yang dipersoalkan terhadap perusahaan" in said


@pytest.mark.parametrize("name", ["duty-silence", "duty-fewer"])
@pytest.mark.parametrize("positives", [*range(1, 5), 4_711])
@pytest.mark.parametrize(
    "to",
    [
        {"position": "dinas-perindustrian:72.06"},
        {"position": "satgas:73.71"},
        {"position": "dinkes:32.16"},
        {"position": "duty-officer"},
        {"channel": "webhook"},
    ],
)
def test_only_who_treats_the_cases_reads_how_many_there_are(name, positives, to):
    """Law 12: whatever the number, others read the same letter; and programs read it nowhere."""
    told, other = (_told_to(to, name, number) for number in (positives, 9))
    assert render.text(told, links_of(told)) == render.text(other, links_of(other))
    assert hook_body.body(told, links_of(told)) == hook_body.body(other, links_of(other))


def _told_to(to, name, positives):
    told = with_situation(name, positives=positives, known=positives + 1)
    return replace(told, delivery=replace(told.delivery, to=replace(told.delivery.to, **to)))


def test_a_firm_in_jakartas_zone_reads_one_time():
    told = with_situation("duty-reminder", place=Place("", "", zone="Asia/Jakarta"), period="a week")
    said = flat(render.text(told, links_of(told)))
    assert "Batasnya Selasa 3 Agu 23.59.59 WIB." in said
    assert "untuk a week dari perusahaan yang belum dikenal" in said


def with_situation(name, **changes):
    told = LETTERS[name]
    return replace(told, delivery=replace(told.delivery, situation=replace(told.delivery.situation, **changes)))


def test_a_source_that_vouched_too_early_is_a_matter_of_its_own():
    told = LETTERS["source-unproven"]
    told = replace(told, delivery=replace(told.delivery, reasons=(Reason(Because.VOUCHED_TOO_EARLY),)))
    assert "TERLALU DINI (laporan IOMKI Selasa 3 Agu 2021)" in flat(render.text(told, links_of(told)))
    assert "dinyatakan lengkap TERLALU DINI" in letter.subject(told)


def test_a_refusal_taken_back_is_cancelled_and_an_end_is_not():
    told = LETTERS["desk-refused"]
    told = replace(told, delivery=replace(told.delivery, msg_type=MessageType.CANCEL, why=Why.CANCELLED))
    assert "DIBATALKAN/CANCELLED" in letter.subject(told)


@pytest.mark.parametrize("trouble", Trouble)
def test_every_trouble_of_a_source_can_be_told(trouble):
    told = LETTERS["desk-refused"]
    situation = replace(told.delivery.situation, what=trouble, last="2021-08-03")
    told = replace(told, delivery=replace(told.delivery, situation=situation))
    assert "urn:imip:bulletins" in render.text(told, links_of(told))
    assert letter.subject(told).startswith("[LATIHAN/EXERCISE] PIKET r1: ")


def test_a_fire_of_unknown_length_is_no_figure():
    """Its source said `unknown`: nobody reads of minus one minute."""
    burning = LETTERS["desk-unresolved"].delivery
    known = burning.situation.figures[0]
    unknown = replace(known, headline=replace(known.headline, value=-1))
    disputed = replace(known, others=(replace(known.headline, party="IMIP", value=-1),))
    for figure, said in (
        (unknown, "kebakaran yang lamanya belum diketahui menurut Polres"),
        (disputed, "75 menit kebakaran: belum diketahui menurut"),
    ):
        told = replace(
            LETTERS["desk-unresolved"],
            seen=Seen(1, "S3", 0, (("fire_minutes", -1),)),
            delivery=replace(burning, revision=2, situation=replace(burning.situation, figures=(figure,))),
        )
        text = flat(render.text(told, links_of(told)) + letter.subject(told))
        assert said in text
        assert "-1" not in text.replace("2023-12", "").replace("baru-1", "")
        assert all((fact["value"] or 0) >= 0 for fact in hook_body.body(told, links_of(told))["facts"])
    assert "menit kebakaran belum diketahui -> 75" in text
    assert hook_body.body(told, links_of(told))["changed"][0]["from"] is None


def test_many_letters_in_one_are_counted_whether_they_are_listed_or_not():
    told = replace(LETTERS["held"], coalesced=("D-1", "D-2"), more_coalesced=50)
    assert "belum sempat dikirim: 52." in flat(render.text(told, links_of(told)))


def test_what_is_not_listed_is_said():
    """And the range is that of all parties, listed or not."""
    figure = replace(R2.situation.figures[0], unlisted=Unlisted(7, 2, 90))
    situation = replace(R2.situation, figures=(figure,), more_times=3, more_causes=4, more_clocks=5)
    said = flat(render.text(replace(LETTERS["itss-s5-r2"], delivery=replace(R2, situation=situation)), links_of(LETTERS["itss-s5-r2"])))
    assert "13 meninggal (kisaran 2 s.d. 90)" in said
    for words in ("7 lainnya", "atau 3 lainnya", "dan 4 lainnya", "Laporan 5 lainnya"):
        assert words in said


def test_a_corrected_split_is_a_change_although_the_total_stays():
    """Awkward case 6: 7 + 6 becomes 9 + 4, thirteen all the time."""
    seen = Seen(revision=1, grade="S5", at=0, numbers=(*numbers_of(R2.situation.figures), ("wni", 7), ("wna", 6)))
    said = render.text(replace(LETTERS["itss-s5-r2"], seen=seen), links_of(LETTERS["itss-s5-r2"]))
    assert "BERUBAH SEJAK r1: WNI meninggal 7 -> 9; WNA meninggal 6 -> 4." in said


def test_a_reader_who_saw_the_same_figures_is_told_so():
    seen = Seen(revision=1, grade="S5", at=0, numbers=numbers_of(R2.situation.figures))
    assert "ANGKA TIDAK BERUBAH SEJAK r1" in render.text(replace(LETTERS["itss-s5-r2"], seen=seen), links_of(LETTERS["itss-s5-r2"]))
    again = replace(seen, revision=2)
    assert "TIDAK ADA YANG BERUBAH sejak r2" in flat(
        render.text(replace(LETTERS["itss-s5-r2"], seen=again), links_of(LETTERS["itss-s5-r2"]))
    )


def aspects_of(told):
    return told.delivery.situation.aspects()


def test_what_changed_beside_the_figures_is_named():
    """ANGKA TIDAK BERUBAH alone sends the reader searching."""
    seen = Seen(1, "S5", 0, R2.situation.numbers(), aspects_of(LETTERS["itss-s5-r2"]))
    later = replace(R2.situation, times=R2.situation.times[:1], causes=R2.situation.causes[:1])
    told = replace(LETTERS["itss-s5-r2"], seen=seen, delivery=replace(R2, situation=later))
    said = flat(render.text(told, links_of(told)))
    assert "ANGKA TIDAK BERUBAH SEJAK r1; yang berubah: waktu kejadian dan siapa yang memberi keterangan sebab." in said
    moved = replace(told, seen=replace(seen, numbers=(("dead", 12), *seen.numbers[1:])))
    assert "meninggal 12 -> 13; berubah juga waktu kejadian dan siapa" in flat(render.text(moved, links_of(moved)))
    same = replace(told, delivery=R2)
    assert "ANGKA TIDAK BERUBAH SEJAK r1; yang berubah ada di bawah ini." in flat(render.text(same, links_of(same)))


def test_a_repeat_says_for_how_long_nobody_has_taken_it():
    """And only to whoever had it before: to others it is news."""
    standing = replace(R2.standing, taken=())
    climbs = replace(LETTERS["itss-s5-r2"], delivery=replace(R2, why=Why.UNANSWERED, at=letters_at("11:25"), standing=standing))
    assert letter.subject(climbs).startswith("[LATIHAN/EXERCISE] S5 BENCANA r2: 15 menit belum diambil alih: ledakan tungku")
    assert render.text(climbs, links_of(climbs)).split("\n")[1].startswith("SUDAH 15 MENIT BELUM ADA YANG MENGAMBIL ALIH.")
    first = replace(climbs, seen=None)
    assert "MENIT BELUM" not in render.text(first, links_of(first))
    taken = replace(climbs, delivery=replace(climbs.delivery, standing=replace(standing, taken=incidents.TAKEN)))
    assert "MENIT BELUM" not in render.text(taken, links_of(taken))


def letters_at(time):
    return wita("2023-12-24", time)


def test_taking_over_has_the_next_levels_time_as_its_deadline():
    first = LETTERS["itss-s5-r1"]
    assert "1. Ambil alih sekarang. Sebelum 11.25 WITA. https" in flat(text_of("itss-s5-r1"))
    late = replace(first, delivery=replace(first.delivery, at=letters_at("11:25")))
    said = flat(render.text(late, links_of(late)))
    assert "Sebelum" not in said
    assert "tingkat berikutnya" not in said


def test_each_position_is_told_at_its_own_time():
    standing = replace(R2.standing, told=(Told("estate:imip", 0, letters_at("11:10")), Told("polres:72.06", 0, letters_at("11:40"))))
    told = replace(LETTERS["itss-s5-r2"], delivery=replace(R2, standing=standing))
    said = flat(render.text(told, links_of(told)))
    assert "tingkat 0 (11.10 WITA) pengelola kawasan; tingkat 0 (11.40 WITA) Polres." in said


def test_whoever_took_an_earlier_revision_is_told_so():
    told = replace(LETTERS["itss-s5-r2"], delivery=replace(R2, standing=replace(R2.standing, taken=incidents.TAKEN)))
    assert "Anda sudah mengambil alih r1 (11.31 WITA); yang masih diminta ada di atas." in flat(render.text(told, links_of(told)))


def test_a_letter_about_the_report_names_one_deadline():
    """The clock is counted on the latest time stated, in the headline and in what is asked."""
    question = LETTERS["filing-question"].delivery
    clock = replace(question.situation.clocks[0], due_last=question.situation.clocks[0].due_last + 3_600_000)
    asked = (Asked("say_received", clock.due_first),)
    told = replace(
        LETTERS["filing-question"], delivery=replace(question, situation=replace(question.situation, clocks=(clock,)), asked=asked)
    )
    said = flat(render.text(told, links_of(told)))
    assert said.count("2x24 jam: Minggu 13 Jul 10.00 WITA (09.00 WIB).") == 2


@pytest.mark.parametrize("name", ["itss-s5-r1", "itss-s5-r2-informed", "digest"])
def test_where_there_is_no_page_the_letter_says_how_to_answer(name):
    """No link that leads nowhere, no desk without a number."""
    told = LETTERS[name]
    links = replace_seal(page="", telephone="").links(told.delivery, 0)
    text = flat(render.text(told, links) + render.html(told, links))
    assert [each for each in ("http://", "https://", "telepon piket", "halaman itu", "Membuka halaman", "href") if each in text] == []
    how = f"siaga ack {told.delivery.thread} --revision 1." if name == "itss-s5-r1" else f"Untuk ditanyakan: {told.delivery.thread}."
    assert how in text
    assert hook_body.body(told, links)["ack_url"] is None


def test_the_code_stands_beside_what_it_is_for():
    assert f"telepon piket 021-5550-0110, sebutkan {R2.thread}, kode" in flat(text_of("itss-s5-r2"))
    links = replace_seal(telephone="").links(R2, 0)
    assert "telepon" not in render.text(LETTERS["itss-s5-r2"], links)


def replace_seal(**changes):
    return dataclasses.replace(incidents.SEAL, **changes)


def test_a_risen_grade_is_the_first_change_that_is_said():
    told = replace(LETTERS["itss-s5-r2"], seen=replace(LETTERS["itss-s5-r2"].seen, grade="S3"))
    assert "BERUBAH SEJAK r1: keparahan S3 -> S5; meninggal 12 -> 13" in flat(render.text(told, links_of(told)))


def test_a_plant_in_eastern_time_reads_wit():
    place = replace(R2.situation.place, zone="Asia/Jayapura")
    told = replace(LETTERS["itss-s5-r2"], delivery=replace(R2, situation=replace(R2.situation, place=place)))
    assert "06.30 WIT (04.30 WIB)" in flat(render.text(told, links_of(told)))


# Headers


def parsed(name: str) -> email.message.EmailMessage:
    told = LETTERS[name]
    return email.message_from_bytes(render.mail(told, links_of(told), sent_at(told)).content, policy=default)


def test_the_headers_make_a_thread_and_let_a_bounce_be_read():
    told, message = LETTERS["itss-s5-r2"], parsed("itss-s5-r2")
    mail = render.mail(told, links_of(told), sent_at(told))
    assert message["Message-ID"] == f"<{told.delivery.id}@siaga.example>"
    assert message["References"] == message["In-Reply-To"] == f"<{told.root}@siaga.example>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Content-Language"] == "id, en"
    assert message["Date"] == "Sun, 24 Dec 2023 07:00:05 +0000"
    assert message.get_boundary() == f"=_{told.delivery.id}"
    assert (mail.sender, mail.recipient) == (f"bounce+{told.delivery.id}@siaga.example", "disnakertrans@sulteng.example")


def test_the_first_message_of_a_thread_refers_to_none():
    assert parsed("itss-s5-r1")["References"] is None


def test_every_try_at_a_delivery_is_the_same_message():
    told = LETTERS["itss-s5-r1"]
    tries = [render.mail(each, links_of(told), sent_at(told)).content for each in (told, replace(told, number=2, not_after=0))]
    assert tries[0] == tries[1]


@pytest.mark.parametrize("address", ["not an address", "a@b@c", "x\r\nBcc: y@z.example", "", "@", "a@", "<a@b>"])
def test_an_unusable_address_makes_no_bad_header(address):
    told = replace(LETTERS["itss-s5-r1"], delivery=replace(incidents.R1, to=replace(incidents.R1.to, address=address)))
    message = email.message_from_bytes(render.mail(told, links_of(told), 0).content, policy=default)
    assert message["Bcc"] is None
    assert "Kepala Disnakertrans" in message["To"]


# The notice for programs


def test_a_webhook_carries_the_scales_of_cap_and_the_links():
    told = LETTERS["itss-s5-r2"]
    body = hook_body.body(told, links_of(told))
    assert (body["severity"], body["urgency"], body["certainty"]) == ("Extreme", "Immediate", "Likely")
    assert (body["id"], body["revision"], body["supersedes"], body["status"]) == (R2.thread, 2, 1, "Exercise")
    assert body["asked"][1] == {"action": "state_filed", "due": "2023-12-25T21:30:00.000Z"}
    assert body["changed"][0] == {
        "name": "dead",
        "from": 12,
        "to": 13,
        "words": {"id": "meninggal 12 -> 13", "en": "dead 12 -> 13"},
    }
    assert body["ack_url"].startswith("https://siaga.example/a/")


def test_a_cancelled_notice_does_not_say_that_it_happened():
    told = LETTERS["cancelled"]
    body = hook_body.body(told, links_of(told))
    assert (body["msg_type"], body["urgency"], body["asked"]) == ("Cancel", "Past", [])
    assert body["headline"]["en"].startswith("CANCELLED")


def test_a_call_bears_the_deliverys_id_and_its_body_is_what_was_signed():
    told = LETTERS["itss-s5-r2"]
    call = render.hook(told, links_of(told), sent_at(told), SECRETS)
    headers = dict(call.headers)
    content = json.loads(call.content)
    assert headers["webhook-id"] == told.delivery.id == call.delivery
    assert len(headers["webhook-signature"].split()) == 2
    assert (content["type"], content["timestamp"]) == ("siaga.escalation.update", "2023-12-24T07:00:05.000Z")


def test_a_line_of_a_file_holds_the_letter():
    told = LETTERS["itss-s5-r1"]
    line = render.line(told, links_of(told), sent_at(told))
    assert json.loads(line.content)["text"] == text_of("itss-s5-r1")
    assert b"\n" not in line.content


# Names that try to break it

NASTY = (
    "PT A\r\nBcc: everybody@evil.example",
    "PT \u202eSSTI\u202c \u05e9\u05dc\u05d5\u05dd \u0645\u0631\u062d\u0628\u0627",
    "x" * 2000,
    "\u9752\u5c71" * 1000,
    "<script>alert(1)</script><img src=x onerror=y>",
    "{{ 7 * 7 }} {% raw %} {0} {clause} %s",
    "--=_D-9ff00cf0a296a265--",
    "https://evil.example/a/token",
    "\ud800\x00\x1b[2J\u2028\u2029\u0085\ufeff",
    "=?utf-8?q?evil?= <evil@evil.example>, other@evil.example",
    '"; DROP',
    "e" + "\u0301" * 500,
    "",
    " ",
)
hostile = st.sampled_from(NASTY) | st.text(max_size=20)
instants = st.integers(-60_000_000_000_000, 250_000_000_000_000)
counts = st.integers(0, 10**12)
parties = st.builds(Stated, value=counts, party=hostile, rank=hostile, asserted_at=instants)
figures = st.builds(
    Figure,
    name=hostile | st.just("dead"),
    headline=parties,
    others=st.lists(parties, max_size=2).map(tuple),
    unlisted=st.none() | st.builds(Unlisted, parties=counts, least=counts, greatest=counts),
)
numbers = st.lists(st.tuples(hostile | st.just("dead"), counts), max_size=3).map(tuple)
situations = st.builds(
    IncidentSituation,
    kind=hostile | st.just("fire"),
    place=st.builds(
        Place,
        **dict.fromkeys(
            ("firm", "firm_name", "estate", "estate_name", "regency", "regency_name", "province", "province_name", "zone"), hostile
        ),
    ),
    incident=hostile,
    unit=hostile,
    times=st.lists(st.builds(TimeStated, occurred_at=instants, parties=st.lists(hostile, max_size=2).map(tuple)), max_size=2).map(tuple),
    discovered_at=st.none() | instants,
    figures=st.lists(figures, max_size=3).map(tuple),
    wni=st.none() | counts,
    wna=st.none() | counts,
    employer=hostile,
    causes=st.lists(st.builds(CauseStated, party=hostile, digest=hostile), max_size=2).map(tuple),
    clocks=st.lists(
        st.builds(
            FilingClock, opened_by=hostile, due_first=instants, due_last=instants, filed_at=st.none() | instants, received_by=hostile
        ),
        max_size=2,
    ).map(tuple),
    unresolved=st.lists(hostile, max_size=2).map(tuple),
    newest=st.none() | parties,
    certainty=st.sampled_from(Certainty),
)
sources = st.builds(
    SourceSituation,
    who=hostile,
    what=st.sampled_from(Trouble),
    counts=numbers,
    last=hostile,
    unresolved=st.lists(hostile, max_size=2).map(tuple),
)
duties = st.builds(
    DutySituation,
    place=st.builds(Place, firm=hostile, firm_name=hostile, estate_name=hostile, regency_name=hostile, zone=hostile),
    obligation=hostile | st.just("iomki"),
    period=hostile | st.just("2021-08-03"),
    permit=hostile,
    due_at=instants,
    number=counts,
    step=hostile | st.just("freeze"),
    evidence=st.lists(hostile | st.just("2021-07-30"), max_size=3).map(tuple),
    disputed=st.booleans(),
    received_at=st.none() | instants,
)
digests = st.builds(
    DigestSituation,
    place=st.builds(Place, firm=hostile, firm_name=hostile, estate_name=hostile, regency_name=hostile),
    series=hostile,
    period=hostile,
    closes=instants,
    columns=st.lists(hostile, min_size=3, max_size=3).map(tuple),
    rows=st.lists(st.builds(DigestRow, key=hostile, name=hostile, counts=st.tuples(counts, counts, counts)), max_size=3).map(tuple),
    totals=st.tuples(counts, counts, counts),
    subjects=st.lists(st.builds(Subject, about=hostile, firm=hostile, name=hostile), max_size=2).map(tuple),
    more_subjects=st.integers(0, 3),
    before=numbers,
    before_period=hostile,
    proven=st.none() | st.builds(Proven, tick=counts, source=hostile, through=instants, read_at=instants, partitions=counts, of=counts),
    page=st.integers(0, 2),
)
clusters = st.builds(
    ClusterSituation,
    place=st.builds(Place, firm=hostile, firm_name=hostile, estate_name=hostile, regency=hostile, regency_name=hostile, zone=hostile),
    unresolved=st.lists(hostile, max_size=2).map(tuple),
    level=hostile | st.sampled_from(["suspected", "large", "estate"]),
    **dict.fromkeys(("confirmed", "probable", "discarded", "firms", "too_late"), counts),
    **dict.fromkeys(("workers", "rate", "regency_rate", "close_days"), st.none() | counts),
    **dict.fromkeys(("first_day", "last_day"), hostile | st.just("2020-08-19")),
    linked=st.lists(st.sampled_from(Linked), max_size=2).map(tuple),
    **dict.fromkeys(("areas", "residences"), st.lists(hostile, max_size=2).map(tuple)),
    responses=st.lists(
        st.builds(Responded, action=hostile, by=st.lists(hostile, max_size=2).map(tuple), starts_at=instants, ends_at=st.none() | instants),
        max_size=2,
    ).map(tuple),
    normative=st.booleans(),
)
standings = st.builds(
    Standing,
    told=st.lists(st.builds(Told, position=hostile, level=st.integers(0, 3), at=instants), max_size=2).map(tuple),
    taken=st.lists(
        st.builds(Taken, position=hostile, name=hostile, at=instants, revision=st.integers(0, 9), stops=st.booleans()), max_size=2
    ).map(tuple),
    held_until=st.none() | instants,
    next_level_at=st.none() | instants,
    unverified=st.booleans(),
)
deliveries = st.builds(
    Delivery,
    **dict.fromkeys(("id", "thread", "estate"), hostile),
    to=st.builds(
        Addressee,
        **dict.fromkeys(("receiver", "channel", "address", "position", "title_id", "title_en", "holder"), hostile),
        role=st.sampled_from(Role),
        batch=st.booleans(),
    ),
    revision=st.integers(0, 99),
    level=st.integers(0, 9),
    why=st.sampled_from(Why),
    matter=st.sampled_from(["facts", "filing"]) | hostile,
    msg_type=st.sampled_from(MessageType),
    at=instants,
    grade=hostile | st.just("S5"),
    grade_now=hostile | st.just("S5"),
    rank=st.integers(0, 5),
    peak=counts,
    certainty=st.sampled_from(Certainty),
    situation=situations | sources | duties | digests | clusters,
    reasons=st.lists(
        st.builds(Reason, because=st.sampled_from(Because), figure=st.none() | counts, threshold=st.none() | counts, source=hostile),
        max_size=3,
    ).map(tuple),
    asked=st.lists(st.builds(Asked, action=hostile, due=st.none() | instants), max_size=2).map(tuple),
    standing=st.none() | standings,
    exercise=st.booleans(),
)
attempts = st.builds(
    Attempt,
    delivery=deliveries,
    number=st.just(1),
    not_after=instants,
    root=hostile,
    seen=st.none() | st.builds(Seen, revision=st.integers(0, 9), grade=hostile, at=instants, numbers=numbers),
    possible_duplicate=st.booleans(),
    coalesced=st.lists(hostile, max_size=2).map(tuple),
)


class Tags(HTMLParser):
    """Which tags an HTML letter has."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: set[str] = set()

    def handle_starttag(self, tag, attrs):
        self.seen.add(tag)
        self.seen.update(name for name, _ in attrs if name.startswith("on"))


@pytest.mark.parametrize("nasty", NASTY, ids=range(len(NASTY)))
def test_each_nasty_name_in_every_place_at_once(nasty):
    place = replace(R2.situation.place, firm_name=nasty, estate_name=nasty, regency_name=nasty, province_name=nasty, zone=nasty)
    stated = Stated(13, nasty, nasty, 0)
    situation = replace(R2.situation, kind=nasty, place=place, unit=nasty, employer=nasty, unresolved=(nasty,), newest=stated)
    situation = replace(situation, figures=(Figure(nasty, stated, (replace(stated, value=12),)),), times=(TimeStated(0, (nasty,)),))
    texts = dict.fromkeys(("id", "thread", "grade", "grade_now"), nasty)
    to = replace(R2.to, **dict.fromkeys(("address", "position", "title_id", "title_en"), nasty))
    told = replace(LETTERS["itss-s5-r2"], root=nasty, seen=Seen(1, nasty, 0), delivery=replace(R2, situation=situation, to=to, **texts))
    assert_unbroken(told)


HEADERS = {
    *("From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "Content-Language", "In-Reply-To", "References"),
    *("Importance", "MIME-Version", "Content-Type"),
}


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(attempts)
def test_no_name_breaks_out_of_its_place(told):
    assert_unbroken(told)


def assert_unbroken(told):
    links = incidents.SEAL.links(incidents.R1, 0)
    message = email.message_from_bytes(render.mail(told, links, 0).content, policy=default)
    assert set(message.keys()) <= HEADERS
    assert [part.get_content_type() for part in message.walk()] == ["multipart/alternative", "text/plain", "text/html"]
    assert str(message["Subject"]).isprintable() or "\u2068" in str(message["Subject"])
    text = message.get_body(("plain",)).get_content()
    assert all(columns(line) <= 72 or URL.match(line) for line in text.splitlines())
    assert sum(bool(URL.match(line)) for line in text.splitlines()) == 1
    tags = Tags()
    tags.feed(message.get_body(("html",)).get_content())
    assert tags.seen <= {
        *("html", "head", "meta", "title", "style", "body", "div", "hr", "p", "h2", "ol", "li", "a"),
        *("table", "tbody", "tr", "th", "td"),
    }


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(attempts)
def test_any_attempt_becomes_a_signed_call_and_a_line(told):
    links = incidents.SEAL.links(incidents.R1, 0)
    content = json.loads(render.hook(told, links, 0, SECRETS).content)
    assert set(content["data"]) == set(json.loads((HOOK / "itss-s5-r2.json").read_text()))
    assert render.line(told, links, 0).content.count(b"\n") == 0


def test_the_renderer_reads_what_the_wire_gives():
    told = LETTERS["itss-s5-r2"]
    again = msgspec.json.decode(msgspec.json.encode(told), type=Attempt)
    assert render.text(again, links_of(again)) == text_of("itss-s5-r2")


def test_dates_are_said_where_the_statement_is_of_another_day():
    assert "Selasa 26 Des 10.00 WITA" in flat(text_of("held"))
    assert wita("2023-12-26", "10:00") == incidents.POLRES["asserted_at"]
