/// What can go wrong while a model is edited, or with an edit log.
package enum EditingError: Error, CustomStringConvertible, Sendable {
    case editDiverged(step: Int, id: Int, at: Int)
    case queryNotFinite(step: Int, id: Int)
    case noAnswer(step: Int, id: Int, reason: String)
    case labelTooLong(row: Int, file: String, tokens: Int, limit: Int)
    case labelOutOfReach(row: Int, file: String, what: String)
    case emptyInput(row: Int, file: String)
    case badLog(file: String, what: String)
    case badRecord(tensor: String, expected: [Int], found: [Int])
    case badCount(tensor: String, found: Float)
    case otherSettings(file: String, field: String, now: String, then: String)

    package var description: String {
        switch self {
        case .editDiverged(let step, let id, let at):
            "stream step \(step) (id \(id)): the loss became infinite or NaN at training step \(at); lower --learning-rate"
                + (at == 1 ? " or check the checkpoint for infinite or NaN weights" : "")
        case .queryNotFinite(let step, let id):
            "stream step \(step) (id \(id)): the activation at the edit site is infinite or NaN; check the checkpoint"
        case .noAnswer(let step, let id, let reason):
            "stream step \(step) (id \(id)): \(reason)"
        case .labelTooLong(let row, let file, let tokens, let limit):
            "\(file): the label of row \(row) has \(tokens) tokens, but the model generates at most \(limit), so no edit "
                + "could ever succeed; raise --max-new-tokens or prepare the data with a smaller --max-label-length"
        case .labelOutOfReach(let row, let file, let what):
            "\(file): the label of row \(row) \(what), so the model could never give it and no edit could ever succeed; "
                + "prepare the data with this model's own tokenizer"
        case .emptyInput(let row, let file):
            "\(file): row \(row) has an empty input or label"
        case .badLog(let file, let what):
            "\(file): \(what); make a new edit log with stream-edit --overwrite"
        case .badRecord(let tensor, let expected, let found):
            "the edit log's tensor '\(tensor)' has shape \(found), expected \(expected); "
                + "make a new edit log with stream-edit --overwrite"
        case .badCount(let tensor, let found):
            "the edit log's tensor '\(tensor)' is \(found), expected a count; make a new edit log with stream-edit --overwrite"
        case .otherSettings(let file, let field, let now, let then):
            "\(file): this edit log was made with \(field) \(then), not \(now); choose another --output or pass --overwrite"
        }
    }
}
