"""How texts are cut, and that whatever stands in one is found by it."""

import json
import sqlite3
import sys
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as some

from api.search.cutting import HAN, LONGEST_PIECE, RUN, asked_words, cut, edition
from scripts.search_words import TARGET, words

SENTENCES = (
    "小区电梯经常停运,请物业尽快维修",
    "世纪花园3号楼缺一名上门理发的师傅",
    "老年人助餐点想借用党群服务中心的活动室",
    "清华水泥厂小区家属院的下水道堵塞",
    "Haircuts at home for residents over 70, Tuesdays",
    "WiFi信号弱,想装ETC充电桩2个",
    "南京市长江大桥下的北京东路",
)


def found_by(text: str, question: str) -> bool:
    pieces = cut(text).pieces
    return all(
        any(has.startswith(piece) if word.prefix else has == piece for has in pieces)
        for word in asked_words(question)
        for piece in word.pieces
    )


def test_what_stands_nowhere_is_not_found() -> None:
    text = SENTENCES[0]
    for question in ("理发", "梯电", "电梯理发", "lift", "3", "停运维护"):
        assert not found_by(text, question), question


def test_a_number_is_found_as_a_whole_and_a_word_in_letters_by_its_beginning() -> None:
    assert found_by("120 meals", "120")
    assert found_by("120 meals", "meal")
    assert not found_by("120 meals", "12")
    assert not found_by("120 meals", "eals")
    assert not found_by("a lamp", "l")


def test_words_of_two_characters_are_found_however_the_text_is_cut() -> None:
    for text in SENTENCES:
        for run in (run[0] for run in RUN.finditer(text) if run[1]):
            for place in range(len(run) - 1):
                assert found_by(text, run[place : place + 2]), run[place : place + 2]


def test_words_stand_in_any_order_and_are_cut_from_one_another() -> None:
    assert [word.text for word in asked_words("维修电梯")] == ["维修", "电梯"]
    for question in ("电梯停运", "电梯维修", "经常停运"):
        assert found_by(SENTENCES[0], question), question
    assert found_by(SENTENCES[0], "维修电梯")
    assert found_by(SENTENCES[1], "理发 世纪花园")


def test_case_and_width_make_no_difference() -> None:
    assert found_by(SENTENCES[5], "wifi")
    assert found_by(SENTENCES[5], "WIFI 2个")
    assert found_by("第2号楼", "2号楼")


def test_what_nobody_sees_tears_no_word() -> None:
    assert found_by("电\u200b梯停\ufeff运", "电梯 停运")
    assert found_by("电梯与wheel\u00adchair", "电\u2060梯 wheelchair")


def test_what_tells_nothing_is_left_out_beside_what_tells_something() -> None:
    assert [word.text for word in asked_words("停运的电梯")] == ["停运", "电梯"]
    assert [word.text for word in asked_words("the lift at home")] == ["lift", "home"]
    assert [word.text for word in asked_words("的")] == ["的"]


def test_there_may_be_no_word_at_all() -> None:
    assert asked_words(" ,。!?《》%_*'\"\\ \x00 😀") == ()
    assert cut("😀").pieces == ()


def test_names_and_services_of_our_domain_are_words() -> None:
    for word in ("老槐庄", "世纪花园", "柳岸华都", "助餐", "助浴", "义剪"):
        assert word in words()
        assert word in cut(f"请到{word}去看看").words


def test_the_file_of_words_is_that_of_the_seeds_and_names_nobody() -> None:
    assert TARGET.read_text("utf-8").split() == words()
    people = json.loads(Path("seeds/data/people.json").read_text("utf-8"))
    names = {person["name"]["zh"].removeprefix("演示·") for person in people}
    assert len(names) > 30
    assert not names & set(words())


def test_a_long_word_counts_by_its_beginning() -> None:
    text = "x" * 5_000
    assert cut(text).pieces == ("x" * LONGEST_PIECE,)
    assert found_by(text, "x" * 100)


def test_the_edition_stays_as_long_as_nothing_changes() -> None:
    assert edition() == edition()
    assert len(edition()) == 16


def test_the_index_of_sqlite_takes_every_letter_and_digit_as_part_of_a_word() -> None:
    every = [sign for sign in map(chr, range(sys.maxunicode + 1)) if sign.isalnum()]
    pieces = cut(" ".join(every)).pieces
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE VIRTUAL TABLE x USING fts5(pieces, tokenize='ascii', detail=none)")
    connection.execute("CREATE VIRTUAL TABLE terms USING fts5vocab(x, row)")
    connection.execute("INSERT INTO x VALUES (?)", (" ".join(pieces),))
    assert {row[0] for row in connection.execute("SELECT term FROM terms")} == set(pieces)
    connection.close()


@given(some.text(alphabet=some.sampled_from("电梯维修小区老人理发世纪花园的在ab1 ,"), max_size=60), some.data())
def test_any_part_of_a_text_finds_it(text: str, data: some.DataObject) -> None:
    runs = [run[0] for run in RUN.finditer(text.casefold()) if run[1]]
    if not runs:
        return
    run = data.draw(some.sampled_from(runs))
    start = data.draw(some.integers(0, len(run) - 1))
    part = run[start : data.draw(some.integers(start + 1, len(run)))]
    assert set(part) <= set(run)
    assert found_by(text, part)


@given(some.text(max_size=200))
def test_pieces_are_letters_and_digits_alone(text: str) -> None:
    for piece in (*cut(text).pieces, *(piece for word in asked_words(text) for piece in word.pieces)):
        assert RUN.fullmatch(piece)
        assert 0 < len(piece) <= LONGEST_PIECE


def test_the_characters_of_chinese_are_those_that_are_cut_by_words() -> None:
    assert HAN.startswith("\u3007")
    assert cut("㐀〇𠀀").pieces[:3] == ("㐀", "〇", "𠀀")
