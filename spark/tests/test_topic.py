"""Lag, deleted records, and records that the driver reads itself."""

from messages_spark.odd_timestamps import rows_of
from messages_spark.skipped import deleted_ranges
from messages_spark.topic import lag


def test_deleted_records_do_not_count_as_lag() -> None:
    beginnings, ends = {0: 0, 1: 100, 2: 7}, {0: 10, 1: 100, 2: 9}
    assert lag((beginnings, ends), {0: 4}) == 6 + 0 + 2
    assert lag((beginnings, ends), {0: 12, 1: 100, 2: 9}) == 0


def test_ranges_deleted_before_they_were_read() -> None:
    assert deleted_ranges({0: 4, 1: 60, 2: 7}, {0: 0, 1: 100, 2: 7}) == {1: (60, 100)}
    assert deleted_ranges({}, {0: 5}) == {}
    assert deleted_ranges(None, {0: 5}) == {}


def test_an_added_partition_is_read_from_its_first_offset() -> None:
    assert deleted_ranges({0: 4, 1: 100}, {0: 0, 1: 100, 2: 3}) == {2: (0, 3)}


def _as_client_writes(offset: int, key: str | None, value: str | None, headers: str = "") -> str:
    sizes = [-1 if text is None else len(text) for text in (key, value)]
    texts = ["null" if text is None else text for text in (key, value)]
    return (
        f"ConsumerRecord(topic = t, partition = 0, leaderEpoch = 0, offset = {offset}, CreateTime = {2**63 - 1}, "
        f"serialized key size = {sizes[0]}, serialized value size = {sizes[1]}, "
        f"headers = RecordHeaders(headers = [{headers}], isReadOnly = false), key = {texts[0]}, value = {texts[1]})"
    )


def test_records_are_parsed_from_their_text_form() -> None:
    odd = "), ConsumerRecord(topic = t, value = null)\n\xff\0"
    header = "RecordHeader(key = {}, value = {})".format
    texts = [
        _as_client_writes(7, "7", '{"id":7}'),
        _as_client_writes(8, odd, odd),
        _as_client_writes(9, None, None, header("trace, value = 1", "[0, -1, 65]") + ", " + header("", "null")),
        _as_client_writes(12, "", "", header("none", "[]")),
    ]
    time, data = 2**63 - 1, odd.encode("latin-1")
    assert rows_of(f"[{', '.join(texts)}]") == [
        (7, time, b"7", b'{"id":7}', []),
        (8, time, data, data, []),
        (9, time, None, None, [{"key": "trace, value = 1", "value": b"\0\xffA"}, {"key": "", "value": None}]),
        (12, time, b"", b"", [{"key": "none", "value": b""}]),
    ]


def test_ambiguous_text_is_not_parsed() -> None:
    for name in ("a(b", "a], isReadOnly = false), key = "):
        text = _as_client_writes(1, "k", "v", f"RecordHeader(key = {name}, value = [1])")
        assert rows_of(f"[{_as_client_writes(0, 'k', 'v')}, {text}]") is None
