import Checkpoints
import Editing
import Foundation
import Models

/// What a stream must fulfil before the first edit.
enum StreamChecks {
    /// Checks every input and label against the model.
    static func check(_ set: TokenizedSet, file: URL, model: some EditableModel, maxNewTokens: Int) throws {
        try model.check(labelNames: set.labelNames, file: file.path)
        for (row, item) in set.items.enumerated() {
            let hasInput = !item.input.isEmpty || !item.features.isEmpty
            guard hasInput, !item.label.isEmpty else { throw EditingError.emptyInput(row: row, file: file.path) }
            if case .generation(let endTokens, _) = model.task {
                try checkLength(of: item.label, row: row, file: file, maxNewTokens)
                try checkFit(item, row: row, file: file, model)
                try checkEnd(of: item.label, row: row, file: file, maxNewTokens, endTokens)
            } else {
                try checkFit(item, row: row, file: file, model)
            }
        }
    }

    private static func checkFit(
        _ item: TokenizedSet.Item, row: Int, file: URL, _ model: some EditableModel
    ) throws {
        try model.check(ModelInput(item), context: "\(file.path): row \(row)")
        try model.check(label: item.label, context: "\(file.path): row \(row)")
    }

    private static func checkLength(of label: [Int32], row: Int, file: URL, _ maxNewTokens: Int) throws {
        if label.count > maxNewTokens {
            throw EditingError.labelTooLong(row: row, file: file.path, tokens: label.count, limit: maxNewTokens)
        }
    }

    /// Generation stops after the end token, or at the limit without it.
    private static func checkEnd(
        of label: [Int32], row: Int, file: URL, _ maxNewTokens: Int, _ ends: [Int32]
    ) throws {
        if let end = label.dropLast().first(where: ends.contains) {
            throw EditingError.labelOutOfReach(
                row: row, file: file.path, what: "goes on after the end token \(end)")
        }
        if let last = label.last, !ends.contains(last), label.count < maxNewTokens {
            let tokens = ends.map { "\($0)" }.joined(separator: " or ")
            throw EditingError.labelOutOfReach(
                row: row, file: file.path, what: "does not end with the end token \(tokens)")
        }
    }
}
