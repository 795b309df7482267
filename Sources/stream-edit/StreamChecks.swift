import Checkpoints
import Editing
import Foundation
import Models

/// What a stream must fulfil before the first edit.
enum StreamChecks {
    /// Checks every input and label against the model.
    static func check(_ set: TokenizedSet, file: URL, model: T5Model, maxNewTokens: Int) throws {
        for (row, item) in set.items.enumerated() {
            if item.input.isEmpty || item.label.isEmpty { throw EditingError.emptyInput(row: row, file: file.path) }
            if item.label.count > maxNewTokens {
                throw EditingError.labelTooLong(
                    row: row, file: file.path, tokens: item.label.count, limit: maxNewTokens)
            }
            try model.checkTokens(item.input + item.label, context: "\(file.path): row \(row)")
            // Generation stops after the end token, or at the limit without it.
            let end = model.config.eosTokenID
            if item.label.dropLast().contains(end) {
                throw EditingError.labelOutOfReach(
                    row: row, file: file.path, what: "goes on after the end token \(end)")
            }
            if item.label.last != end && item.label.count < maxNewTokens {
                throw EditingError.labelOutOfReach(
                    row: row, file: file.path, what: "does not end with the end token \(end)")
            }
        }
    }
}
