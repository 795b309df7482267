/// A brain float: the upper half of a 32-bit float.
enum BrainFloat {
    @inline(__always)
    static func widen(_ bits: UInt16) -> Float { Float(bitPattern: UInt32(bits) << 16) }

    /// Rounds to the nearest, ties to even; not-a-number stays so.
    @inline(__always)
    static func narrow(_ value: Float) -> UInt16 {
        let bits = value.bitPattern
        if value.isNaN { return UInt16(bits >> 16) | 0x40 }
        return UInt16(truncatingIfNeeded: (bits &+ 0x7FFF &+ ((bits >> 16) & 1)) >> 16)
    }
}

extension DType {
    /// Widens `count` stored floating-point elements at `source`, which need not be aligned, to `target`.
    func widen(_ source: UnsafeRawPointer, count: Int, to target: UnsafeMutablePointer<Float>) {
        switch self {
        case .F32:
            UnsafeMutableRawPointer(target).copyMemory(from: source, byteCount: count * 4)
        case .F16:
            for index in 0..<count {
                let bits = source.loadUnaligned(fromByteOffset: index * 2, as: UInt16.self)
                target[index] = Float(Float16(bitPattern: bits))
            }
        case .BF16:
            for index in 0..<count {
                target[index] = BrainFloat.widen(source.loadUnaligned(fromByteOffset: index * 2, as: UInt16.self))
            }
        case .F64:
            for index in 0..<count {
                target[index] = Float(source.loadUnaligned(fromByteOffset: index * 8, as: Double.self))
            }
        case .I64, .I32, .I16, .I8, .U8, .BOOL:
            preconditionFailure("\(self) is no floating-point type")
        }
    }

    /// Stores `count` floats at `target` as this floating-point type, rounded to the nearest.
    func narrow(_ source: UnsafePointer<Float>, count: Int, to target: UnsafeMutableRawPointer) {
        switch self {
        case .F32:
            target.copyMemory(from: source, byteCount: count * 4)
        case .F16:
            for index in 0..<count {
                target.storeBytes(of: Float16(source[index]).bitPattern, toByteOffset: index * 2, as: UInt16.self)
            }
        case .BF16:
            for index in 0..<count {
                target.storeBytes(of: BrainFloat.narrow(source[index]), toByteOffset: index * 2, as: UInt16.self)
            }
        case .F64:
            for index in 0..<count {
                target.storeBytes(of: Double(source[index]), toByteOffset: index * 8, as: Double.self)
            }
        case .I64, .I32, .I16, .I8, .U8, .BOOL:
            preconditionFailure("\(self) is no floating-point type")
        }
    }

    /// The stored integer at `source`; any other byte than 0 is a true `BOOL`.
    @inline(__always)
    func integer(at source: UnsafeRawPointer) -> Int {
        switch self {
        case .I64: Int(source.loadUnaligned(as: Int64.self))
        case .I32: Int(source.loadUnaligned(as: Int32.self))
        case .I16: Int(source.loadUnaligned(as: Int16.self))
        case .I8: Int(source.load(as: Int8.self))
        case .U8: Int(source.load(as: UInt8.self))
        case .BOOL: source.load(as: UInt8.self) == 0 ? 0 : 1
        case .F32, .F16, .BF16, .F64: preconditionFailure("\(self) is no integer type")
        }
    }

    /// Stores an integer in `integerRange` at `target`.
    @inline(__always)
    func store(_ value: Int, at target: UnsafeMutableRawPointer) {
        switch self {
        case .I64: target.storeBytes(of: Int64(value), as: Int64.self)
        case .I32: target.storeBytes(of: Int32(value), as: Int32.self)
        case .I16: target.storeBytes(of: Int16(value), as: Int16.self)
        case .I8: target.storeBytes(of: Int8(value), as: Int8.self)
        case .U8, .BOOL: target.storeBytes(of: UInt8(value), as: UInt8.self)
        case .F32, .F16, .BF16, .F64: preconditionFailure("\(self) is no integer type")
        }
    }
}
