/// Trains WordPiece vocabularies for BERT.
///
/// As the trainer of Hugging Face's tokenizers does it: the words of the text with their counts, each cut into its
/// characters; then, as long as there is room, the two neighbouring pieces that stand together most often become one
/// piece (byte pair encoding, Sennrich et al. 2016, with `##` before pieces within a word). No random numbers, and ties
/// go to the piece that came first: the same counts give the same vocabulary, in whatever order the sentences stand.
package enum WordPieceTrainer {
    /// Characters that are kept, the most frequent ones; words with others are left out.
    static let alphabetLimit = 1_000

    /// Trains a vocabulary and returns the tokenizer that it makes.
    ///
    /// - Parameters:
    ///   - sentences: the text; special tokens in it are not looked for.
    ///   - vocabularySize: tokens wanted, the five special ones counted; a text that does not support so many gives fewer.
    ///   - minimumCount: how often two pieces must stand together to become one.
    /// - Throws: `TokenizerError.nothingToTrainOn`, or `TokenizerError.training` for a size that leaves no room for each
    ///   character.
    package static func train(
        sentences: [String], vocabularySize: Int, settings: WordPieceSettings = WordPieceSettings(),
        minimumCount: Int = 2
    ) throws -> WordPieceTokenizer {
        let counts = count(sentences, settings)
        guard !counts.isEmpty else { throw TokenizerError.nothingToTrainOn(sentences: sentences.count) }
        let alphabet = alphabet(of: counts)
        var merger = PieceMerger(special: settings.specialTokens.map(\.token))
        for (word, count) in counts where word.allSatisfy(alphabet.contains) { merger.add(word, count: count) }
        guard merger.pieces.count <= vocabularySize else {
            throw TokenizerError.training(
                vocabularySize: vocabularySize, sentences: sentences.count,
                reason: "the text needs at least \(merger.pieces.count), for each character at the start of a word and"
                    + " within one, and for the special tokens; ask for more")
        }
        merger.merge(upTo: vocabularySize, minimumCount: minimumCount)
        return try WordPieceTokenizer(tokens: merger.pieces, settings: settings)
    }

    /// The words with their counts, in the order of their UTF-8.
    private static func count(_ sentences: [String], _ settings: WordPieceSettings) -> [([Unicode.Scalar], Int)] {
        let words = WordPieceWords(settings)
        var counts: [[UInt8]: Int] = [:]
        for sentence in sentences {
            words.forEach(in: Array(sentence.utf8)[...]) { word, characters in
                if characters <= settings.wordLimit { counts[word, default: 0] += 1 }
            }
        }
        return counts.sorted { $0.key.lexicographicallyPrecedes($1.key) }
            .map { (Array(String(decoding: $0.key, as: UTF8.self).unicodeScalars), $0.value) }
    }

    private static func alphabet(of counts: [([Unicode.Scalar], Int)]) -> Set<Unicode.Scalar> {
        var characters: [Unicode.Scalar: Int] = [:]
        for (word, count) in counts {
            for scalar in word { characters[scalar, default: 0] += count }
        }
        let sorted = characters.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
        return Set(sorted.prefix(alphabetLimit).map(\.key))
    }
}
