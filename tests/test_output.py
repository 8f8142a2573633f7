"""Files are written whole or not at all, and never over or through what is there."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from exportrules.errors import OutputError, QuestionError
from exportrules.files.write import free, write_whole, written_whole


def names(directory: Path) -> list[str]:
    return sorted(p.name for p in directory.iterdir())


def test_text_and_bytes_arrive_as_they_are(tmp_path: Path) -> None:
    write_whole(tmp_path / "a.txt", "é\r\n\n")
    write_whole(tmp_path / "b.bin", b"\x00\xff")
    assert (tmp_path / "a.txt").read_bytes() == b"\xc3\xa9\r\n\n"
    assert (tmp_path / "b.bin").read_bytes() == b"\x00\xff"
    assert names(tmp_path) == ["a.txt", "b.bin"]


def test_a_file_has_the_permissions_that_any_new_file_has(tmp_path: Path) -> None:
    (tmp_path / "plain").touch()
    write_whole(tmp_path / "whole", "x")
    assert (tmp_path / "whole").stat().st_mode == (tmp_path / "plain").stat().st_mode


def test_what_is_there_is_replaced_only_when_told(tmp_path: Path) -> None:
    target = tmp_path / "a.md"
    target.write_text("mine")
    with pytest.raises(QuestionError, match=r"a\.md already exists\. Use --force to replace it, or another name\."):
        write_whole(target, "yours")
    assert target.read_text() == "mine"
    write_whole(target, "yours", force=True)
    assert target.read_text() == "yours"
    assert names(tmp_path) == ["a.md"]


def test_a_file_that_comes_while_another_is_written_is_kept(tmp_path: Path) -> None:
    target = tmp_path / "a.md"
    with pytest.raises(QuestionError, match="already exists"), written_whole(target) as part:  # noqa: PT012
        part.write_text("ours")
        target.write_text("theirs")
    assert target.read_text() == "theirs"
    assert names(tmp_path) == ["a.md"]


@pytest.mark.parametrize("force", [False, True])
@pytest.mark.parametrize("outside", ["there", "not-there"])
def test_a_link_is_never_written_through(tmp_path: Path, force: bool, outside: str) -> None:
    (tmp_path / "elsewhere").mkdir()
    kept = tmp_path / "elsewhere" / outside
    if outside == "there":
        kept.write_text("kept")
    directory = tmp_path / "directory"
    directory.mkdir()
    (directory / "a.md").symlink_to(kept)
    with pytest.raises(QuestionError, match="is a link, and links are not written through"):
        write_whole(directory / "a.md", "x", force=force)
    assert kept.exists() == (outside == "there")
    assert not kept.exists() or kept.read_text() == "kept"


def test_directories_and_devices_are_refused_even_with_force(tmp_path: Path) -> None:
    with pytest.raises(QuestionError, match="is a directory"):
        free(tmp_path, force=True)
    with pytest.raises(QuestionError, match="not a regular file"):
        free(os.devnull, force=True)
    with pytest.raises(QuestionError, match="names no file"):
        free("")


def test_a_missing_directory_is_said_and_not_made(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match=r"none/a\.md: the file cannot be written: No such file or directory\."):
        write_whole(tmp_path / "none" / "a.md", "x")
    assert names(tmp_path) == []


def test_an_error_while_writing_leaves_all_as_it_was(tmp_path: Path) -> None:
    target = tmp_path / "a.csv"
    target.write_text("before")
    with pytest.raises(ZeroDivisionError), written_whole(target, force=True) as part:  # noqa: PT012
        part.write_text("half")
        1 / 0  # noqa: B018
    assert target.read_text() == "before"
    with pytest.raises(OutputError, match="nothing was produced"), written_whole(tmp_path / "b.csv"):
        pass
    with pytest.raises(OutputError, match="No space left"), written_whole(tmp_path / "b.csv"):
        raise OSError(28, "No space left on device")
    assert names(tmp_path) == ["a.csv"]


def test_an_engine_may_write_by_the_name_and_leave_files_of_its_own(tmp_path: Path) -> None:
    with written_whole(tmp_path / "a.parquet") as part:
        assert part.name == "a.parquet"
        assert part.parent.parent == tmp_path
        (part.parent / "tmp_a.parquet").write_text("scratch")
        part.write_text("rows")
    assert names(tmp_path) == ["a.parquet"]


def test_ctrl_c_leaves_no_half_file(tmp_path: Path) -> None:
    script = textwrap.dedent("""
        import signal, sys
        from exportrules.files.write import written_whole
        with written_whole(sys.argv[1]) as part:
            part.write_text("half")
            print("writing", flush=True)
            signal.pause()
    """)
    process = subprocess.Popen(
        [sys.executable, "-c", script, str(tmp_path / "a.csv")], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    with process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"writing\n"
        process.send_signal(signal.SIGINT)
        process.wait()
    assert process.returncode != 0
    assert names(tmp_path) == []


def test_a_leftover_is_not_read_as_rules(tmp_path: Path) -> None:
    from exportrules.files.load import load_ruleset

    (tmp_path / "exporters.toml").write_text('[[exporter]]\nid = "acme"\nname = "Acme"\n', encoding="utf-8")
    (tmp_path / ".parties.toml.x.part").mkdir()
    (tmp_path / ".parties.toml.x.part" / "parties.toml").write_text("half [", encoding="utf-8")
    assert "acme" in load_ruleset(None, [tmp_path]).exporters
