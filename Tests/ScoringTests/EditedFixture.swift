import Checkpoints
import Editing
import Foundation
import Models
import Scoring
import Tensors
import TestSupport

/// A small T5 that was edited with a stream of which nearly every input is an error, and what came of it.
struct EditedFixture {
    let model: T5Model
    let site: EditSite
    let options: GRACEOptions
    let items: [TokenizedSet.Item]
    let passes: FrozenPasses<T5Model>
    let rows: [StreamRow]
    let history: CodebookHistory
    /// Questions near the stream's, and questions far from them.
    let near: [TokenizedSet.Item]
    let far: [TokenizedSet.Item]
    let maxNewTokens = 4
    let scorer = AnswerScorer(specialTokens: [0, 1]) { tokens in
        // Some ids share a word and some none, so that the scores over words and over ids differ.
        tokens.filter { $0 > 1 }.map { ["the", "a", "w\($0 / 2)", "w\($0 / 2)"][Int($0 % 4)] }.joined(separator: " ")
    }

    /// - Parameters:
    ///   - edit: changes the settings from few steps at a radius at which all four actions occur.
    ///   - count: inputs of the stream.
    init(count: Int = 44, errorRule: EditStream<T5Model>.ErrorRule, edit: (inout GRACEOptions) -> Void) throws {
        model = try T5Model(folder: fixtures.appendingPathComponent("t5/v1_0"))
        site = try model.site("encoder.block.1.layer.1.DenseReluDense.wo")
        var options = GRACEOptions(radius: 2)
        options.steps = 6
        edit(&options)
        self.options = options
        var questions = Questions(seed: 5)
        items = questions.stream(count)
        near = questions.draw(20)
        far = questions.unrelated(12)

        passes = FrozenPasses(model: model, site: site, maxNewTokens: maxNewTokens, cached: nil)
        let editor = GRACEEditor(model: model, site: site, options: options)
        var rows: [StreamRow] = []
        try EditStream(items, through: passes, errorRule: errorRule)
            .run(after: 0, editsLeft: .max, editor: editor) { rows.append($0) }
        self.rows = rows
        history = editor.record
    }

    func replayed(_ items: [TokenizedSet.Item]) throws -> ReplayedSet<T5Model> {
        try ReplayedSet(items.map { ModelInput($0.input) }, through: passes, options: options)
    }

    func scored(_ set: ReplayedSet<T5Model>, _ items: [TokenizedSet.Item]) -> ScoredSet<ReplayedSet<T5Model>> {
        ScoredSet(set, labels: items.map(\.label), trueAnswers: items.map { _ in [] }, scorer: scorer)
    }

    /// What the edited model answers, from nothing: each input alone, through the codebook rebuilt for the step.
    func plainAnswers(_ items: [TokenizedSet.Item], step: Int) throws -> [[Int32]] {
        let codebook = history.codebook(at: step, rules: options.rules)
        return try items.map { item in
            let prefix = model.prefixes(of: [ModelInput(item.input)], at: site)[0]
            let output = codebook.retrieve(options.query.query(of: prefix)).map {
                options.replacement.siteOutput(of: prefix, with: codebook.values[$0])
            }
            return try model.predict(
                [prefix], at: site, siteOutput: output ?? prefix.siteOutput, maxNewTokens: maxNewTokens)[0]
        }
    }
}

/// Questions about a few facts: token ids that differ in a token or two, and answers that sometimes change.
struct Questions {
    private var random: SplitMix
    private var facts: [(input: [Int32], label: [Int32])] = []

    init(seed: UInt64) {
        random = SplitMix(state: seed)
        facts = (0..<7).map { _ in (tokens(3...6), tokens(1...3)) }
    }

    /// A stream in which questions come again, as they were, in other words, and with other answers.
    mutating func stream(_ count: Int) -> [TokenizedSet.Item] {
        var items: [TokenizedSet.Item] = []
        for id in 0..<count {
            let fact = Int.random(in: 0..<facts.count, using: &random)
            if Int.random(in: 0..<6, using: &random) == 0 { facts[fact].label = tokens(1...3) }
            items.append(item(id, of: fact))
        }
        return items
    }

    mutating func draw(_ count: Int) -> [TokenizedSet.Item] {
        (0..<count).map { id in item(id, of: id % facts.count) }
    }

    mutating func unrelated(_ count: Int) -> [TokenizedSet.Item] {
        (0..<count).map { id in
            TokenizedSet.Item(id: id, question: id, group: id, input: tokens(4...8), label: tokens(1...2))
        }
    }

    private mutating func item(_ id: Int, of fact: Int) -> TokenizedSet.Item {
        var input = facts[fact].input
        if Bool.random(using: &random) {
            input[Int.random(in: 0..<input.count - 1, using: &random)] = Int32.random(in: 2..<160, using: &random)
        }
        return TokenizedSet.Item(id: 100 + id, question: id, group: fact, input: input, label: facts[fact].label)
    }

    private mutating func tokens(_ count: ClosedRange<Int>) -> [Int32] {
        let count = Int.random(in: count, using: &random)
        return (0..<count).map { _ in Int32.random(in: 2..<160, using: &random) } + [1]
    }
}

/// A generator whose numbers are the same on every machine (SplitMix64).
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
