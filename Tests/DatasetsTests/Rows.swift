import Foundation
import TestSupport

@testable import Datasets

/// Rows of data files for tests.
enum Rows {
    /// A row in De Cao's layout.
    static func deCao(_ input: String, answers: [String] = ["Paris"], rephrasings: [String]) -> String {
        let output = answers.map { "{\"answer\":\($0.json)}" }.joined(separator: ",")
        return "{\"input\":\(input.json),\"prediction\":\"Rome\",\"alternatives\":[\"Bonn\",\"Oslo\"],"
            + "\"filtered_rephrases\":\(rephrasings.json),\"output\":[\(output)]}"
    }

    /// `count` questions, the first with `rephrasings[0]` rephrasings and so on, starting over at the end.
    static func questions(_ count: Int, rephrasings: [Int]) -> [ZsREQuestion] {
        (0..<count).map { row in
            let number = rephrasings[row % rephrasings.count]
            return ZsREQuestion(
                row: row, input: "question \(row)?", rephrasings: (0..<number).map { "phrasing \($0) of \(row)?" },
                answers: ["answer \(row)"])
        }
    }
}

/// The error that `body` throws, as its text.
func message(of body: () throws -> Void) -> String {
    do {
        try body()
    } catch {
        return "\(error)"
    }
    return "no error"
}
