/// How a text is taken apart before it is cut into word pieces, under the names of `tokenizer_config.json`.
package struct WordPieceSettings: Equatable, Sendable {
    /// `do_lower_case`: lower-case the text.
    package var lowercases = true
    /// `strip_accents`: decompose the text and drop its combining marks; nil follows `do_lower_case`.
    package var stripsAccents: Bool?
    /// `tokenize_chinese_chars`: make every Chinese character a word.
    package var separatesChinese = true
    /// Drop control characters and make all white space a space; only a `tokenizer.json` can say otherwise.
    package var cleansText = true
    /// Words of more characters are unknown.
    package var wordLimit = 100
    /// `model_max_length`: the most tokens the model takes; nil where the folder does not say.
    package var modelMaxLength: Int?
    package var padToken = "[PAD]"
    package var unknownToken = "[UNK]"
    package var classToken = "[CLS]"
    package var separatorToken = "[SEP]"
    package var maskToken = "[MASK]"
    /// More tokens of the vocabulary that are found whole in a text.
    package var addedTokens: [String] = []

    package init(lowercases: Bool = true) {
        self.lowercases = lowercases
    }

    var dropsMarks: Bool { stripsAccents ?? lowercases }

    /// The special tokens by the name of their setting.
    var specialTokens: [(setting: String, token: String)] {
        [
            ("pad_token", padToken), ("unk_token", unknownToken), ("cls_token", classToken),
            ("sep_token", separatorToken), ("mask_token", maskToken),
        ]
    }
}
