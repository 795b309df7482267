import Foundation

/// One row of numbers with what a classifier makes of it: a line that `evaluate --predict` writes.
package struct PredictedPoint: Equatable, Sendable {
    package var features: [Float]
    /// The true class, where the row has one.
    package var label: String?
    /// The class that the model gives.
    package var prediction: String
}

extension PredictedPoint {
    /// Reads JSONL with `features`, `prediction`, and perhaps `label`.
    /// - Parameters:
    ///   - width: how many features each row must have.
    ///   - isLabelled: whether each row must have a label.
    /// - Throws: `DatasetError` naming the line and the field; `FilesError` when the file cannot be read.
    package static func read(from url: URL, width: Int, isLabelled: Bool) throws -> [PredictedPoint] {
        let file = try DataFile(url, member: nil)
        var points: [PredictedPoint] = []
        try file.forEachRow { row in
            let features = try row.floats("features")
            guard features.count == width else {
                throw DatasetError.wrongType(
                    row.location, field: "features", expected: "\(width) numbers", found: "\(features.count)")
            }
            points.append(
                PredictedPoint(
                    features: features, label: try isLabelled || row.has("label") ? row.text("label") : nil,
                    prediction: try row.text("prediction")))
        }
        guard !points.isEmpty else {
            throw DatasetError.noRows(
                DataLocation(file: file.name), expected: "JSON objects with features and prediction, one a line")
        }
        return points
    }
}
