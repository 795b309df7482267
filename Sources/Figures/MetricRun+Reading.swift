import Foundation
import Tables

extension MetricRun {
    /// Reads the runs of metric tables.
    /// - Returns: the runs in the order of their keys.
    /// - Throws: `TableError` or `FiguresError` naming file, line and column of what is wrong, also when a run stands
    ///   in two tables or twice in one, and when the tables are of two layouts.
    package static func read(_ files: [URL]) throws -> [MetricRun] {
        var runs: [RunKey: MetricRun] = [:]
        var first: MetricRun?
        for file in files {
            for run in try read(TSVTable(contentsOf: file)) {
                let known = first ?? run
                first = known
                guard run.layout == known.layout else {
                    throw FiguresError.mixedLayouts(
                        first: known.file, score: known.layout.scoreName, second: run.file,
                        other: run.layout.scoreName)
                }
                if let other = runs[run.key] {
                    throw FiguresError.duplicate(run: run.key.text, first: other.file, second: run.file)
                }
                runs[run.key] = run
            }
        }
        return runs.values.sorted { $0.key < $1.key }
    }

    /// The runs of one table, whose rows stand together.
    static func read(_ table: TSVTable) throws -> [MetricRun] {
        let layout = MetricLayout(columns: table.columns)
        let positions = try layout.columns.map(table.position)
        var runs: [MetricRun] = []
        var seen: Set<RunKey> = []
        for record in table.records {
            let key = try RunKey(record)
            let row = try MetricRow(record, layout)
            let fields = positions.map { table.rows[record.line - 2][$0] }
            if let last = runs.indices.last, runs[last].key == key, row.step != 0 {
                // The last row may be the end of a stream whose last inputs needed no edit.
                let end = runs[last].end
                guard row.edits > end.edits || (row.edits == end.edits && row.step > end.step) else {
                    throw FiguresError.disorder(
                        file: table.name, line: record.line, run: key.text, edits: row.edits,
                        before: runs[last].end.edits)
                }
                runs[last].rows.append(row)
                runs[last].lastFields = fields
                continue
            }
            guard seen.insert(key).inserted else {
                throw FiguresError.duplicate(run: key.text, first: table.name, second: table.name)
            }
            guard row.edits == 0 else {
                throw FiguresError.noStart(file: table.name, line: record.line, run: key.text, edits: row.edits)
            }
            runs.append(MetricRun(key: key, layout: layout, file: table.name, rows: [row], lastFields: fields))
        }
        if runs.isEmpty { throw FiguresError.noRows(file: table.name) }
        return runs
    }
}

extension RunKey {
    fileprivate init(_ record: TSVRecord) throws {
        let seed = try record.text("seed")
        guard let number = UInt64(seed) else { throw record.bad("seed", "a whole number from 0", seed) }
        self.init(
            editor: try record.text("editor"), layer: try record.text("layer"),
            epsilon: try record.atLeastZero("epsilon").defined, learningRate: try record.atLeastZero("lr").defined,
            seed: number)
    }
}

extension MetricRow {
    fileprivate init(_ record: TSVRecord, _ layout: MetricLayout) throws {
        step = try record.count("step")
        edits = try record.count("edits")
        keys = try record.atLeastZero("keys")
        upstream = try record.score(layout.upstream)
        upstreamRight = try record.score(layout.upstreamRight)
        online = try record.score(layout.online)
        editScore = try record.score("edit_score")
        holdout = try record.score(layout.holdout)
        editSuccess = try record.score("edit_success")
        keyEditRatio = try record.atLeastZero("key_edit_ratio")
        editShare = try record.score("edit_share")
        streamRight = try record.score(layout.streamRight)
    }
}

extension TSVRecord {
    fileprivate func count(_ column: String) throws -> Int {
        let value = try integer(column)
        guard value >= 0 else { throw bad(column, "a whole number from 0", "\(value)") }
        return value
    }

    fileprivate func atLeastZero(_ column: String) throws -> Double {
        let value = try number(column)
        guard value.isNaN || (value >= 0 && value.isFinite) else { throw bad(column, "a number from 0", value.cell) }
        return value
    }

    /// A score; one that rounding has put just outside of 0 to 1 is put back.
    fileprivate func score(_ column: String) throws -> Double {
        let value = try number(column)
        if value.isNaN { return value }
        guard (-1e-6...1 + 1e-6).contains(value) else { throw bad(column, "a number from 0 to 1", value.cell) }
        return min(max(value, 0), 1)
    }
}

extension Double {
    fileprivate var defined: Double? { isNaN ? nil : self }
}
