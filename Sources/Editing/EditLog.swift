import Files
import Foundation
import Tables

/// The folder that a run of `stream-edit` leaves: `codebook.safetensors` and `edits.tsv`, and while the run goes on
/// `codebook.partial.safetensors` and `edits.partial.tsv`, from which it can be resumed.
package struct EditLog {
    package let folder: URL

    package init(folder: URL) { self.folder = folder }

    package static let columns = [
        "step", "id", "error", "action", "key", "distance", "radius", "loss", "steps", "seconds",
    ]

    package var codebookFile: URL { folder.appendingPathComponent("codebook.safetensors") }
    package var editsFile: URL { folder.appendingPathComponent("edits.tsv") }
    private var partialCodebookFile: URL { folder.appendingPathComponent("codebook.partial.safetensors") }
    private var partialEditsFile: URL { folder.appendingPathComponent("edits.partial.tsv") }

    /// What a run has done so far.
    package struct State {
        package var history: CodebookHistory
        /// A row for each input that has streamed in.
        package var rows: TSVTable
        /// The run's settings.
        package var metadata: [String: String]

        package init(history: CodebookHistory, metadata: [String: String]) {
            self.history = history
            self.metadata = metadata
            rows = TSVTable(columns: EditLog.columns)
        }

        package var steps: Int { rows.rows.count }

        package mutating func append(_ row: StreamRow) {
            rows.append([
                row.step, row.id, row.isError ? 1 : 0, row.outcome?.action ?? "none", row.outcome?.key ?? row.key,
                row.outcome?.distance ?? row.distance, row.outcome?.radius ?? row.radius,
                row.outcome?.loss ?? .nan, row.outcome?.steps ?? 0, row.seconds,
            ])
        }
    }

    /// Keeps the state of a run in progress.
    ///
    /// The table goes first and may be ahead of the codebook after a crash between the two; reading cuts it back.
    package func saveProgress(_ state: State) throws {
        try write(state, table: partialEditsFile, codebook: partialCodebookFile)
    }

    /// Leaves the finished log and takes the partial files away.
    package func finish(_ state: State) throws {
        try write(state, table: editsFile, codebook: codebookFile)
        try removePartialFiles()
    }

    /// The state to go on from: that of a run in progress, else that of a finished one; nil where there is neither.
    package func load() throws -> State? {
        let manager = FileManager.default
        if manager.fileExists(atPath: partialCodebookFile.path) {
            return try read(table: partialEditsFile, codebook: partialCodebookFile)
        }
        if manager.fileExists(atPath: codebookFile.path) { return try read(table: editsFile, codebook: codebookFile) }
        return nil
    }

    /// Removes the log, finished or not.
    package func remove() throws {
        try removePartialFiles()
        for file in [codebookFile, editsFile] where FileManager.default.fileExists(atPath: file.path) {
            try FileManager.default.removeItem(at: file)
        }
    }

    private func removePartialFiles() throws {
        for file in [partialCodebookFile, partialEditsFile] where FileManager.default.fileExists(atPath: file.path) {
            try FileManager.default.removeItem(at: file)
        }
    }

    private func write(_ state: State, table: URL, codebook: URL) throws {
        try state.rows.write(to: table)
        try state.history.write(to: codebook, steps: state.steps, metadata: state.metadata)
    }

    private func read(table: URL, codebook: URL) throws -> State {
        let (history, metadata) = try CodebookHistory.read(codebook)
        guard let steps = metadata["stream_steps"].flatMap(Int.init) else {
            throw EditingError.badLog(file: codebook.path, what: "does not say how many inputs have streamed in")
        }
        let rows = try TSVTable(contentsOf: table)
        guard rows.columns == Self.columns, rows.rows.count >= steps else {
            throw EditingError.badLog(file: table.path, what: "does not belong to \(codebook.lastPathComponent)")
        }
        var state = State(history: history, metadata: metadata)
        state.rows.append(contentsOf: rows, first: steps)
        return state
    }
}
