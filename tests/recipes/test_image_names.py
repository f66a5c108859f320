from __future__ import annotations

from napari_disentangle.recipes.image_names import names_apart, shared_names_text


def test_images_of_one_name_get_their_key_but_for_the_first() -> None:
    names = names_apart(["a", "b", "a", "c", "b"], ["1", "2", "3", "4", "5"])
    assert names == ["a", "b#2", "a#3", "c", "b#5"]


def test_the_same_image_twice_has_one_name() -> None:
    assert names_apart(["a", "a"], ["1", "1"]) == ["a", "a"]
    assert names_apart(["b", "a", "a"], ["1", "2", "2"]) == ["b", "a#2", "a#2"]


def test_a_name_of_several_images_is_told_with_their_number() -> None:
    text = shared_names_text(["a", "b", "a", "c", "c", "c"])
    assert text.startswith("Several images have one name: a (2), c (3). ")
    assert shared_names_text(["a", "b"]) == shared_names_text([]) == ""
