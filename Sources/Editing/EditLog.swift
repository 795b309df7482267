import Files
import Foundation
import Tables

/// The folder that a run of `stream-edit` leaves: the editor's record and `edits.tsv`, and while the run goes on both
/// of them under `.partial` names, from which it can be resumed.
package struct EditLog<Record: EditRecord> {
    package let folder: URL

    package init(folder: URL) { self.folder = folder }

    package var recordFile: URL { files(Record.fileName)[0] }
    package var editsFile: URL { folder.appendingPathComponent(EditTable.fileName) }
    private var partialRecordFile: URL { files(Record.fileName)[1] }
    private var partialEditsFile: URL { folder.appendingPathComponent("edits.partial.tsv") }

    /// What a run has done so far.
    package struct State {
        package var record: Record
        /// A row for each input that has streamed in.
        package var rows: TSVTable
        /// The run's settings.
        package var metadata: [String: String]

        package init(record: Record, metadata: [String: String]) {
            self.record = record
            self.metadata = metadata
            rows = EditTable.empty
        }

        package var steps: Int { rows.rows.count }

        package mutating func append(_ row: StreamRow) { rows.append(EditTable.cells(row)) }
    }

    /// Makes the folder and leaves an empty table in it, which is no run to go on from.
    package func begin() throws { try EditTable.empty.write(to: partialEditsFile) }

    /// Keeps the state of a run in progress.
    ///
    /// The table goes first and may be ahead of the record after a crash between the two; reading cuts it back.
    package func saveProgress(_ state: State) throws {
        try write(state, table: partialEditsFile, record: partialRecordFile)
    }

    /// Leaves the finished log and takes the partial files away.
    package func finish(_ state: State) throws {
        try write(state, table: editsFile, record: recordFile)
        try remove([partialRecordFile, partialEditsFile])
    }

    /// The state to go on from: that of a run in progress, else that of a finished one; nil where there is neither.
    package func load() throws -> State? {
        let manager = FileManager.default
        if manager.fileExists(atPath: partialRecordFile.path) {
            return try read(table: partialEditsFile, record: partialRecordFile)
        }
        if manager.fileExists(atPath: recordFile.path) { return try read(table: editsFile, record: recordFile) }
        return nil
    }

    /// Removes the log, finished or not, of whichever editor it is.
    package func remove() throws {
        try remove([partialEditsFile, editsFile] + Self.recordNames.flatMap(files))
        try removeSnapshots()
    }

    /// Removes what a run that left no log has left of it.
    package func removeSnapshots() throws { try SnapshotFolder(log: folder).remove() }

    /// Whether the folder holds a log with a record of another kind.
    package var isOfOtherEditor: Bool {
        Self.recordNames.filter { $0 != Record.fileName }.flatMap(files).contains {
            FileManager.default.fileExists(atPath: $0.path)
        }
    }

    private static var recordNames: [String] { [CodebookHistory.fileName, AdaptorRecord.fileName] }

    /// The record of the given name, finished and in progress.
    private func files(_ name: String) -> [URL] {
        [".safetensors", ".partial.safetensors"].map { folder.appendingPathComponent(name + $0) }
    }

    private func remove(_ files: [URL]) throws {
        for file in files where FileManager.default.fileExists(atPath: file.path) {
            try FileManager.default.removeItem(at: file)
        }
    }

    private func write(_ state: State, table: URL, record: URL) throws {
        try state.rows.write(to: table)
        try state.record.write(to: record, steps: state.steps, metadata: state.metadata)
    }

    private func read(table: URL, record: URL) throws -> State {
        let (found, metadata) = try Record.read(record)
        guard let steps = metadata["stream_steps"].flatMap(Int.init), steps >= 0 else {
            throw EditingError.badLog(file: record.path, what: "does not say how many inputs have streamed in")
        }
        let rows = try TSVTable(contentsOf: table)
        guard rows.columns == EditTable.columns, rows.rows.count >= steps else {
            throw EditingError.badLog(file: table.path, what: "does not belong to \(record.lastPathComponent)")
        }
        for (n, row) in rows.records.prefix(steps).enumerated() where try row.integer("step") != n + 1 {
            throw EditingError.badLog(file: table.path, what: "does not have the row of step \(n + 1) in its place")
        }
        var state = State(record: found, metadata: metadata)
        state.rows.append(contentsOf: rows, first: steps)
        return state
    }
}
