import Tensors
import Tokenizers

/// Restoring texts of which tokens are missing: how a language model learns words that no question asks for.
///
/// Each token is left out with probability 0.15, a run of missing tokens becomes one sentinel, and the target is the
/// whole text (Raffel et al. 2020, section 3.3.1, the BERT-style objective).
struct DenoisingTask {
    /// Tokens of each text, with `</s>`.
    let texts: [[Int32]]
    private let firstSentinel: Int32
    private let sentinelCount: Int
    private let seed: UInt64

    init(texts: [[Int32]], tokenizer: T5Tokenizer, seed: UInt64) {
        self.texts = texts
        firstSentinel = Int32(tokenizer.vocabularySize - 1)
        sentinelCount = tokenizer.extraIDs
        self.seed = seed
    }

    /// Examples from the given texts; what is left out depends on (seed, step) alone.
    func examples(_ indices: [Int], step: Int) -> [TrainingExample] {
        var random = RandomStream(seed: seed, purpose: .corruption, index: UInt64(step))
        return indices.map { TrainingExample(input: corrupt(texts[$0], &random), label: texts[$0]) }
    }

    private func corrupt(_ tokens: [Int32], _ random: inout RandomStream) -> [Int32] {
        var result: [Int32] = []
        var runs = 0
        var isMissing = false
        for token in tokens.dropLast() {
            let drop = random.uniform() < 0.15 && (isMissing || runs < sentinelCount)
            if !drop {
                result.append(token)
            } else if !isMissing {
                result.append(firstSentinel - Int32(runs))
                runs += 1
            }
            isMissing = drop
        }
        return result + tokens.suffix(1)
    }
}
