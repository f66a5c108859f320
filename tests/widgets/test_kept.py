"""A result is found again only when what it is made of is another object."""

from __future__ import annotations

from napari_disentangle.widgets._kept import Kept


class Finder:
    def __init__(self) -> None:
        self.times = 0

    def __call__(self) -> int:
        self.times += 1
        return self.times


def test_the_same_objects_give_the_same_result_without_finding_it_again() -> None:
    finder = Finder()
    kept = Kept(finder)
    table = [1]
    assert [kept.of(table, None), kept.of(table, None)] == [1, 1]
    assert finder.times == 1


def test_equal_objects_are_not_the_same_objects() -> None:
    kept = Kept(Finder())
    assert [kept.of([1]), kept.of([1])] == [1, 2]


def test_each_input_counts_and_only_the_last_result_is_kept() -> None:
    kept = Kept(Finder())
    a, b, c = [1], [2], [3]
    assert [kept.of(a, b), kept.of(a, c), kept.of(a, b)] == [1, 2, 3]


def test_an_input_is_held_so_that_no_new_object_takes_its_place() -> None:
    kept = Kept(Finder())
    assert all(kept.of([n]) == n + 1 for n in range(100))


def test_a_result_of_none_and_of_no_inputs_is_kept_as_well() -> None:
    finder = Finder()

    def none() -> None:
        finder()

    kept = Kept(none)
    assert kept.of() is None
    assert kept.of() is None
    assert finder.times == 1
