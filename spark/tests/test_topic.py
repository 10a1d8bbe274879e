"""What is behind, what is gone, and what the driver has to read."""

from messages_spark.odd_timestamps import cut
from messages_spark.skipped import deleted_ranges
from messages_spark.topic import lag


def test_what_was_deleted_is_not_waited_for() -> None:
    beginnings, ends = {0: 0, 1: 100, 2: 7}, {0: 10, 1: 100, 2: 9}
    assert lag((beginnings, ends), {0: 4}) == 6 + 0 + 2
    assert lag((beginnings, ends), {0: 12, 1: 100, 2: 9}) == 0


def test_ranges_that_were_deleted_unread() -> None:
    assert deleted_ranges({0: 4, 1: 60, 2: 7}, {0: 0, 1: 100, 2: 7, 3: 5}) == {1: (60, 100)}
    assert deleted_ranges({}, {0: 5}) == {}


def test_the_driver_reads_odd_records_and_what_lies_close_to_them() -> None:
    assert cut(5, 5, []) == ([], [])
    assert cut(0, 10, [3, 4, 9]) == ([(0, 10)], [])
    assert cut(0, 10_000, []) == ([], [(0, 10_000)])
    assert cut(0, 10_000, [5000]) == ([(5000, 5001)], [(0, 5000), (5001, 10_000)])
    assert cut(0, 10_000, [5000, 5002, 9999, 10_000, -1]) == ([(5000, 5003), (9999, 10_000)], [(0, 5000), (5003, 9999)])
    assert cut(100, 200_100, range(100, 200_100, 3000)) == ([(100, 200_100)], [])


def test_each_offset_is_read_once() -> None:
    for odd in ([0], [7000], [2000, 2001, 6500], list(range(0, 9000, 1999))):
        by_hand, by_spark = cut(0, 9000, odd)
        covered = [offset for begin, end in by_hand + by_spark for offset in range(begin, end)]
        assert sorted(covered) == list(range(9000))
        assert not [offset for begin, end in by_spark for offset in odd if begin <= offset < end]
