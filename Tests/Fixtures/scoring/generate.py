"""Writes answers.json: pairs of answers with the scores that the published rules give them.

    python generate.py

Needs Python 3.8 or later and nothing else; the same bytes each time. The rules are written out here from their
descriptions: SQuAD's normalisation, F1 and exact match (Rajpurkar et al. 2016, evaluate-v1.1.py; two answers without
words agree, as from evaluate-v2.0.py on), and the F1 over token ids of the published GRACE code.
"""

import collections
import json
import pathlib
import random
import re
import string


def normalise(text):
    text = "".join(character for character in text.lower() if character not in set(string.punctuation))
    text = re.sub(r"\b(a|an|the)\b", " ", text)
    return " ".join(text.split())


def f1(given, truth):
    given, truth = normalise(given).split(), normalise(truth).split()
    if not given or not truth:
        return float(given == truth)
    same = sum((collections.Counter(given) & collections.Counter(truth)).values())
    if same == 0:
        return 0.0
    precision, recall = same / len(given), same / len(truth)
    return 2 * precision * recall / (precision + recall)


def bag_f1(given, truth):
    """F1 over token ids as over words."""
    if not given or not truth:
        return float(given == truth)
    same = sum((collections.Counter(given) & collections.Counter(truth)).values())
    return 2 * same / (len(given) + len(truth))


def official_f1(given, truth):
    """Distinct common ids over the lengths of the lists, `</s>` included. The code squeezes its tensors, so a list of
    one has no length, which it takes for a score of 0."""
    if len(given) < 2 or len(truth) < 2:
        return 0.0
    same = len(set(given) & set(truth))
    if same == 0:
        return 0.0
    precision, recall = same / len(given), same / len(truth)
    return 2 * precision * recall / (precision + recall)


# What a generated answer and the accepted ones may look like. Escapes keep what cannot be seen.
TEXTS = [
    ("Paris", ["Paris"]),
    ("paris", ["Paris"]),
    ("Paris, France", ["Paris"]),
    ("The Beatles", ["Beatles"]),
    ("the the the", ["a"]),
    ("a", ["an", "the"]),
    ("The", ["Thé"]),
    ("An apple a day", ["apple day"]),
    ("anthem", ["them"]),
    ("banana", ["bnn"]),
    ("theatre", ["atre"]),
    ("A-Team", ["ateam"]),
    ("a-team", ["team"]),
    ("a_team", ["ateam"]),
    ("x_a", ["xa"]),
    ("vitamin A", ["vitamin"]),
    ("vitamin a", ["vitamin a"]),
    ("a1", ["1"]),
    ("a 1", ["1"]),
    ("the 1990s", ["1990s"]),
    ("the1990s", ["1990s"]),
    ("", [""]),
    ("", ["Paris"]),
    ("Paris", [""]),
    ("!!!", ["..."]),
    ("!!!", ["the"]),
    ("the", ["word"]),
    (" ", ["\t"]),
    ("U.S.A.", ["USA"]),
    ("U. S. A.", ["USA"]),
    ("U. S. A.", ["U S A"]),
    ("O'Neill", ["oneill"]),
    ("O\u2019Neill", ["O'Neill"]),
    ("rock 'n' roll", ["rock n roll"]),
    ("AC/DC", ["ACDC"]),
    ("$5", ["5"]),
    ("5 %", ["5%"]),
    ("\u20ac5", ["5"]),
    ("3.14", ["314"]),
    ("1,000", ["1000"]),
    ("1\u2013 2", ["1 2"]),
    ("\u201cquoted\u201d", ["quoted"]),
    ("\u00abthe\u00bb", ["\u00ab \u00bb"]),
    ("(the) end", ["end"]),
    ("a\nb", ["b"]),
    ("a\tb", ["b"]),
    ("one\u00a0two", ["one two"]),
    ("one\u2003two", ["one two"]),
    ("one\u200btwo", ["one two"]),
    ("one\u200btwo", ["onetwo"]),
    ("one\u001ctwo", ["one two"]),
    ("one\u0085two", ["one two"]),
    ("one\r\ntwo", ["one two"]),
    ("one\u2028two", ["one two"]),
    ("one\u3000two", ["one two"]),
    ("one\ufefftwo", ["one two"]),
    ("Beyonc\u00e9", ["beyonc\u00e9"]),
    ("Beyonc\u00e9", ["Beyonce"]),
    ("Beyonce\u0301", ["Beyonc\u00e9"]),
    ("a\u0301", ["\u0301"]),
    ("\u00e1", ["a"]),
    ("a \u0301b", ["b"]),
    ("STRASSE", ["Stra\u00dfe"]),
    ("STRA\u1e9eE", ["stra\u00dfe"]),
    ("\u0130stanbul", ["istanbul"]),
    ("\u0130stanbul", ["i\u0307stanbul"]),
    ("I", ["\u0131"]),
    ("\u039f\u0394\u039f\u03a3", ["\u03bf\u03b4\u03cc\u03c2"]),
    ("\u039f\u0394\u039f\u03a3", ["\u03bf\u03b4\u03bf\u03c2"]),
    ("\u039f\u0394\u039f\u03a3", ["\u03bf\u03b4\u03bf\u03c3"]),
    ("\u039f\u0394\u039f\u03a3 \u0391", ["\u03bf\u03b4\u03bf\u03c2 \u03b1"]),
    ("\u039f\u0394\u039f\u03a3'", ["\u03bf\u03b4\u03bf\u03c2"]),
    ("\u039f\u03a3'\u0391", ["\u03bf\u03c3\u03b1"]),
    ("\u03a3", ["\u03c3"]),
    ("\u03a3\u03a3", ["\u03c3\u03c2"]),
    ("1\u03a3", ["1\u03c3"]),
    ("\u041c\u043e\u0441\u043a\u0432\u0430", ["\u041c\u041e\u0421\u041a\u0412\u0410"]),
    ("\u0430", ["a"]),
    ("the \u0430", ["\u0430"]),
    ("\u6771\u4eac", ["\u6771\u4eac"]),
    ("\u6771\u4eac", ["\u6771 \u4eac"]),
    ("a\u6771\u4eac", ["\u6771\u4eac"]),
    ("a \u6771\u4eac", ["\u6771\u4eac"]),
    ("\u6771\u4eac\u3002", ["\u6771\u4eac"]),
    ("\u0939\u093f\u0928\u094d\u0926\u0940 the", ["\u0939\u093f\u0928\u094d\u0926\u0940"]),
    ("\u0939\u093fthe", ["\u0939\u093f "]),
    ("the\u093f", ["\u093f"]),
    ("a\u0e31", ["\u0e31"]),
    ("\u0645\u0635\u0631 a", ["\u0645\u0635\u0631"]),
    ("\u05ea\u05dc \u05d0\u05d1\u05d9\u05d1", ["\u05ea\u05dc-\u05d0\u05d1\u05d9\u05d1"]),
    ("a\u00b2", ["\u00b2"]),
    ("a\u2460", ["\u2460"]),
    ("a\u2167", ["\u2167"]),
    ("a\u00bd", ["\u00bd"]),
    ("a\u0663", ["\u0663"]),
    ("a\u24b6", ["\u24d0"]),
    ("a\u2122", ["\u2122"]),
    ("a\u00aa", ["\u00aa"]),
    ("a\U0001d7d9", ["\U0001d7d9"]),
    ("a\U0001f600", ["\U0001f600"]),
    ("\U0001f600 the \U0001f600", ["\U0001f600 \U0001f600"]),
    ("the\u200d", ["\u200d"]),
    ("\ufb01lm", ["film"]),
    ("\u01c5", ["\u01c6"]),
    ("New York City", ["New York", "New York City", "NYC"]),
    ("New York City", ["York New City"]),
    ("New New York", ["New York York"]),
    ("to be or not to be", ["be or be or be"]),
    ("June 4, 1989", ["4 June 1989"]),
    ("June 4, 1989", ["June 1989", "1989"]),
    ("Winston Churchill", ["Sir Winston Leonard Spencer Churchill"]),
    ("one", ["two", "three", "four"]),
    ("one two", ["two three", "one two three four", "two"]),
]

WORDS = (
    "a an the A The THE of in Paris paris Paris, London (London) Rhine-Ruhr U.S. 1969 1,000 Beyonc\u00e9 na\u00efve "
    "\u00c9cole \u6771\u4eac \u041c\u043e\u0441\u043a\u0432\u0430 'the' the. \u201cthe\u201d a/b theatre an-the and"
).split()
SPACES = [" ", " ", " ", "  ", "\t", "\u00a0", ", ", " - ", "\u2014"]


def drawn(random_numbers):
    """An answer and accepted ones out of words and separators, drawn so that they overlap."""

    def text(most):
        words = random_numbers.choices(WORDS, k=random_numbers.randrange(most + 1))
        return "".join(word + random_numbers.choice(SPACES) for word in words)

    given = text(6)
    truths = [text(6) for _ in range(random_numbers.randrange(1, 4))]
    if random_numbers.random() < 0.4:
        words = given.split()
        random_numbers.shuffle(words)
        truths.append(" ".join(words))
    return given, truths


def tokens(random_numbers):
    """Two lists of token ids, most with `</s>` (1) at the end."""

    def ids():
        end = [1] if random_numbers.random() < 0.8 else []
        return [random_numbers.randrange(2, 9) for _ in range(random_numbers.randrange(7))] + end

    given, truth = ids(), ids()
    return given, list(given) if random_numbers.random() < 0.1 else truth


def main():
    random_numbers = random.Random(20)
    texts = TEXTS + [drawn(random_numbers) for _ in range(100)]
    answers = [
        {
            "given": given,
            "truths": truths,
            "normalised": normalise(given),
            "f1": max(f1(given, truth) for truth in truths),
            "exact": max(normalise(given) == normalise(truth) for truth in truths),
        }
        for given, truths in texts
    ]
    lists = [([], []), ([1], [1]), ([1], [5, 1]), ([5, 1], [1]), ([5, 5, 1], [5, 1]), ([2, 3], [3, 2])]
    lists += [tokens(random_numbers) for _ in range(60)]
    overlaps = [
        {"given": given, "truth": truth, "f1": bag_f1(given, truth), "official": official_f1(given, truth)}
        for given, truth in lists
    ]

    def rows(items):
        return "[\n" + ",\n".join("  " + json.dumps(item) for item in items) + "\n]"

    contents = f'{{"answers": {rows(answers)},\n"overlaps": {rows(overlaps)}}}\n'
    (pathlib.Path(__file__).parent / "answers.json").write_text(contents, encoding="ascii")
    print(len(answers), "answers,", len(overlaps), "overlaps")


if __name__ == "__main__":
    main()
