"""Short numbers: what is misheard or copied wrongly is refused, never taken for another."""

import random

import pytest

from api.identifiers import grouped_number, new_number, read_number

NUMBERS = [new_number() for _ in range(200)]


def test_no_single_wrong_digit_and_no_swap_of_neighbours_is_a_number() -> None:
    for number in NUMBERS[:50]:
        for at in range(10):
            wrong = [number[:at] + digit + number[at + 1 :] for digit in "0123456789" if digit != number[at]]
            assert [each for each in wrong if read_number(each) is not None] == []
            if at and number[at - 1] != number[at]:
                swapped = number[: at - 1] + number[at] + number[at - 1] + number[at + 1 :]
                assert read_number(swapped) is None


def test_one_in_ten_of_what_is_made_up_passes_the_check_and_no_more() -> None:
    chance = random.Random("numbers")
    made_up = [str(chance.randrange(10**9, 10**10)) for _ in range(20_000)]
    passed = sum(read_number(each) is not None for each in made_up)
    assert 0.09 < passed / len(made_up) < 0.11


@pytest.mark.parametrize(
    "text", ["", "1", "0" * 10, "0000000000 ", "x" * 10, "12345678901", "一二三四五六七八九十", "²" * 10, "9" * 5000]
)
def test_what_is_no_number_is_refused(text: str) -> None:
    assert read_number(text) is None


def test_a_number_is_ten_digits_all_different_and_does_not_begin_with_0() -> None:
    assert len(set(NUMBERS)) == len(NUMBERS)
    assert all(len(each) == 10 and each.isdigit() and each[0] != "0" for each in NUMBERS)


def test_a_number_may_be_typed_as_it_is_printed() -> None:
    number = NUMBERS[0]
    wide = "".join(chr(ord(digit) + 0xFEE0) for digit in number)
    dashed = "-".join(grouped_number(number).split())
    for typed in (number, grouped_number(number), f"  {dashed} ", wide, " ".join(number)):
        assert read_number(typed) == number
