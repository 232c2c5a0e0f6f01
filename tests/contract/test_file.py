"""Files: on the disk, inside the directory, whole lines."""

import os

import pytest

from handlers.channel import Line
from handlers.file import FileChannel
from schemas.delivery import ReceiptKind


def line(name="piket.ndjson", content=b'{"a":1}'):
    return Line("D-1", name, content)


async def test_lines_are_appended_in_order_and_flushed(tmp_path, monkeypatch):
    flushed = []
    monkeypatch.setattr(os, "fsync", flushed.append)
    channel = FileChannel(tmp_path)
    for n in range(3):
        await channel.send(line(content=b"%d" % n))
    assert (tmp_path / "piket.ndjson").read_bytes() == b"0\n1\n2\n"
    assert len(flushed) == 3


@pytest.mark.parametrize("name", ["", ".", "..", "../x", "/etc/x", "a/b", "a\\b", "a\x00b", "a\n", ".hidden", "-f", "x" * 121, "\u202ex"])
async def test_a_name_cannot_leave_the_directory(tmp_path, name):
    directory = tmp_path / "out"
    directory.mkdir()
    assert (await FileChannel(directory).send(line(name))).kind is ReceiptKind.REFUSED
    assert [path.name for path in tmp_path.rglob("*")] == ["out"]


async def test_a_link_a_directory_and_a_pipe_are_refused(tmp_path):
    (tmp_path / "outside").write_text("")
    directory = tmp_path / "out"
    directory.mkdir()
    (directory / "link").symlink_to(tmp_path / "outside")
    (directory / "folder").mkdir()
    os.mkfifo(directory / "pipe")
    for name in ("link", "folder", "pipe"):
        assert (await FileChannel(directory).send(line(name))).kind is ReceiptKind.REFUSED
    assert (tmp_path / "outside").read_text() == ""


async def test_a_line_that_a_crash_has_torn_does_not_take_the_next_one_with_it(tmp_path):
    (tmp_path / "piket.ndjson").write_bytes(b'{"whole":1}\n{"torn":')
    await FileChannel(tmp_path).send(line())
    assert (tmp_path / "piket.ndjson").read_bytes().splitlines() == [b'{"whole":1}', b'{"torn":', b'{"a":1}']


async def test_more_than_a_line_is_refused(tmp_path):
    assert (await FileChannel(tmp_path).send(line(content=b"a\nb"))).kind is ReceiptKind.REFUSED


async def test_what_the_disk_did_not_confirm_may_be_there_all_the_same(tmp_path, monkeypatch):
    def fail(descriptor):
        raise OSError(5, "input/output error")

    monkeypatch.setattr(os, "fsync", fail)
    result = await FileChannel(tmp_path).send(line())
    assert (result.kind, result.maybe_delivered) == (ReceiptKind.FAILED, True)


async def test_a_full_disk_is_failed(tmp_path, monkeypatch):
    monkeypatch.setattr(os, "write", lambda descriptor, content: 3)
    result = await FileChannel(tmp_path).send(line())
    assert (result.kind, result.again) == (ReceiptKind.FAILED, True)
