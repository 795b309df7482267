import Checkpoints
import Tensors

/// Reading the tensor files of an edit log.
enum LogFile {
    static func check(_ file: SafetensorsFile, format: String, version: String) throws(EditingError) {
        guard file.metadata["format"] == format else {
            throw .badLog(file: file.url.path, what: "is no \(format) file of stream-edit")
        }
        guard file.metadata["format_version"] == version else {
            throw .badLog(
                file: file.url.path,
                what: "has format version \(file.metadata["format_version"] ?? "none"), expected \(version)")
        }
    }

    static func count(_ field: String, of file: SafetensorsFile) throws(EditingError) -> Int {
        guard let count = file.metadata[field].flatMap(Int.init), count >= 0 else {
            throw .badLog(file: file.url.path, what: "its metadata has no number '\(field)'")
        }
        return count
    }

    /// A copy, so that a file can be written anew under the reader's feet.
    static func tensor(_ name: String, of file: SafetensorsFile) throws -> Tensor {
        let tensor = try file.tensor(name).copy()
        guard tensor.array.allSatisfy(\.isFinite) else {
            throw EditingError.badLog(file: file.url.path, what: "tensor '\(name)' has infinite or NaN elements")
        }
        return tensor
    }
}
