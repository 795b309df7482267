/// Numbers as people read them, for messages.
package enum ToolFormat {
    /// A time span: `0.42s`, `12s`, `3m40s`, `2h05m`.
    package static func duration(_ seconds: Double) -> String {
        guard seconds.magnitude < 1e15 else { return "?" }
        if seconds < 10 { return "\(decimal(seconds, digits: 2))s" }
        let whole = Int(seconds.rounded())
        switch whole {
        case ..<60: return "\(whole)s"
        case ..<3600: return "\(whole / 60)m\(padded(whole % 60))s"
        default: return "\(whole / 3600)h\(padded(whole % 3600 / 60))m"
        }
    }

    /// A number of bytes: `812 B`, `45.3 MB`, `3.1 GB` (powers of 1,000).
    package static func bytes(_ count: Int) -> String {
        switch count {
        case ..<1_000: return "\(count) B"
        case ..<1_000_000: return "\(decimal(Double(count) / 1e3, digits: 1)) kB"
        case ..<1_000_000_000: return "\(decimal(Double(count) / 1e6, digits: 1)) MB"
        default: return "\(decimal(Double(count) / 1e9, digits: 1)) GB"
        }
    }

    /// A number with a fixed count of digits after the point; `nan` where it is undefined.
    package static func decimal(_ value: Double, digits: Int) -> String {
        guard value.isFinite else { return value.isNaN ? "nan" : "\(value)" }
        var scale = 1.0
        for _ in 0..<digits { scale *= 10 }
        let scaled = (value.magnitude * scale).rounded()
        guard scaled < 1e15 else { return "\(value)" }
        let units = Int(scaled)
        let sign = value < 0 && units > 0 ? "-" : ""
        guard digits > 0 else { return "\(sign)\(units)" }
        let fraction = String(units % Int(scale))
        return "\(sign)\(units / Int(scale))." + String(repeating: "0", count: digits - fraction.count) + fraction
    }

    private static func padded(_ number: Int) -> String {
        number < 10 ? "0\(number)" : "\(number)"
    }
}

extension Duration {
    /// The span in seconds.
    package var inSeconds: Double {
        Double(components.seconds) + Double(components.attoseconds) * 1e-18
    }
}
