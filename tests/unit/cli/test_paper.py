"""One whole mail on a terminal: nothing is left out, and headings, requests and labelled facts stay apart."""

from streams.cli.stage.paper import lines_of

MAIL = """\
To: desk@siaga.example
Subject: [LATIHAN/EXERCISE] S5 BENCANA r1
Content-Type: text/plain; charset=utf-8

LATIHAN, bukan kejadian baru.
Tungku 41 PT ITSS meledak Minggu 24 Des 2023: 12 meninggal menurut
klinik.

DIMINTA DARI ANDA
1. Ambil alih sekarang.
   https://siaga.example/a/token
2. Kabarkan apakah pengawas sudah berangkat.

DIKETAHUI
Waktu   05.30 WITA (klinik dan pekerja PT ITSS) atau
        06.15 WITA
Laporan 2x24 jam sejak kejadian
"""


def test_a_mail_is_printed_whole_with_its_sections_apart():
    lines = list(lines_of(MAIL, 100))
    assert lines == [
        "To: desk@siaga.example",
        "Subject: [LATIHAN/EXERCISE] S5 BENCANA r1",
        "LATIHAN, bukan kejadian baru. Tungku 41 PT ITSS meledak Minggu 24 Des 2023: 12 meninggal menurut",
        "klinik.",
        "DIMINTA DARI ANDA",
        "1. Ambil alih sekarang.",
        "   https://siaga.example/a/token",
        "2. Kabarkan apakah pengawas sudah berangkat.",
        "DIKETAHUI",
        "Waktu   05.30 WITA (klinik dan pekerja PT ITSS) atau 06.15 WITA",
        "Laporan 2x24 jam sejak kejadian",
    ]


def test_no_line_is_wider_than_the_terminal():
    assert max(len(line) for line in lines_of(MAIL, 40)) <= 40
