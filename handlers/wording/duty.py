"""The words of a duty to report: what must be reported and how, what may be proposed, and what a firm or an official is told of it."""

from collections.abc import Mapping
from typing import NamedTuple

from handlers.language import Both
from handlers.wording.codes import unknown


class Report(NamedTuple):
    """A report by its name in the policy, and through which system it is sent."""

    name: Both
    system: Both


_SIINAS = Both("akun SIINas perusahaan", "the firm's SIINas account")

REPORTS: Mapping[str, Report] = {
    "iomki": Report(Both("laporan IOMKI", "IOMKI report"), _SIINAS),
    "siinas": Report(Both("laporan data industri SIINas", "SIINas industrial data report"), _SIINAS),
    "lkpm": Report(
        Both("laporan kegiatan penanaman modal (LKPM)", "investment activity report (LKPM)"),
        Both("akun OSS perusahaan", "the firm's OSS account"),
    ),
    "iki": Report(Both("survei Indeks Kepercayaan Industri", "Industry Confidence Index survey"), _SIINAS),
    "wajib-lapor": Report(Both("wajib lapor wasdal", "yearly report under supervision (wasdal)"), _SIINAS),
}

STEPS: Mapping[str, Both] = {
    "deactivation": Both("penonaktifan", "deactivation"),
    "freeze": Both("pembekuan", "freezing"),
    "revocation": Both("pencabutan", "revocation"),
}

PHRASES: Mapping[str, Both] = {
    "duty_warning": Both(
        "PERINGATAN{nth}: {report} untuk {period} dari {firm} (izin {permit}) belum tercatat diterima sampai batasnya, {due}.",
        "WARNING{nth}: the {report} for {period} of {firm} (permit {permit}) was not on record by its deadline, {due}.",
    ),
    "duty_reminder": Both(
        "MENGINGATKAN: {report} untuk {period} dari {firm} (izin {permit}) belum tercatat diterima. Batasnya {due}.",
        "REMINDER: the {report} for {period} of {firm} (permit {permit}) is not on record yet. It is due by {due}.",
    ),
    "duty_proposal": Both(
        "USULAN, belum keputusan: {step} izin {permit} dari {firm}, menyangkut {report}. Belum ada yang berubah pada izin itu; pejabat "
        "yang memutuskan.",
        "A PROPOSAL, not a decision: {step} of permit {permit} of {firm}, about the {report}. Nothing has changed in that permit; "
        "officials decide.",
    ),
    "duty_answered": Both(
        "SUDAH DIJAWAB: {report} untuk {period} dari {firm} (izin {permit}) diterima{received}, sesudah batasnya, {due}. Peringatan{nth} "
        "tetap tercatat; hitungan berturut-turut mulai dari awal.",
        "ANSWERED: the {report} for {period} of {firm} (permit {permit}) was received{received}, after its deadline, {due}. "
        "Warning{nth} stays on record; the count in a row begins anew.",
    ),
    "duty_confirmed": Both(
        "SUDAH DITETAPKAN: pejabat menetapkan {step} izin {permit} dari {firm}, menyangkut {report}. Keadaan izin itu sendiri hanya "
        "berubah di registri.",
        "CONFIRMED: officials have confirmed the {step} of permit {permit} of {firm}, about the {report}. The state of the permit "
        "itself changes in the registry alone.",
    ),
    "duty_on_time": Both(
        "DIBATALKAN: {report} untuk {period} dari {firm} (izin {permit}) ternyata diterima{received}, tepat waktu. Tidak ada yang "
        "dipersoalkan terhadap perusahaan; yang kami kirim tentang periode ini tidak berlaku lagi.",
        "CANCELLED: the {report} for {period} of {firm} (permit {permit}) was received{received}, on time. Nothing is held against the "
        "firm; what we sent about this period no longer holds.",
    ),
    "duty_withdrawn": Both(
        "DIBATALKAN: yang kami kirim tentang {report} untuk {period} dari {firm} (izin {permit}) tidak berlaku lagi. Tidak ada yang "
        "dipersoalkan terhadap perusahaan untuk periode ini.",
        "CANCELLED: what we sent about the {report} for {period} of {firm} (permit {permit}) no longer holds. Nothing is held against the "
        "firm for this period.",
    ),
    "duty_silence": Both(
        "DIAM SESUDAH KABAR BURUK: {firm} (izin {permit}) belum melapor untuk {period}, batasnya {due}; {report} sebelumnya menyebut kasus "
        "positif. Ini bukan tuduhan.",
        "SILENT AFTER BAD NEWS: {firm} (permit {permit}) has not reported for {period}, due by {due}; the {report} before it stated "
        "positive cases. This is no accusation.",
    ),
    "duty_heard": Both(
        "SUDAH ADA KABAR: {report} untuk {period} dari {firm} (izin {permit}) diterima{received}, sesudah batasnya, {due}. Tidak perlu "
        "lagi ditanyakan mengapa tidak ada laporan.",
        "HEARD FROM: the {report} for {period} of {firm} (permit {permit}) was received{received}, after its deadline, {due}. There is no "
        "more need to ask why none came.",
    ),
    "duty_fewer": Both(
        "PERIKSA JUMLAH: {report} untuk {period} dari {firm} (izin {permit}) menyebut lebih sedikit kasus positif daripada yang sudah "
        "diberitahukan kepada perusahaan sebelum melapor. Ini permintaan periksa, bukan sanksi.",
        "CHECK THE COUNT: the {report} for {period} of {firm} (permit {permit}) states fewer positive cases than the firm had been told of "
        "before it reported. This is a request to verify, and no sanction.",
    ),
    "duty_as_known": Both(
        "SUDAH COCOK: {report} untuk {period} dari {firm} (izin {permit}) sudah dibetulkan perusahaan dan kini tidak kurang dari yang "
        "diberitahukan.",
        "AGREES NOW: the firm has corrected the {report} for {period} of {firm} (permit {permit}), and it states no fewer cases than were "
        "made known.",
    ),
    "duty_disputed": Both(
        "KEBERATAN: perusahaan menyatakan ini tidak benar. Usulannya ditahan sampai keberatan itu diperiksa.",
        "OBJECTION: the firm says that this is not so. The proposal is held until the objection has been checked.",
    ),
    "duty_objecting": Both(
        "Perusahaan menyatakan ini tidak benar; keberatannya tercatat.", "The firm says that this is not so; its objection is on record."
    ),
    "nth": Both(" ke-{number}", " {number}"),
    "nth_or_more": Both(" ke-{number} atau lebih", " {number} or later"),
    "received": Both(" {moment}", " on {moment}"),
    "permit": Both("Izin", "Permit"),
    "until": Both("Batas", "Due"),
    "misses": Both("Absen", "Missed"),
    "through": Both("Lewat", "Through"),
    "duty_unchanged": Both(
        "Belum ada yang berubah pada izin ini. Laporan yang diterima tepat waktu tetapi baru kemudian sampai ke kami membatalkan "
        "peringatan; yang pernah diberi tahu akan diberi tahu.",
        "Nothing has changed in this permit. A report that was received in time but reaches us later cancels the warning, and whoever was "
        "told will be told.",
    ),
    "positives": Both("Positif", "Cases"),
    "positives_before": Both("{number}, menurut laporan sebelumnya", "{number} positive, by the report before"),
    "positives_known": Both("{number} menurut laporan; diberitahukan {known}", "{number} by the report; told of {known}"),
    "duty_verify": Both(
        "Selisih bisa berarti apa saja: pemberitahuan belum dibaca, pekerja yang sudah keluar, atau kasus yang dihitung di pabrik lain.",
        "A difference may mean anything: a notice not yet read, somebody who has left, or a case counted at another plant.",
    ),
    "duty_silent": Both(
        "Laporan yang tidak datang bisa berarti apa saja: lupa, pabrik tutup, atau tidak ada lagi yang sempat melapor.",
        "A report that does not come may mean anything: forgotten, plant closed, or nobody left with time to report.",
    ),
    "duty_reported": Both(
        "Sudah lapor? Simpan tanda terimanya; tidak ada lagi yang perlu dilakukan.",
        "Already reported? Keep the receipt; nothing more is needed.",
    ),
    "duty_check": Both(
        "Yang perlu diperiksa: apakah laporan periode di atas benar tidak diterima; apakah izinnya masih berlaku dan pabriknya beroperasi; "
        "apakah ada alasan untuk mengecualikan. Usulan yang tidak ditetapkan tidak berakibat apa pun.",
        "To check: whether the reports of the periods above were truly not received; whether the permit is in force and the plant at work; "
        "whether there is reason to excuse. A proposal that nobody confirms leads to nothing.",
    ),
    "subject_duty_warning": Both("Peringatan{nth}", "Warning{nth}"),
    "subject_duty_reminder": Both("Pengingat", "Reminder"),
    "subject_duty_proposal": Both("USULAN {step}", "PROPOSAL: {step}"),
    "subject_duty_disputed": Both("USULAN {step}, ada keberatan", "PROPOSAL: {step}, objected to"),
    "subject_duty_silence": Both("Diam sesudah kabar buruk", "Silent after bad news"),
    "subject_duty_fewer": Both("Periksa jumlah kasus", "Check the count of cases"),
    "subject_duty_as_known": Both("Jumlah sudah cocok", "The count agrees"),
    "subject_duty_heard": Both("Sudah ada kabar", "Heard from"),
    "subject_duty_answered": Both("Sudah dijawab", "Answered"),
    "subject_duty_confirmed": Both("DITETAPKAN: {step}", "CONFIRMED: {step}"),
    "subject_duty_on_time": Both("DIBATALKAN/CANCELLED", "CANCELLED"),
    "subject_duty_withdrawn": Both("DIBATALKAN/CANCELLED", "CANCELLED"),
}


def report(obligation: str) -> Report:
    """The words of an obligation, or itself."""
    name = unknown(obligation) or "?"
    return REPORTS.get(obligation) or Report(Both(f"laporan {name}", f"report {name}"), Both("", ""))
