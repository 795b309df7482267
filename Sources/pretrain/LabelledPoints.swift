import Datasets
import Foundation

/// The points of `prepare-data synthetic`, each with a class of labels.json.
struct LabelledPoints {
    /// What is read, in this order.
    static let files = ["training.jsonl", "upstream.jsonl", "labels.json"]

    struct Point {
        let features: [Float]
        let label: Int32
    }

    let labels: [String]
    let training: [Point]
    let upstream: [Point]
    /// How many numbers a point has.
    let width: Int

    /// - Throws: `PretrainError` for points of another width than the first, without a label or with one that is no
    ///   class, for classes that are not two, and what reading the files throws.
    init(folder: URL) throws {
        let labelFile = folder.appendingPathComponent("labels.json")
        let list = try LabelList(contentsOf: labelFile)
        guard list.names.count == 2 else {
            throw PretrainError.notTwoClasses(file: labelFile.path, count: list.names.count)
        }
        labels = list.names
        var width: Int?
        func read(_ name: String) throws -> [Point] {
            let file = folder.appendingPathComponent(name)
            return try PointRecord.read(from: file).enumerated().map { row, record in
                guard let name = record.label else {
                    throw PretrainError.missingLabel(file: file.path, row: row)
                }
                guard let label = list.index(of: name) else {
                    throw PretrainError.unknownLabel(
                        file: file.path, row: row, label: name, known: list.names, labelFile: labelFile.path)
                }
                let expected = width ?? record.features.count
                guard record.features.count == expected else {
                    throw PretrainError.otherWidth(
                        file: file.path, row: row, count: record.features.count, expected: expected)
                }
                width = expected
                return Point(features: record.features, label: Int32(label))
            }
        }
        training = try read(Self.files[0])
        upstream = try read(Self.files[1])
        self.width = width ?? 0
    }
}
