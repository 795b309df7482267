import Foundation
import Tensors

/// Named tensors in a file or a set of files, read one at a time.
package protocol TensorSource: Sendable {
    /// The file, or the index of the files.
    var url: URL { get }
    /// Every tensor's name, sorted.
    var names: [String] { get }
    func contains(_ name: String) -> Bool
    /// - Throws: `CheckpointError.missingTensor` for an unknown name.
    func info(_ name: String) throws -> TensorInfo
    /// The tensor as 32-bit floats; half and double precision are converted.
    ///
    /// Its memory may belong to the file and is not to be written; `copy()` gives memory of one's own.
    /// - Throws: `CheckpointError` for an unknown name, an integer tensor, damage found on reading.
    func tensor(_ name: String) throws -> Tensor
    /// The elements of an integer or boolean tensor, row by row.
    func integers(_ name: String) throws -> [Int]
}

extension TensorSource {
    package func shape(of name: String) throws -> [Int] { try info(name).shape }
}
