import Files
import Foundation

extension PyTorchCheckpoint {
    /// Tells the zip format from what else is called `.bin`, by the first bytes.
    static func checkFormat(_ bytes: UnsafeRawBufferPointer, path: String) throws {
        let start = bytes.prefix(4)
        if start.elementsEqual([0x50, 0x4B, 0x03, 0x04]) { return }
        // The old format is a row of bare pickles; the oldest one, a tar, has a member named so.
        let isOldTar = bytes.prefix(512).starts(with: Array("pickle".utf8)) && bytes.count > 512
        if start.first == 0x80 || isOldTar { throw CheckpointError.legacyPyTorch(path: path) }
        let text = Array("version https://git-lfs".utf8)
        let found: String
        if bytes.starts(with: text) {
            found = "it is a Git LFS pointer, not the file itself (run git lfs pull)"
        } else if bytes.isEmpty {
            found = "the file is empty"
        } else {
            found = "it does not start like a zip"
        }
        throw CheckpointError.notPyTorchZip(path: path, found: found)
    }

    /// Checks that a view stays inside its storage and is of a sane size.
    static func check(_ view: TensorView, of name: String, path: String) throws(CheckpointError) {
        func bad(_ reason: String) -> CheckpointError { .badView(path: path, tensor: name, reason: reason) }
        guard view.shape.count == view.strides.count else {
            throw bad("\(view.shape.count) lengths but \(view.strides.count) strides")
        }
        guard view.offset >= 0, !view.shape.contains(where: { $0 < 0 }), !view.strides.contains(where: { $0 < 0 })
        else { throw bad("offset \(view.offset), shape \(view.shape) or strides \(view.strides) are negative") }
        guard let count = ShapeSize.count(view.shape) else {
            throw bad("shape \(view.shape) is larger than any memory")
        }
        if count == 0 { return }
        var last = view.offset
        for (length, stride) in zip(view.shape, view.strides) {
            let (step, overflow) = (length - 1).multipliedReportingOverflow(by: stride)
            let (sum, carry) = last.addingReportingOverflow(step)
            guard !overflow, !carry else { throw bad("strides \(view.strides) lead out of any memory") }
            last = sum
        }
        guard last < view.storage.count else {
            throw bad("reaches element \(last) of a storage that has \(view.storage.count)")
        }
        guard count <= max(view.storage.count, expandedLimit) else {
            throw bad("shape \(view.shape) repeats \(view.storage.count) elements too often")
        }
    }

    /// Checks that the archive has a storage's bytes. `size` is that of its member, nil where there is none, `packed` that of
    /// the archive.
    static func check(
        _ storage: StorageReference, size: Int??, packed: Int, path: String
    ) throws(CheckpointError) {
        func bad(_ reason: String) -> CheckpointError { .badStorage(path: path, storage: storage.key, reason: reason) }
        let (expected, overflow) = storage.count.multipliedReportingOverflow(by: storage.dtype.size)
        guard !overflow else { throw bad("states \(storage.count) elements, more than any memory") }
        guard let member = size else { throw bad("its bytes are missing from the file; download it again") }
        if let found = member, found != expected {
            throw bad("\(storage.count) elements of \(storage.dtype.rawValue) take \(expected) bytes, found \(found)")
        }
        if UnpackLimits(bytes: .max).exceeded(by: expected, packed: packed) != nil {
            throw bad("states \(storage.count) elements, more than a file of \(packed) bytes can hold")
        }
    }
}

extension TensorView {
    /// Number of elements; the shape has been checked.
    var count: Int { shape.reduce(1, *) }

    /// Whether its elements lie one after the other, row by row. The stride of an axis of length one means nothing.
    var isContiguous: Bool {
        var expected = 1
        for (length, stride) in zip(shape, strides).reversed() where length != 1 {
            if stride != expected { return false }
            expected *= length
        }
        return true
    }

    /// Calls `body` with each element's row-by-row index and its position in the storage.
    @inline(__always)
    func forEachElement(_ body: (_ index: Int, _ position: Int) -> Void) {
        guard let length = shape.last, let stride = strides.last else { return body(0, offset) }
        var counters = [Int](repeating: 0, count: shape.count - 1)
        var start = offset
        var index = 0
        let total = count
        while index < total {
            for step in 0..<length { body(index + step, start + step * stride) }
            index += length
            for axis in counters.indices.reversed() {
                counters[axis] += 1
                start += strides[axis]
                if counters[axis] < shape[axis] { break }
                start -= counters[axis] * strides[axis]
                counters[axis] = 0
            }
        }
    }
}
