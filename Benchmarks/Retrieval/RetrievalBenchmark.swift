import ArgumentParser
import Checkpoints
import Editing
import Foundation
import Tensors
import ToolSupport

/// Times lookups in a codebook; `retrieval.py` runs it beside FAISS.
///
/// Prints one JSON object a line: `measure` and `values`. Seconds: `append` for all keys; `single` of each query, one after
/// the other; `batch` of each run of queries together. `rows` and `distances` are what the queries found, one by one;
/// together they have to find the same.
@main
struct RetrievalBenchmark: Tool {
    static let configuration = CommandConfiguration(
        commandName: "retrieval-benchmark",
        abstract: "Times lookups of queries in a codebook of keys, both from a safetensors file.",
        version: ToolVersion.current)

    @Argument(
        help: ArgumentHelp("Holds \"keys\" and \"queries\", [count, width] each.", valueName: "file.safetensors"))
    var file: URL

    @Option(help: ArgumentHelp("Queries that are looked up together.", valueName: "count"))
    var batch = 64

    @OptionGroup var threads: ThreadsOption

    func validate() throws {
        guard batch > 0 else { throw ValidationError("--batch must be positive, found \(batch)") }
    }

    func run() throws {
        Parallel.threadCount = threads.count
        let source = try SafetensorsFile(file)
        let keys = try source.tensor("keys"), queries = try source.tensor("queries")
        var codebook = Codebook(keyWidth: keys.rowWidth, rules: .paper)
        let value = Tensor(zeros: [1])
        var appending = 0.0
        for row in 0..<keys.rowCount {
            let key = floats(keys, row)
            appending += seconds { codebook.add(key: key, value: value, radius: 0, label: []) }
        }
        let rows = (0..<queries.rowCount).map { floats(queries, $0) }
        var single: [Double] = [], together: [Double] = []
        var found: [Codebook.Neighbour?] = [], foundTogether: [Codebook.Neighbour?] = []
        for row in rows { single.append(seconds { found.append(codebook.nearest(to: row)) }) }
        for start in stride(from: 0, to: rows.count, by: batch) {
            let part = Array(rows[start..<min(start + batch, rows.count)])
            together.append(seconds { foundTogether += codebook.nearest(to: part) })
        }
        guard found == foundTogether else { throw Disagreement() }
        try write("append", [appending])
        try write("single", single)
        try write("batch", together)
        try write("rows", found.map { $0.map { Double($0.key) } ?? .nan })
        try write("distances", found.map { $0.map { Double($0.distance) } ?? .nan })
    }

    private func floats(_ tensor: Tensor, _ row: Int) -> [Float] { tensor.rows(row..<row + 1).array }

    private func seconds(_ work: () -> Void) -> Double {
        let start = ContinuousClock.now
        work()
        return (ContinuousClock.now - start) / .seconds(1)
    }

    private func write(_ measure: String, _ values: [Double]) throws {
        let numbers = values.map { "\($0)" }.joined(separator: ", ")
        try StandardOutput.write("{\"measure\": \"\(measure)\", \"values\": [\(numbers)]}\n")
    }

    private struct Disagreement: Error, CustomStringConvertible {
        var description: String { "queries together find other keys than one by one" }
    }
}
