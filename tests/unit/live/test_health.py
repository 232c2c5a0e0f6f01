"""Over HTTP: one line on whether this worker works, and its metrics; and a port that somebody else has."""

import socket

import pytest
from aiohttp import ClientSession
from structlog.testing import capture_logs

from schemas.topics import LEDGER
from streams.live import clock
from streams.live.health import Health
from streams.live.metrics import Metrics
from streams.live.seat import Hosting, State
from streams.live.seats import Seats
from streams.live.settings import Settings
from streams.pipeline.surveillance import SURVEILLANCE


@pytest.fixture
def port():
    with socket.create_server(("127.0.0.1", 0)) as held:
        return held.getsockname()[1]


def health(port, words=""):
    return Health(Settings.load(metrics_port=port), Metrics(), lambda: words)


async def asked(port, path):
    async with ClientSession() as session, session.get(f"http://127.0.0.1:{port}/{path}") as answer:
        return answer.status, await answer.text()


@pytest.mark.parametrize(("words", "told"), [("", (200, "ok\n")), ("Kafka does not answer", (503, "Kafka does not answer\n"))])
async def test_health_is_a_word_or_the_reason(port, words, told):
    serving = health(port, words)
    await serving.on_start()
    try:
        assert await asked(port, "healthz") == told
        status, text = await asked(port, "metrics")
        assert status == 200
        assert 'siaga_deliveries_total{step="composed"} 0.0' in text
        assert (await asked(port, ""))[0] == 404
    finally:
        await serving.on_stop()


async def test_a_port_in_use_is_said_once_and_the_worker_goes_on():
    with socket.create_server(("127.0.0.1", 0)) as held, capture_logs() as lines:
        serving = health(held.getsockname()[1])
        await serving.on_start()
        await serving.on_stop()
    (line,) = lines
    assert (line["event"], line["log_level"]) == ("metrics.off", "warning")
    assert "SIAGA_METRICS_PORT" in line["means"]


@pytest.mark.parametrize("named", ["", "0"])
async def test_without_a_port_nobody_listens(named, monkeypatch):
    monkeypatch.setenv("SIAGA_METRICS_PORT", named)
    assert Settings.load().metrics_port == 0
    with capture_logs() as lines:
        serving = health(0)
        await serving.on_start()
        await serving.on_stop()
    assert lines == []


async def test_seats_are_unwell_until_they_are_open_and_when_nobody_polls(monkeypatch):
    """A worker that others have left nothing is well: it takes over as soon as they are gone."""
    seats = Seats(Settings.load(), Hosting(SURVEILLANCE, lambda record: None), LEDGER)
    assert seats.unwell() == "surveillance at ledger has not joined its group yet"
    seats._polled_at = clock.elapsed()
    assert seats.unwell() == "surveillance at ledger is still opening its seats"
    seats._has_its_seats = True
    assert seats.unwell() == ""
    seats.held = {0: type("Seat", (), {"state": State.OPENING})}
    assert seats.unwell() == "surveillance at ledger is still opening its seats"
    seats.held[0].state = State.WORKING
    assert seats.unwell() == ""
    seats._polled_at -= 11
    assert seats.unwell() == "surveillance at ledger has not polled for 11 s"
