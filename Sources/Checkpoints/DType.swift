/// Element types of stored tensors, by their names in safetensors headers.
///
/// Tensors in memory are always 32-bit floats; half and double precision are converted on the way in and out, and
/// integers are read as integers.
package enum DType: String, CaseIterable, Sendable {
    case F32, F16, BF16, F64, I64, I32, I16, I8, U8, BOOL

    /// Bytes of one element.
    package var size: Int {
        switch self {
        case .F64, .I64: 8
        case .F32, .I32: 4
        case .F16, .BF16, .I16: 2
        case .I8, .U8, .BOOL: 1
        }
    }

    package var isFloat: Bool {
        switch self {
        case .F32, .F16, .BF16, .F64: true
        case .I64, .I32, .I16, .I8, .U8, .BOOL: false
        }
    }

    /// The integers it can hold; nil for floating-point types.
    package var integerRange: ClosedRange<Int>? {
        switch self {
        case .I64: Int.min...Int.max
        case .I32: Int(Int32.min)...Int(Int32.max)
        case .I16: Int(Int16.min)...Int(Int16.max)
        case .I8: -128...127
        case .U8: 0...255
        case .BOOL: 0...1
        case .F32, .F16, .BF16, .F64: nil
        }
    }

    /// Every name, for messages.
    static var list: String { allCases.map(\.rawValue).joined(separator: ", ") }
}

/// What a checkpoint says of one tensor.
package struct TensorInfo: Hashable, Sendable {
    package let dtype: DType
    package let shape: [Int]

    package init(dtype: DType, shape: [Int]) {
        self.dtype = dtype
        self.shape = shape
    }
}

/// Element counts of shapes that come from a file and may be absurd.
enum ShapeSize {
    /// The product of `shape`, or nil when a length is negative, or the product of those that are not zero does not fit into
    /// an `Int`: parts of a shape are multiplied too.
    static func count(_ shape: [Int]) -> Int? {
        if shape.contains(where: { $0 < 0 }) { return nil }
        var count = 1
        for length in shape where length != 0 {
            let (product, overflow) = count.multipliedReportingOverflow(by: length)
            if overflow { return nil }
            count = product
        }
        return shape.contains(0) ? 0 : count
    }

    /// Bytes of `shape` in `dtype`, or nil when they do not fit into an `Int`.
    static func bytes(_ shape: [Int], _ dtype: DType) -> Int? {
        guard let count = count(shape) else { return nil }
        let (bytes, overflow) = count.multipliedReportingOverflow(by: dtype.size)
        return overflow ? nil : bytes
    }
}
