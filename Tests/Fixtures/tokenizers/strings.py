"""The strings whose ids are recorded, by what they are about."""

import unicodedata

import corpus

SPECIAL = [
    "</s>", "<pad>", "<unk>", "<extra_id_0>", "<extra_id_7>", "<extra_id_99>", "<extra_id_100>", "<extra_id_007>",
    "<extra_id_", "extra_id_7>", "<s>", "a</s>b", "a </s> b", "Where</s>", "</s></s>", "Where </s>", "<unk> was <pad>",
    "Paris <extra_id_0> of <extra_id_1> .", "Paris<extra_id_0>of", "<extra_id_1><extra_id_2>", " <extra_id_7> ",
    "<extra_id_7>\n<extra_id_8>", "</s", "< /s>", "</S>", "<EXTRA_ID_7>", "</s>\u0301", "<<extra_id_7>>",
    "<extra_id_77>7",
    "＜/s＞", "＜extra＿id＿3＞", "＜unk＞x", "x＜unk＞", "＜pad＞", "<extra_id_\u200b7>", "Where<pad><pad>",
]
SPACES = [
    "", " ", "   ", "\t", "\n", "\r\n", "\u00a0", "\u3000", "\u200b", " Where", "Where ", "  Where   was  ", "a\tb",
    "a\nb", "a\r\nb", "a\u00a0b", "a\u3000b", "a\u2003b", "a\u2028b", "a\u2029b", "a\u0085b", "a\u1680b", "a\u202fb",
    "a\u205fb", "a\u000bb", "a\u000cb", "a\u200bb", "a\u200cb", "a\u200db", "a\u200eb", "a\u2060b", "a\ufeffb",
    "\ufeffa",
    "a\u00adb", "a\u0000b", "a\u0007b", "a\u001fb", "a\u007fb", "a\ufffdb", "▁", "▁▁", "a▁b", "▁a", "a ▁ b",
    "Where▁was",
    "\ufe0f", "a\u180eb",
]
UNICODE = [
    "ﬁnal oﬃce", "①②③", "½ of ¼", "ＦＵＬＬ　ｗｉｄｔｈ", "ｶﾀｶﾅ", "ｶﾞｷﾞ", "ﾊﾟﾋﾟ", "か\u3099", "カ\u3099", "ｶ\u3099", "K elvin",
    "Å ngstrom",
    "e\u0301", "e\u0302\u0301", "e\u0301\u0302", "a\u0323\u0302", "s\u0323\u0307", "ﬁ\u0301", "ａ\u0301", "½\u0301",
    "u\u0308\u0304",
    "\u0301", "\u0301a", "a \u0301 b", "x\u0301", "x\u0301\u0302\u0303", "q\u0307\u0323", "\u1100\u1161",
    "\u1100\u1161\u11a8", "가\u11a8", "각",
    "İstanbul", "i\u0307", "ǆ", "ß", "ẞ", "ſt", "ĳ", "ŉ", "ﷺ", "㍿", "㎏", "℡", "№", "™", "x² + y³", "H₂O", "ªº",
    "東京は日本の首都です。", "北京 2008", "서울", "Москва", "Αθήνα", "القاهرة", "עִבְרִית", "नई दिल्ली", "क्ष", "กรุงเทพ", "𠮷野",
    "𝒳𝓎", "𐍈", "\u2f00",
    "\uf900", "😀", "😀😃", "a😀b", "👍🏽", "👨\u200d👩\u200d👧", "🇩🇪", "🇩🇪🇩", "❤️", "1️⃣", "🏴\u200d☠️", "\U000e0041",
    "\U0010ffff", "\ue000",
    "“quoted” ‘single’", "…", "a…b", "–—―", "·", "ʻokina", "٠١٢", "१२३", "〜～∼", "＿", "￥", "ﾞ", "ー", "㌀",
]
UNKNOWN = [
    "☃", "☃☃", "☃ ☃", "a☃b", "☃a☃", "ꙮ", "ꙮꙮ ꙮ", "Where ☃ was", "☃?", "ꙮꙮꙮꙮꙮꙮꙮꙮ", "𓀀𓀁", "aꙮ\u0301", "☃<extra_id_0>☃",
    "☃</s>",
]
NUMBERS = ["0" * n for n in range(1, 9)] + ["9" * n for n in range(2, 7)] + [
    "5000", "50000", "260,999", "1,000,000", "10,000,000", "100,000,000", "9999,9999", "0,0,0,0", "1990000", "3.14159",
    "2000", "1900s", "999,999,999", "1000000000",
]
ENGLISH = [
    "Where was Ada Lovelace born?", "who wrote the letters", "What river flows through São Paulo?", "The Netherlands",
    "it's", "don't you?", "a.b.c", "U.S.A.", "(in Paris)", "e-mail@example.org", "https://example.org/a?b=c&d=e",
    "WHERE WAS CHARLES DARWIN BORN", "antidisestablishmentarianism", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    "abababababababab",
    "x" * 200, "In which city did Wisława Szymborska die, and who wrote her letters from Zürich, if anyone?",
    "Which year did Antonín Dvořák move to New York and what is the name of the place where he lived before?",
    " . , ! ? ", "a . b , c ! d ? e n't f 's g 've h 're i 'm j ' k", "\\n \\t \"", "<a href='b'>c</a>",
    "{}[]|~^`@#$%&*",
]


def strings():
    """All strings, each once, in order."""
    forms = [unicodedata.normalize(form, text) for text in corpus.PEOPLE + corpus.PLACES for form in ("NFC", "NFD")]
    lines = [unicodedata.normalize("NFD", line) for line in corpus.OTHER_SCRIPTS]
    return list(dict.fromkeys(ENGLISH + NUMBERS + SPACES + SPECIAL + UNICODE + UNKNOWN + forms + lines))
