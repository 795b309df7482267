"""Random Unicode strings that the tests make too (RandomText.swift), so that only checksums need be kept."""

MASK = (1 << 64) - 1
LITERALS = ["[CLS]", "[SEP]", "[MASK]", "[PAD]", "[UNK]", "born", "##", "  ", "\r\n", "İ", "ß"]
RANGES = [
    (0x20, 0x7F), (0x61, 0x7B), (0x41, 0x5B), (0x61, 0x7B), (0x00, 0x20), (0x80, 0x250), (0x300, 0x370), (0x370, 0x590),
    (0x590, 0x900), (0x900, 0x1100), (0x1100, 0x1200), (0x1AB0, 0x2070), (0x2070, 0x2C00), (0x3000, 0x3400),
    (0x4E00, 0x9FFF), (0xAC00, 0xD7A4), (0xE000, 0x10000), (0x10000, 0x12000), (0x1D100, 0x1D200), (0x1F300, 0x1FB00),
    (0x20000, 0x2FA20), (0x0, 0xD800), (0xE000, 0x110000),
]


def splitmix(state):
    """Numbers of 64 bits without end (Steele, Lea and Flood, 2014)."""
    while True:
        state = (state + 0x9E3779B97F4A7C15) & MASK
        bits = state
        bits = ((bits ^ (bits >> 30)) * 0xBF58476D1CE4E5B9) & MASK
        bits = ((bits ^ (bits >> 27)) * 0x94D049BB133111EB) & MASK
        yield bits ^ (bits >> 31)


def random_strings(count):
    numbers = splitmix(2023)
    result = []
    for _ in range(count):
        text = ""
        for _ in range(1 + next(numbers) % 24):
            kind = next(numbers) % (len(RANGES) + 2)
            if kind >= len(RANGES):
                text += LITERALS[next(numbers) % len(LITERALS)]
            else:
                low, high = RANGES[kind]
                text += chr(low + next(numbers) % (high - low))
        result.append(text)
    return result


def checksum(data):
    """FNV-1a of 32 bits, in hexadecimal."""
    value = 0x811C9DC5
    for byte in data:
        value = ((value ^ byte) * 0x01000193) & 0xFFFFFFFF
    return f"{value:08x}"
