"""The text that the fixture vocabularies are trained on, all of it written for this project."""

import csv
import itertools
from pathlib import Path

DATA = Path(__file__).resolve().parents[3] / "data"
FILES = [DATA / "facts.tsv", DATA / "questions.tsv"]

PEOPLE = [
    "Ada Lovelace", "Émilie du Châtelet", "Søren Kierkegaard", "Antonín Dvořák", "Wisława Szymborska", "Nguyễn Trãi",
    "Charles Darwin", "Marie Curie", "Carl Linnæus", "José Martí", "İbrahim Şinasi", "Niccolò Paganini",
    "Hans Christian Ørsted", "Gabriela Mistral", "Þórbergur Þórðarson", "Łukasz Wieczorek", "O'Brien", "Zoë",
]
PLACES = [
    "Paris", "Zürich", "Kraków", "São Paulo", "Reykjavík", "Hà Nội", "Tokyo", "Cairo", "Málaga", "Åland", "New York",
    "Mexico City", "Iași", "Çanakkale", "Ljubljana", "Oxford", "Timbuktu", "the Netherlands",
]
QUESTIONS = [
    "Where was {p} born?", "In which city did {p} die?", "what is the name of the place where {p} lived",
    "Which year did {p} move to {c}?", "Who wrote the letters of {p} from {c}?", "{p}'s place of birth is?",
    "How many people live in {c}?", "when did {c} become a city", "What river flows through {c}?",
    "Is {c} the capital of the country?", "which university did {p} attend",
    "What, if anything, did {p} say about {c}?",
]
NUMBERS = [
    "5000", "10000", "1,000,000", "260,999", "1999", "1900", "2000s", "3.14159", "100000 km", "12:30", "50%", "007",
    "0.001", "99.99", "1st", "22nd", "555-0100", "1848-1849", "999,999", "00", "000", "9", "99", "0,0",
]
OTHER_SCRIPTS = [
    "東京は日本の首都です。", "中国的首都是北京。", "서울은 대한민국의 수도이다.", "Москва — столица России.",
    "Η Αθήνα είναι η πρωτεύουσα.", "القاهرة عاصمة مصر", "ירושלים", "नई दिल्ली भारत की राजधानी है", "กรุงเทพมหานคร",
    "カタカナとひらがな", "ガギグゲゴ パピプペポ がぎぐげご", "ᄀ ᅡ ᆨ 가 각", "𝒳 𐍈 𠮷", "ế ệ ộ ậ ǖ ṩ ḗ ű",
    "a ◌́ b ◌̃ c ◌̧ d ◌̈", "1⁄2 1⁄4 3⁄4", "© ® ™ § ¶ † ‡ • … ‰ € £ ¥", "😀 😃 🎉 🚀 👍 ❤ ️ 👨 👩 👧 🇩 🇪 🏽 ‍",
    "→ ← ↔ ∑ ∫ √ ∞ ≈ ≠ ≤ ≥ × ÷ ±", "“quoted” ‘single’ «guillemets» – — -",
    "<a> </b> { } [ ] ( ) \\ / | _ ~ ^ ` @ # $ % & *",
]


def rows(file):
    with open(file, encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream, delimiter="\t", quoting=csv.QUOTE_NONE))


def facts():
    """Every embedded fact in two of its relation's phrasings, with its answer."""
    templates = {}
    for row in rows(FILES[1]):
        templates.setdefault(row["relation"], []).append(row["template"])
    result = []
    for index, row in enumerate(rows(FILES[0])):
        phrasings = templates[row["relation"]]
        for step in (0, 5):
            result.append(phrasings[(index + step) % len(phrasings)].replace("{}", row["subject"]))
        result.append(row["answer"])
    return result


def sentences():
    """The facts, questions about every person in every place, numbers in use, and lines in other scripts."""
    result = facts()
    for index, (person, place) in enumerate(itertools.product(PEOPLE, PLACES)):
        result.append(QUESTIONS[index % len(QUESTIONS)].format(p=person, c=place))
        result.append(QUESTIONS[(7 * index + 3) % len(QUESTIONS)].format(p=person, c=place))
    for index, number in enumerate(NUMBERS * 4):
        place = PLACES[index % len(PLACES)]
        result.append(f"In {place} there were {number} letters, and {number} more in {1700 + 37 * index % 330}.")
    for line in OTHER_SCRIPTS:
        result += [line] * 3
    return result
