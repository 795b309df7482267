/// The normalisation that a SentencePiece vocabulary carries (`precompiled_charsmap`), applied as `transformers` does.
///
/// Format: the size of a trie in bytes (little endian, 4 bytes), the trie as a Darts double array of 4-byte units, then
/// the replacements, each ended by a zero. The trie leads from the UTF-8 of a text to the offset of its replacement.
///
/// libsentencepiece always replaces the longest match. `transformers` (its Rust crate spm_precompiled) goes by
/// grapheme clusters: a cluster below 6 bytes is replaced whole by what its *shortest* matching prefix stands for, and
/// every other cluster is replaced scalar by scalar. So `e` with circumflex and acute loses the acute there and not
/// here. The ids must be those of `transformers`, hence its rule.
struct CharacterMap: Sendable {
    private let units: [UInt32]
    private let replacements: [UInt8]

    /// Clusters of this many bytes and more are not looked up whole.
    private static let wholeClusterLimit = 6

    init(_ bytes: [UInt8], name: String) throws {
        let header = MemoryLayout<UInt32>.size
        guard bytes.count > header else {
            throw TokenizerError.characterMap(file: name, reason: "\(bytes.count) bytes, expected more than \(header)")
        }
        func unit(at offset: Int) -> UInt32 {
            (0..<header).reduce(0) { $0 | UInt32(bytes[offset + $1]) << UInt32(8 * $1) }
        }
        let size = Int(unit(at: 0))
        guard size >= header, size.isMultiple(of: header), size < bytes.count - header else {
            throw TokenizerError.characterMap(
                file: name, reason: "a trie of \(size) bytes in a table of \(bytes.count) bytes")
        }
        units = stride(from: header, to: header + size, by: header).map(unit)
        replacements = Array(bytes[(header + size)...])
    }

    /// UTF-8 of a text after normalisation.
    func normalize(_ text: String) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(text.utf8.count + 8)
        for character in text {
            let bytes = character.utf8
            if bytes.count < Self.wholeClusterLimit, let replacement = replacement(for: bytes) {
                result.append(contentsOf: replacement)
                continue
            }
            for scalar in character.unicodeScalars {
                let bytes = UTF8.encode(scalar).map(Array.init) ?? []
                if let replacement = replacement(for: bytes) {
                    result.append(contentsOf: replacement)
                } else {
                    result.append(contentsOf: bytes)
                }
            }
        }
        return result
    }

    /// What the shortest prefix of `bytes` that is in the table stands for; nil when none is.
    private func replacement(for bytes: some Sequence<UInt8>) -> ArraySlice<UInt8>? {
        var position = offset(of: units[0])
        for byte in bytes {
            guard byte != 0 else { return nil }
            position ^= Int(byte)
            guard position < units.count else { return nil }
            let unit = units[position]
            // The label of an inner unit is its byte; the top bit marks a leaf.
            guard unit & (1 << 31 | 0xff) == UInt32(byte) else { return nil }
            position ^= offset(of: unit)
            guard position < units.count else { return nil }
            if unit >> 8 & 1 == 1 { return replacement(at: Int(units[position] & ~(1 << 31))) }
        }
        return nil
    }

    private func offset(of unit: UInt32) -> Int {
        Int(unit >> 10) << Int((unit & 1 << 9) >> 6)
    }

    private func replacement(at start: Int) -> ArraySlice<UInt8>? {
        guard start < replacements.count else { return nil }
        let end = replacements[start...].firstIndex(of: 0) ?? replacements.count
        return replacements[start..<end]
    }
}
