"""The backfill reads exactly the files that are named, in the version that was found."""

import gzip
import os
import subprocess
import sys
from pathlib import Path

import pytest

from messages_spark.contract import Contract
from messages_spark.csv_lines import read_header
from messages_spark.file_parts import Part, parts_of, read_part
from messages_spark.files import FilesError, MessageFile, find_files
from messages_spark.task import BROKEN, DONE, REFUSED

HEADER = ("id", "name")
STRANGE = ["_hidden.csv", ".hidden.csv", "v{a,b}.csv", "q sp[1]é.csv", "back\\slash.csv", "100%25#1:2.csv", "~.csv"]
STRANGE += ["new\nline.csv", "star*.csv", "Größe 日本.CSV"]


def names(files: list[MessageFile]) -> list[str]:
    return [Path(file.path).name for file in files]


def read(part: Part) -> tuple[list[bytes], str, str | None]:
    """Lines, how reading ended, and the problem."""
    rows = [row for batch in read_part(part, HEADER, 0) for row in batch.to_pylist()]
    last = rows.pop()
    assert all(row["end"] is None for row in rows)
    return [row["text"] for row in rows], last["end"], last["problem"]


def whole(path: Path) -> Part:
    (file,), _ = find_files([str(path)])
    (part,) = parts_of(file, 2**25)
    return part


@pytest.mark.parametrize("name", STRANGE)
def test_the_path_of_an_existing_file_is_literal(tmp_path: Path, name: str) -> None:
    for decoy in ("va.csv", "vb.csv", "q sp1é.csv", "star1.csv", name):
        (tmp_path / decoy).write_text(decoy)
    part = whole(tmp_path / name)

    assert Path(part.file.path).name == name
    assert b"\n".join(read(part)[0]).decode() == name


def test_files_that_a_pattern_leaves_out_are_listed_with_the_reason(tmp_path: Path) -> None:
    for name in ("a.csv", "b.csv.gz", "notes.txt", "zip.csv", "m.zip", "utf16.csv", "plain.csv.gz", "[1].csv"):
        (tmp_path / name).write_text("id")
    (tmp_path / "b.csv.gz").write_bytes(gzip.compress(b"id"))
    (tmp_path / "zip.csv").write_bytes(b"PK\x03\x04")
    (tmp_path / "m.zip").write_bytes(b"PK\x03\x04")
    (tmp_path / "utf16.csv").write_text("id", encoding="utf-16")
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/M\xfcller.csv")).write_text("id")
    (tmp_path / "folder.csv").mkdir()
    os.mkfifo(tmp_path / "fifo.csv")
    (tmp_path / "dangling.csv").symlink_to("nowhere")
    (tmp_path / "loop.csv").symlink_to("loop.csv")
    (tmp_path / "again.csv").symlink_to("a.csv")

    files, skipped = find_files([str(tmp_path / "*"), str(tmp_path / "a.csv")])

    assert names(files) == ["M\udcfcller.csv", "[1].csv", "a.csv", "b.csv.gz", "plain.csv.gz"]
    assert files[0].shown == str(tmp_path / "M\\xfcller.csv")
    said = "\n".join(skipped)
    for name, reason in {
        "notes.txt": "not a .csv or .csv.gz file",
        "zip.csv": "ZIP archive",
        "m.zip": "unpack it: unzip",
        "utf16.csv": "iconv -f UTF-16",
        "folder.csv": "is a folder",
        "fifo.csv": "not a regular file",
        "dangling.csv": "No such file",
        "loop.csv": "symbolic links",
    }.items():
        assert any(f"/{name}" in line and reason in line for line in skipped), (name, said)
    assert names(find_files([str(tmp_path / "[1]*.csv")])[0]) == ["[1].csv"]
    assert names(find_files([str(tmp_path / "[ab].csv")])[0]) == ["a.csv"]


def test_files_with_the_same_name_get_different_labels(tmp_path: Path) -> None:
    for folder in ("2024", "2025"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "m.csv").write_text(folder)
    files, _ = find_files([str(tmp_path / "*" / "m.csv")])

    assert [file.label for file in files] == ["2024/m.csv", "2025/m.csv"]


@pytest.mark.parametrize(
    ("name", "problem"),
    [("absent.csv", "cannot be read here"), ("*.csv", "no file matches"), ("folder", "is a folder")],
)
def test_a_path_that_is_not_a_file_is_refused(tmp_path: Path, name: str, problem: str) -> None:
    (tmp_path / "folder").mkdir()
    with pytest.raises(FilesError, match=problem):
        find_files([str(tmp_path / name)])


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("\n\n", "the file is empty"),
        ("id,message_id\n", "the header lacks campaign_id, "),
        ("1,2\n", "names none of the columns"),
        ("{;}\n", "separated by semicolons"),
        ("{\t}\n", "separated by tabs"),
        ("sep=,\n{,}\n", "names a separator"),
        ("{,}\r1\r2\r", "end in CR alone"),
        ("i\0d\0", "NUL bytes"),
    ],
)
def test_an_unusable_header_is_refused(contract: Contract, tmp_path: Path, content: str, problem: str) -> None:
    columns = [column.name for column in contract.columns]
    for separator in ",;\t":
        content = content.replace(f"{{{separator}}}", separator.join(columns))
    path = tmp_path / "m.csv"
    path.write_text(content)
    (file,), _ = find_files([str(path)])
    with pytest.raises(FilesError, match=problem):
        read_header(file, contract)


@pytest.mark.parametrize("split_bytes", [1, 2, 3, 7, 10, 100])
@pytest.mark.parametrize("text", [b"", b"\n", b"a", b"a\nbb\nccc", b"aa\n\nb\n", b"x" * 25 + b"\ny\n" + b"z" * 9])
def test_parts_of_any_size_give_each_line_once(tmp_path: Path, text: bytes, split_bytes: int) -> None:
    path = tmp_path / "m.csv"
    path.write_bytes(text)
    (file,), _ = find_files([str(path)])
    found = [read(part) for part in parts_of(file, split_bytes)]

    assert {end for _, end, _ in found} == {DONE}
    assert b"\n".join(line for lines, _, _ in found for line in lines) == text.removesuffix(b"\n")


@pytest.mark.parametrize("split_bytes", [2**20, 3 * 2**20, 2**25])
def test_an_over_long_line_comes_in_pieces_whatever_the_size_of_the_parts(tmp_path: Path, split_bytes: int) -> None:
    """As in the producer (libs/platform/src/csv/csv-splitter.spec.ts)."""
    limit = 4 * 2**20
    long = (b"x" * 1023 + b",") * 9 * 1024
    path = tmp_path / "m.csv"
    path.write_bytes(b"a,b\n" + long + b"\nc,d\n" + b'"' * limit + b"\n" + b"y" * (limit + 1))
    (file,), _ = find_files([str(path)])
    rows = [
        row for part in parts_of(file, split_bytes) for batch in read_part(part, HEADER, 0) for row in batch.to_pylist()
    ]

    assert {row["end"] for row in rows} == {None, DONE}
    lines = [row for row in rows if row["end"] is None]
    pieces = [row["text"] for row in lines if row["fault"] is not None]
    assert [len(piece) for piece in pieces] == [limit, limit, 2**20, limit, 1]
    assert b"".join(pieces[:3]) == long
    assert [row["text"] for row in lines if row["fault"] is None] == [b"a,b", b"c,d", b'"' * limit]


#: Reads a file in a process of its own, and prints how many lines it has and how many MiB of memory that took.
READ_ALONE = """
import resource, sys
from messages_spark.file_parts import parts_of, read_part
from messages_spark.files import find_files
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
(file,), _ = find_files([sys.argv[1]])
lines = sum(len(batch) - 1 if batch["end"][-1].is_valid else len(batch)
            for part in parts_of(file, 2**25) for batch in read_part(part, ("id", "name"), 0))
print(lines, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
"""
MEBIBYTE = 2**20


@pytest.mark.parametrize(
    ("name", "before", "piece", "times", "lines"),
    [
        ("m.csv", b"", b"x" * MEBIBYTE, 100, 25),
        ("m.csv", b'"', b",\r" * (MEBIBYTE // 2), 100, 26),
        ("m.csv.gz", b"id,name\n", b"\0" * MEBIBYTE, 256, 65),
        ("m.csv.gz", b"", b"a\n" * (MEBIBYTE // 2), 4, 2 * MEBIBYTE),
    ],
)
def test_no_file_needs_much_memory(
    tmp_path: Path, name: str, before: bytes, piece: bytes, times: int, lines: int
) -> None:
    path = tmp_path / name
    with gzip.open(path, "wb", compresslevel=1) if name.endswith(".gz") else path.open("wb") as handle:
        handle.write(before)
        for _ in range(times):
            handle.write(piece)
    run = subprocess.run([sys.executable, "-c", READ_ALONE, str(path)], capture_output=True, text=True, check=True)
    found, used = map(int, run.stdout.split())

    assert found == lines
    assert used < 256


def gzipped(lines: int) -> bytes:
    return gzip.compress(b"".join(b"%d,%d\n" % (i, i * 7919) for i in range(lines)))


def test_a_gzip_file_is_read_like_gzip_reads_it(tmp_path: Path) -> None:
    path = tmp_path / "m.csv.gz"
    for behind in (b"", b"\0", b"\0" * 100_000, gzipped(0), b"\0" * 9 + gzipped(0)):
        path.write_bytes(gzipped(50_000) + behind)
        lines, end, problem = read(whole(path))
        assert (len(lines), end, problem) == (50_000, DONE, None)


def test_compression_is_detected_by_content_and_column_names_may_have_any_case(
    contract: Contract, tmp_path: Path
) -> None:
    columns = [column.name for column in contract.columns]
    text = ",".join(columns).upper() + "\n1,2\n"
    plain, zipped = tmp_path / "m.csv.gz", tmp_path / "m.csv"
    plain.write_text(text)
    zipped.write_bytes(gzip.compress(text.encode()))
    for path in (plain, zipped):
        part = whole(path)
        assert read_header(part.file, contract) == (tuple(columns), 1)
        assert read(part)[0] == text.encode().split()


@pytest.mark.parametrize("state", ["cut", "behind", "corrupt"])
def test_a_damaged_gzip_file_is_read_up_to_the_damage(tmp_path: Path, state: str) -> None:
    data = gzipped(50_000)
    path = tmp_path / "m.csv.gz"
    contents = {"cut": data[:-2000], "behind": data + b"garbage", "corrupt": data[:-5000] + b"\xff" * 5000}
    path.write_bytes(contents[state])
    lines, end, problem = read(whole(path))

    assert end == BROKEN
    assert 30_000 < len(lines) <= 50_000
    assert all(b"," in line for line in lines)
    said = {"cut": "in the middle of its compressed data", "behind": "not gzip data", "corrupt": "not valid gzip data"}
    assert said[state] in (problem or "")


def test_a_file_that_changes_while_it_is_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "m.csv"
    original = b"id\n" * 700_000

    def change(how: str) -> None:
        match how:
            case "truncated and written again":
                path.write_bytes(original)
            case "grown":
                with path.open("ab") as handle:
                    handle.write(b"half a li")
            case "replaced":
                other = tmp_path / "other"
                other.write_bytes(original)
                os.utime(other, ns=(0, path.stat().st_mtime_ns))
                other.rename(path)
            case "gone":
                path.unlink()

    for how in ("truncated and written again", "grown", "replaced", "gone"):
        path.write_bytes(original)
        os.utime(path, (1_700_000_000, 1_700_000_000))
        batches = read_part(whole(path), HEADER, 0)
        next(batches)
        change(how)
        (*_, last) = [row for batch in batches for row in batch.to_pylist()]
        assert last["end"] == REFUSED, how
        assert f"{path} changed while it was read" in last["problem"]
