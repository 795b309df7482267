import Checkpoints
import Foundation
import Tensors
import TestSupport
import Testing

/// What Tests/Fixtures/checkpoints/expected.json says of a tensor.
struct ExpectedTensor: Decodable {
    enum Value: Decodable {
        case integer(Int)
        /// The bits of a 32-bit float as eight hexadecimal digits, or `nan`.
        case bits(String)

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let text = try? container.decode(String.self) {
                self = .bits(text)
            } else {
                self = .integer(try container.decode(Int.self))
            }
        }
    }

    let dtype: String
    let shape: [Int]
    let values: [Value]

    static let folder = fixtures.appendingPathComponent("checkpoints")

    /// The tensors by name of each file.
    static func all() throws -> [String: [String: ExpectedTensor]] {
        let data = try Data(contentsOf: folder.appendingPathComponent("expected.json"))
        return try JSONDecoder().decode([String: [String: ExpectedTensor]].self, from: data)
    }

    /// Compares every tensor of `source` with what was expected of `file`, bit by bit.
    static func compare(_ source: any TensorSource, with file: String) throws {
        let expected = try #require(try all()[file])
        #expect(source.names == expected.keys.sorted())
        for (name, tensor) in expected {
            let comment = Comment(rawValue: "\(file): \(name)")
            let info = try source.info(name)
            #expect(info.dtype.rawValue == tensor.dtype, comment)
            #expect(info.shape == tensor.shape, comment)
            if info.dtype.isFloat {
                let read = try source.tensor(name)
                #expect(read.shape == tensor.shape, comment)
                let bits = read.array.map { value in
                    value.isNaN ? "nan" : String(format: "%08x", value.bitPattern)
                }
                let wanted = tensor.values.map { value in if case .bits(let bits) = value { bits } else { "" } }
                #expect(bits == wanted, comment)
            } else {
                let read = try source.integers(name)
                let integers = tensor.values.map { value in if case .integer(let value) = value { value } else { 0 } }
                #expect(read == integers, comment)
            }
        }
    }
}
