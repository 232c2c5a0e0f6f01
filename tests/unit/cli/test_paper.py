"""One mail on a terminal: whole in its first language, its paragraphs, requests and labelled facts apart, and no line too wide."""

from streams.cli.stage.paper import lines_of

MAIL = """\
To: desk@siaga.example
Subject: [LATIHAN/EXERCISE] S5 BENCANA r1
Content-Type: text/plain; charset=utf-8

LATIHAN, bukan kejadian baru.
Tungku 41 PT ITSS (IMIP, Kab. Morowali) meledak Minggu 24 Des 2023 05.30
WITA: 12 meninggal menurut klinik.

DIMINTA DARI ANDA
1. Ambil alih sekarang.
   https://siaga.example/a/token-that-is-much-longer-than-what-is-left-of-the-line-above
2. Nyatakan apakah laporan tertulis (Form 3 KK2 A) sudah diterima. Batas
   2x24 jam: Selasa 26 Des 05.30 WITA (04.30 WIB).
Bukan wilayah Anda? Tombolnya di halaman itu.

DIKETAHUI
Waktu   05.30 WITA (klinik dan pekerja PT ITSS, dikutip oleh pers) atau
        06.15 WITA
Laporan 2x24 jam sejak kejadian

-- English --
EXERCISE, not a new event.
"""

PRINTED = """\
      | To: desk@siaga.example
      | Subject: [LATIHAN/EXERCISE] S5 BENCANA r1
      | LATIHAN, bukan kejadian baru.
      | Tungku 41 PT ITSS (IMIP, Kab. Morowali) meledak Minggu 24 Des 2023 05.30 WITA: 12 meninggal
      | menurut klinik.
      | DIMINTA DARI ANDA
      | 1. Ambil alih sekarang.
      |    https://siaga.example/a/token-that-is-much-longer-than-what-is-left-of-the-line-above
      | 2. Nyatakan apakah laporan tertulis (Form 3 KK2 A) sudah diterima. Batas 2x24 jam: Selasa 26
      |    Des 05.30 WITA (04.30 WIB).
      | Bukan wilayah Anda? Tombolnya di halaman itu.
      | DIKETAHUI
      | Waktu   05.30 WITA (klinik dan pekerja PT ITSS, dikutip oleh pers) atau 06.15 WITA
      | Laporan 2x24 jam sejak kejadian
      | (the same in English follows)
"""


def test_a_mail_is_printed_whole_and_its_paragraphs_stay_apart():
    """What was wrapped for a telephone is unwrapped; what its writer set apart is not run together, and blank lines cost no line."""
    assert list(lines_of(MAIL, 100)) == PRINTED.splitlines()


def test_no_line_is_wider_than_the_terminal():
    assert max(len(line) for line in lines_of(MAIL, 48)) <= 48
