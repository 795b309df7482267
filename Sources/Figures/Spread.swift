/// What a score is over the runs of one setting, which differ in the seed.
struct Spread {
    let mean: Double
    let least: Double
    let most: Double

    /// - Parameter values: at least one; an undefined one makes all three undefined.
    init(_ values: [Double]) {
        guard !values.isEmpty, !values.contains(where: \.isNaN) else {
            (mean, least, most) = (.nan, .nan, .nan)
            return
        }
        least = values.min() ?? .nan
        most = values.max() ?? .nan
        // Rounding must not take the mean of equal values beside them.
        mean = min(max(values.reduce(0, +) / Double(values.count), least), most)
    }

    /// The columns that `cells` fills.
    static func columns(_ name: String) -> [String] { [name, "\(name)_min", "\(name)_max"] }

    var cells: [Double] { [mean, least, most] }
}
