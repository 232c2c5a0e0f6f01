"""Every code has words in both languages, and a code that nobody knows is printed as itself."""

from string import Formatter

import pytest

from handlers.letters.duty import Sort
from handlers.letters.incident import FILING
from handlers.letters.source import OVER
from handlers.wording import cluster, codes, duty, incident, source
from handlers.wording.phrases import PHRASES
from schemas.cases import ActedBy, Action
from schemas.escalation import Why
from schemas.intake import Grade, IncidentKind, Outcome, Rank
from schemas.ledger import Doubt, Odd
from schemas.obligations import Step
from schemas.surveillance import RULE_OF, Because, Certainty, ClusterSituation, IncidentSituation, Linked, Rule, Trouble
from schemas.word import parse_time
from streams.pipeline.intake.decode import Refusing
from streams.pipeline.surveillance.cluster.picture import LEVELS
from streams.pipeline.surveillance.cluster.rules import GRADES

FIGURE_NAMES = (
    *("dead", "missing", "injured", "serious", "light", "hospitalised", "observed", "outpatient", "treated", "exposed"),
    *("offsite_dead", "offsite_hospitalised", "evacuated", "fire_minutes", "cost_usd"),
)
ACTIONS = (
    *("take_over", "verify", "state_filed", "inspectors_left", "keep_informed", "correct_and_republish", "say_received"),
    *("file_report", "report", "check_proposals", "mark_excused", "restore_source", "release_or_excuse", "correct_records"),
    *("confirm_cluster", "coordinate", "trace_contacts", "act_on_cluster", "close_plant", "close_minimum", "coordinate_estate"),
    *("help_tracing", "reach_task_force"),
)
TABLES = [
    (codes.BECAUSE, Because),
    (codes.WHY, Why),
    (incident.KINDS, IncidentKind),
    (codes.GRADES, Grade),
    (incident.RANKS, Rank),
    (codes.CAP_SEVERITY, Grade),
    (codes.CAP_CERTAINTY, Certainty),
    (source.REFUSING, Refusing),
    (incident.OPENED_BY, ("occurrence", *Outcome)),
    (incident.FIGURES, FIGURE_NAMES),
    (codes.ACTIONS, ACTIONS),
    (codes.UNRESOLVED, Doubt),
    (source.ODD, Odd),
    (duty.STEPS, Step),
    (cluster.LINKED, Linked),
    (cluster.DONE, Action),
    (cluster.BY, ActedBy),
    (cluster.COUNTED, [name for name, _ in ClusterSituation(level="").numbers()]),
    (cluster.ASPECTS, [name for name, _ in ClusterSituation(level="").aspects()]),
    (cluster.LEVELS, (*LEVELS.values(), "estate", "none")),
    (codes.GRADES, GRADES),
    (codes.CAP_SEVERITY, GRADES),
]


@pytest.mark.parametrize(("table", "codes"), TABLES)
def test_every_code_has_words(table, codes):
    assert set(map(str, codes)) <= set(table)


@pytest.mark.parametrize(
    "table", [codes.BECAUSE, codes.WHY, incident.FIGURES, codes.ACTIONS, codes.UNRESOLVED, source.REFUSING, source.ODD, duty.STEPS]
)
def test_both_languages_have_their_own_words(table):
    assert all(both.id and both.en and both.id != both.en for both in table.values())


@pytest.mark.parametrize("table", [codes.BECAUSE, codes.WHY, incident.FIGURES, incident.RANKS, codes.ACTIONS, codes.POSITIONS])
@pytest.mark.parametrize("lang", ["id", "en"])
def test_an_unknown_code_is_printed_as_itself(table, lang):
    assert codes.word(table, "brand_new", lang) == "brand new"


@pytest.mark.parametrize("kind", ["brand_new", "", "{0}", "a\nb", "refused"])
@pytest.mark.parametrize("lang", ["id", "en"])
def test_an_unknown_kind_of_incident_can_be_said(kind, lang):
    assert incident.event(kind).clause.of(lang).format(where="PT A").endswith("PT A")


@pytest.mark.parametrize("name", PHRASES)
def test_both_languages_fill_the_same_gaps(name):
    gaps = [{field for _, field, _, _ in Formatter().parse(text) if field} for text in PHRASES[name]]
    assert gaps[0] - {"part"} == gaps[1] - {"part"}


def test_every_filing_reason_has_its_sentence_and_its_subject():
    assert all(reason in PHRASES and f"subject_{reason}" in PHRASES for reason in FILING)


def test_whatever_changes_beside_figures_has_a_name():
    assert {name for name, _ in IncidentSituation(incident="", kind="").aspects()} == set(incident.ASPECTS)


def test_every_sort_of_a_duty_has_its_sentence_and_its_subject():
    assert all(sort in PHRASES and f"subject_{sort}" in PHRASES for sort in Sort)


def test_every_report_is_called_what_the_policy_calls_it(policy):
    """Two names for one duty would be two duties to who reads them."""
    named = {each.id: (each.name_id, each.name_en) for each in policy.obligations}
    assert {each: duty.report(each).name for each in named} == named


def test_an_unknown_obligation_goes_by_its_own_name():
    assert duty.report("brand_new").name == ("laporan brand new", "report brand new")


def test_every_trouble_of_a_source_has_its_sentence_and_its_subject():
    said = (*Trouble, *OVER, Because.VOUCHED_TOO_EARLY)
    assert all(each in PHRASES and f"subject_{each}" in PHRASES for each in said)


def test_every_reason_rests_on_a_rule():
    """No reason prints a rule that it does not rest on: the table names each."""
    assert set(RULE_OF) == set(Because)
    assert set(RULE_OF.values()) <= set(Rule)


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("siaga.incident-bulletin.v1: wrong_value (dead)", "siaga.incident-bulletin.v1: nilai salah (`dead`)"),
        ("case-notice: brand_new ()", "case-notice: brand new"),
        ("unknown_firm", "perusahaan tidak ada di registri"),
        ("brand_new", "brand new"),
    ],
)
def test_what_is_unresolved_is_said_with_its_reason(code, words):
    assert source.unresolved(code, "id") == words


@pytest.mark.parametrize(
    ("unit", "lang", "said"), [("Tungku 41", "en", "furnace 41"), ("furnace 11", "id", "tungku 11"), ("kiln 17", "id", "kiln 17")]
)
def test_a_unit_is_named_in_the_readers_language_where_we_know_the_word(unit, lang, said):
    assert incident.unit(unit, lang) == said


@pytest.mark.parametrize(("day", "name"), [("2020-09-16", "Gugus Tugas COVID-19"), ("2020-09-17", "Satgas COVID-19")])
def test_a_task_force_is_called_what_it_was_called_on_the_day(day, name):
    """SE Mendagri 440/5184/SJ of 17 September 2020; the ministry's own IOMKI task force keeps its name."""
    at = parse_time(f"{day}T12:00:00+07:00")
    assert cluster.of_its_day("Ketua Satgas COVID-19 Kabupaten Bekasi", at) == f"Ketua {name} Kabupaten Bekasi"
    assert cluster.of_its_day("Satgas IOMKI", at) == "Satgas IOMKI"
