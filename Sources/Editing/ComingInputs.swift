import Checkpoints
import Models
import Tensors

/// The inputs of a stream from the present one on, with what the frozen model makes of them.
final class ComingInputs<Model: EditableModel> {
    private let passes: FrozenPasses<Model>
    private let items: [TokenizedSet.Item]
    private let errorRule: EditStream<Model>.ErrorRule
    private let lookahead: Int
    private var coming: [(request: EditRequest, frozen: [Int32])] = []
    /// How many inputs have passed through the frozen model.
    private var passed: Int
    /// Whether so far all inputs that were to pass together could.
    private var passesTogether = true
    /// The latest answer to an input, with what the edited layer put out for it.
    private var answers: [Int: (siteOutput: Tensor, answer: [Int32])] = [:]

    init(
        _ items: [TokenizedSet.Item], after start: Int, through passes: FrozenPasses<Model>,
        errorRule: EditStream<Model>.ErrorRule, lookahead: Int
    ) {
        self.passes = passes
        self.items = items
        self.errorRule = errorRule
        self.lookahead = lookahead
        passed = start
    }

    /// The present input and those after it, `lookahead` in all; empty at the end. Inputs pass through the frozen model
    /// that many together.
    func window() throws -> [EditRequest] {
        if coming.count < lookahead, passed < items.count, passesTogether {
            passesTogether = (try? pass(lookahead)) != nil
        }
        // One that cannot pass is no matter before its time has come, so each then passes by itself.
        if coming.isEmpty, passed < items.count { try pass(1) }
        return coming.prefix(lookahead).map(\.request)
    }

    /// Has the frozen model answer the next inputs.
    private func pass(_ count: Int) throws {
        let next = items[passed..<min(passed + count, items.count)], inputs = next.map { ModelInput($0) }
        let frozen: [FrozenPass]
        do {
            frozen = errorRule == .wrongAnswer ? try passes(inputs) : passes.withoutAnswers(inputs)
        } catch {
            throw EditingError.noAnswer(step: passed + 1, id: items[passed].id, reason: "\(error)")
        }
        for (item, pass) in zip(next, frozen) {
            passed += 1
            let request = EditRequest(step: passed, id: item.id, prefix: pass.prefix, label: item.label)
            coming.append((request, pass.answer))
        }
    }

    /// Moves on to the next input.
    func advance() { answers[coming.removeFirst().request.step] = nil }

    /// Whether the model is wrong about an input of the window when its edited layer puts out `siteOutput`, or what it does
    /// when frozen.
    func isError(_ request: EditRequest, siteOutput: Tensor?) throws -> Bool {
        try errorRule == .everyInput || answer(to: request, siteOutput: siteOutput) != request.label
    }

    private func answer(to request: EditRequest, siteOutput: Tensor?) throws -> [Int32] {
        guard let siteOutput else { return coming[request.step - coming[0].request.step].frozen }
        if let known = answers[request.step], known.siteOutput.array == siteOutput.array { return known.answer }
        let answer = try passes.predict([request.prefix], siteOutput: siteOutput)[0]
        answers[request.step] = (siteOutput, answer)
        return answer
    }
}
