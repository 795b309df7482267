/// Rows of a product that are computed together while their sums stay in registers.
///
/// Each row has four sums of sixteen lanes, and all rows of a tile take their products with the same four vectors of
/// weights, so a vector is loaded once for the whole tile. A row's sums come about by the same sequence of operations
/// in a tile of any height.
protocol RowTile {
    static var height: Int { get }

    /// Sums that begin as `start` says for each row, counted from `first`.
    init(first: Int, _ start: (Int) -> RowSums)

    /// Adds `factor(row)` times the weights to each row's sums.
    mutating func add(first: Int, _ factor: (Int) -> Vector, times weights: RowSums)

    func forEach(first: Int, _ body: (Int, RowSums) -> Void)
}

/// Four vectors: of one row's sums, or of weights.
struct RowSums {
    var s0: Vector
    var s1: Vector
    var s2: Vector
    var s3: Vector

    /// Vectors from four places.
    @inline(__always)
    init(_ p0: UnsafePointer<Float>, _ p1: UnsafePointer<Float>, _ p2: UnsafePointer<Float>, _ p3: UnsafePointer<Float>)
    {
        s0 = Vector(from: p0)
        s1 = Vector(from: p1)
        s2 = Vector(from: p2)
        s3 = Vector(from: p3)
    }

    /// The 64 floats from `p`.
    @inline(__always)
    init(from p: UnsafePointer<Float>) { self.init(p, p + 16, p + 32, p + 48) }

    @inline(__always)
    private init() {
        s0 = .zero
        s1 = .zero
        s2 = .zero
        s3 = .zero
    }

    @inline(__always)
    static var zero: RowSums { RowSums() }

    @inline(__always)
    func store(to p: UnsafeMutablePointer<Float>) {
        s0.store(to: p)
        s1.store(to: p + 16)
        s2.store(to: p + 32)
        s3.store(to: p + 48)
    }

    @inline(__always)
    static func * (sums: RowSums, factor: Vector) -> RowSums {
        var result = sums
        result.s0 *= factor
        result.s1 *= factor
        result.s2 *= factor
        result.s3 *= factor
        return result
    }

    /// The `total` of each vector, added in the same order: halves, quarters, pairs, lanes.
    @inline(__always)
    var totals: SIMD4<Float> {
        let a = halves(s0, s1), b = halves(s2, s3)
        let low = Vector(
            lowHalf: SIMD8(lowHalf: a.lowHalf.lowHalf, highHalf: a.highHalf.lowHalf),
            highHalf: SIMD8(lowHalf: b.lowHalf.lowHalf, highHalf: b.highHalf.lowHalf))
        let high = Vector(
            lowHalf: SIMD8(lowHalf: a.lowHalf.highHalf, highHalf: a.highHalf.highHalf),
            highHalf: SIMD8(lowHalf: b.lowHalf.highHalf, highHalf: b.highHalf.highHalf))
        // Four lanes of each sum now; as doubles the even ones are lanes 0 and 1, the odd ones 2 and 3.
        let quarters = unsafeBitCast(low + high, to: SIMD8<Double>.self)
        let pairs =
            unsafeBitCast(quarters.evenHalf, to: SIMD8<Float>.self)
            + unsafeBitCast(quarters.oddHalf, to: SIMD8<Float>.self)
        return pairs.evenHalf + pairs.oddHalf
    }

    /// The halves of `a` and of `b` added: eight lanes of each.
    @inline(__always)
    private func halves(_ a: Vector, _ b: Vector) -> Vector {
        Vector(lowHalf: a.lowHalf, highHalf: b.lowHalf) + Vector(lowHalf: a.highHalf, highHalf: b.highHalf)
    }
}

struct OneRow: RowTile {
    private var sums: RowSums

    @inline(__always)
    static var height: Int { 1 }

    @inline(__always)
    init(first: Int, _ start: (Int) -> RowSums) { sums = start(first) }

    @inline(__always)
    mutating func add(first: Int, _ factor: (Int) -> Vector, times weights: RowSums) {
        let a = factor(first)
        sums.s0.addProduct(a, weights.s0)
        sums.s1.addProduct(a, weights.s1)
        sums.s2.addProduct(a, weights.s2)
        sums.s3.addProduct(a, weights.s3)
    }

    @inline(__always)
    func forEach(first: Int, _ body: (Int, RowSums) -> Void) { body(first, sums) }
}

/// One tile above another.
struct Stacked<Upper: RowTile, Lower: RowTile>: RowTile {
    private var upper: Upper
    private var lower: Lower

    @inline(__always)
    static var height: Int { Upper.height + Lower.height }

    @inline(__always)
    init(first: Int, _ start: (Int) -> RowSums) {
        upper = Upper(first: first, start)
        lower = Lower(first: first + Upper.height, start)
    }

    @inline(__always)
    mutating func add(first: Int, _ factor: (Int) -> Vector, times weights: RowSums) {
        upper.add(first: first, factor, times: weights)
        lower.add(first: first + Upper.height, factor, times: weights)
    }

    @inline(__always)
    func forEach(first: Int, _ body: (Int, RowSums) -> Void) {
        upper.forEach(first: first, body)
        lower.forEach(first: first + Upper.height, body)
    }
}

typealias TwoRows = Stacked<OneRow, OneRow>
typealias ThreeRows = Stacked<TwoRows, OneRow>
typealias FourRows = Stacked<TwoRows, TwoRows>
typealias FiveRows = Stacked<FourRows, OneRow>
/// The tallest: its 24 sums, the weights and a factor fill the 32 registers of AVX-512.
typealias SixRows = Stacked<FourRows, TwoRows>

/// What is done with the tiles that rows fall into: the first row of each, and how many tiles came before it.
protocol TileBody {
    func callAsFunction<Tile: RowTile>(_: Tile.Type, row: Int, pass: Int)
}

/// How many tiles rows fall into.
func tileCount(_ rows: Int) -> Int { (rows + 5) / 6 }

/// Cuts rows `0..<rows` into tiles of nearly equal height, and runs `body` on each in order.
@inline(__always)
func forEachTile(_ rows: Int, _ body: some TileBody) {
    var row = 0, pass = 0
    while row < rows {
        let tiles = tileCount(rows - row)
        let height = (rows - row + tiles - 1) / tiles
        switch height {
        case 1: body(OneRow.self, row: row, pass: pass)
        case 2: body(TwoRows.self, row: row, pass: pass)
        case 3: body(ThreeRows.self, row: row, pass: pass)
        case 4: body(FourRows.self, row: row, pass: pass)
        case 5: body(FiveRows.self, row: row, pass: pass)
        default: body(SixRows.self, row: row, pass: pass)
        }
        row += height
        pass += 1
    }
}
