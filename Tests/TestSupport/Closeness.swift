/// The largest absolute difference between two runs of numbers; infinite where one of them holds a NaN or they
/// differ in length, so that `largestDifference(a, b) <= tolerance` fails then.
package func largestDifference<A: BinaryFloatingPoint, B: BinaryFloatingPoint>(_ a: [A], _ b: [B]) -> Double {
    guard a.count == b.count else { return .infinity }
    var largest = 0.0
    for (x, y) in zip(a, b) where Double(x) != Double(y) {
        let difference = abs(Double(x) - Double(y))
        if difference.isNaN { return .infinity }
        largest = max(largest, difference)
    }
    return largest
}

/// The project's relative difference: `max |a - b| / max |b|`, with `b` the reference. Zero when both are zero.
package func relativeDifference<A: BinaryFloatingPoint, B: BinaryFloatingPoint>(_ a: [A], to b: [B]) -> Double {
    let difference = largestDifference(a, b)
    let size = b.reduce(0) { max($0, abs(Double($1))) }
    return difference == 0 ? 0 : difference / size
}

/// Whether two runs of floats have the same bits.
package func sameBits(_ a: [Float], _ b: [Float]) -> Bool {
    a.count == b.count && zip(a, b).allSatisfy { $0.bitPattern == $1.bitPattern }
}
