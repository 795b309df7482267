import TestSupport
import Testing

@testable import Datasets

@Suite("Reading predicted points")
struct PredictedPointTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    private func read(_ text: String, isLabelled: Bool = true) throws -> [PredictedPoint] {
        try PredictedPoint.read(from: folder.file("p.jsonl", text), width: 2, isLabelled: isLabelled)
    }

    @Test("A line has features, a prediction and perhaps a label, whatever else it holds")
    func lines() throws {
        let points = try read(
            #"{"edited":false,"features":[1.5,-2],"id":0,"label":"left","prediction":"right"}"# + "\n"
                + #"{"features":[0,1],"prediction":"left","key":3}"# + "\n", isLabelled: false)
        #expect(
            points == [
                PredictedPoint(features: [1.5, -2], label: "left", prediction: "right"),
                PredictedPoint(features: [0, 1], label: nil, prediction: "left"),
            ])
    }

    @Test(
        "A line that lacks what it must have is refused with its place",
        arguments: [
            (#"{"features":[1,2],"prediction":"a"}"#, "label"), (#"{"features":[1,2],"label":"a"}"#, "prediction"),
            (#"{"features":[1],"label":"a","prediction":"a"}"#, "expected 2 numbers"),
            (#"{"label":"a","prediction":"a"}"#, "features"), ("", "features and prediction"),
        ])
    func refused(line: String, text: String) {
        #expect {
            try read(line)
        } throws: { error in
            "\(error)".contains("p.jsonl") && "\(error)".contains(text)
        }
    }
}
