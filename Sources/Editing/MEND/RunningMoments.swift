import Tensors

/// Mean and deviation of each dimension of the rows seen so far (Welford 1962), by which the rows are normalised.
struct RunningMoments {
    private(set) var count = 0
    private var mean: [Float]
    /// Sums of squared differences from the mean.
    private var squares: [Float]

    init(width: Int) {
        mean = [Float](repeating: 0, count: width)
        squares = mean
    }

    mutating func add(_ rows: Tensor) {
        for row in 0..<rows.rowCount {
            count += 1
            let x = rows.pointer + row * rows.rowWidth
            for i in mean.indices {
                let before = x[i] - mean[i]
                mean[i] += before / Float(count)
                squares[i] += before * (x[i] - mean[i])
            }
        }
    }

    /// `(x - mean) / (deviation + 1e-7)`; the rows themselves while there are fewer than two, which have no deviation.
    func normalised(_ rows: Tensor) -> Tensor {
        guard count > 1 else { return rows }
        let result = Tensor(uninitialized: rows.shape), width = rows.rowWidth
        for i in mean.indices {
            let deviation = (squares[i] / Float(count - 1)).squareRoot() + 1e-7
            for row in 0..<rows.rowCount {
                result.pointer[row * width + i] = (rows.pointer[row * width + i] - mean[i]) / deviation
            }
        }
        return result
    }

    /// The state as tensors of a record, under names that begin with `name`.
    func tensors(_ name: String) -> [String: Tensor] {
        [
            "\(name).count": Tensor([Float(count)], shape: [1]), "\(name).mean": Tensor(mean, shape: [mean.count]),
            "\(name).squares": Tensor(squares, shape: [mean.count]),
        ]
    }

    /// What `tensors` gave, or nothing seen yet where the record has none.
    init(_ name: String, width: Int, _ record: AdaptorRecord) throws {
        self.init(width: width)
        count = try record.count("\(name).count")
        mean = try record.tensor("\(name).mean", shape: [width])?.array ?? mean
        squares = try record.tensor("\(name).squares", shape: [width])?.array ?? squares
    }
}
