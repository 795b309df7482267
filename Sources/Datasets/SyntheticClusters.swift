/// A point of the plane.
package struct PlanePoint: Equatable, Sendable {
    package var x: Double
    package var y: Double

    package init(_ x: Double, _ y: Double) {
        self.x = x
        self.y = y
    }

    package func distance(to other: PlanePoint) -> Double {
        let (dx, dy) = (x - other.x, y - other.y)
        return (dx * dx + dy * dy).squareRoot()
    }
}

/// Two clusters in the plane that a line separates, and a tight circle of points with the other class inside the left
/// one: the data of the paper's section 3.4.
///
/// Training points fill both clusters, the circle included. Upstream points, which editing must not harm, keep
/// `clearance` from the circle, because within it the labels have changed: with a clearance above the deferral radius
/// a ball around any edit holds no upstream point.
package struct SyntheticClusters: Equatable, Sendable {
    /// The classes by index.
    package static let labels = ["left", "right"]

    package var left = PlanePoint(-3, 0)
    package var right = PlanePoint(3, 0)
    /// The standard deviation of each cluster in each direction.
    package var deviation = 1.0
    /// Points further from the centre of their cluster than this many deviations are drawn again.
    package static let reach = 2.5
    /// The centre of the edits.
    package var circle = PlanePoint(-3, 0)
    /// The radius of the disc that edits are drawn from, evenly.
    package var circleRadius = 0.2
    /// The least distance of an upstream point from that disc.
    package var clearance = 0.5
    package var trainingCount = 400
    package var upstreamCount = 200
    package var editCount = 50

    package init() {}

    /// What is wrong with the settings, or nil.
    package var problem: String? {
        let numbers = [left.x, left.y, right.x, right.y, circle.x, circle.y, deviation, circleRadius, clearance]
        guard numbers.allSatisfy(\.isFinite) else { return "centres, deviation, radius and clearance must be finite" }
        for (name, count) in [("training", trainingCount), ("upstream", upstreamCount)]
        where count < 2 || count > Self.countLimit {
            return "--\(name)-count must be from 2 to \(Self.countLimit), a point of each class, found \(count)"
        }
        guard (1...Self.countLimit).contains(editCount) else {
            return "--edit-count must be from 1 to \(Self.countLimit), found \(editCount)"
        }
        guard deviation > 0 else { return "--deviation must be above 0, found \(deviation)" }
        guard circleRadius > 0 else { return "--circle-radius must be above 0, found \(circleRadius)" }
        guard clearance >= 0 else { return "--clearance must not be negative, found \(clearance)" }
        let between = left.distance(to: right)
        guard between > 2 * Self.reach * deviation else {
            return "the clusters overlap: their centres are \(between) apart, expected more than "
                + "\(2 * Self.reach * deviation), \(2 * Self.reach) times --deviation"
        }
        let reach = Self.reach * deviation
        let farthest = [left.x, left.y, right.x, right.y].map(abs).max() ?? 0
        guard farthest <= Self.farthest * deviation else {
            return "the clusters lie \(farthest) from the origin, where numbers are too coarse for points \(deviation) "
                + "apart; expected at most \(Self.farthest * deviation), \(Int(Self.farthest)) times --deviation"
        }
        guard left.distance(to: circle) + circleRadius <= reach else {
            return "the circle of edits leaves the left cluster, which reaches \(reach) from its centre; move --circle"
        }
        guard circleRadius + clearance <= Self.widestClearing * deviation else {
            return
                "--circle-radius and --clearance together must be at most \(Self.widestClearing * deviation), so that "
                + "the cluster, which reaches \(reach), has upstream points left; found \(circleRadius + clearance)"
        }
        return nil
    }

    private static let countLimit = 1_000_000
    /// In deviations: points are written as 32-bit floats, with 24 bits.
    private static let farthest = 1e5
    /// In deviations: beyond it a cluster has some 80th part of its points left.
    private static let widestClearing = 2.4
}

extension SyntheticClusters {
    package struct Sets: Equatable, Sendable {
        package var training: [PointRecord]
        package var upstream: [PointRecord]
        /// In stream order.
        package var edits: [PointRecord]
    }

    /// Draws the points: a function of the settings and the seed.
    package func sets(seed: UInt64) -> Sets {
        precondition(problem == nil, "settings are checked before points are drawn")
        return Sets(
            training: cluster(trainingCount, seed: seed, stream: "synthetic.training") { _ in true },
            upstream: cluster(upstreamCount, seed: seed, stream: "synthetic.upstream") {
                $0.distance(to: circle) >= circleRadius + clearance
            }, edits: edits(seed: seed))
    }

    /// Points of the two clusters in turn, of those that `isWanted`.
    private func cluster(
        _ count: Int, seed: UInt64, stream: String, where isWanted: (PlanePoint) -> Bool
    ) -> [PointRecord] {
        (0..<count).map { index in
            var generator = SeededGenerator(seed: seed, stream: stream, index: index)
            let centre = index.isMultiple(of: 2) ? left : right
            while true {
                let point = PlanePoint(
                    centre.x + deviation * generator.normal(), centre.y + deviation * generator.normal())
                if point.distance(to: centre) <= Self.reach * deviation, isWanted(point) {
                    return record(index, point, Self.labels[index % 2])
                }
            }
        }
    }

    /// Points in the disc, evenly, with the class of the other side.
    private func edits(seed: UInt64) -> [PointRecord] {
        (0..<editCount).map { index in
            var generator = SeededGenerator(seed: seed, stream: "synthetic.edits", index: index)
            while true {
                let point = PlanePoint(
                    circle.x + circleRadius * (2 * generator.uniform() - 1),
                    circle.y + circleRadius * (2 * generator.uniform() - 1))
                if point.distance(to: circle) <= circleRadius { return record(index, point, Self.labels[1]) }
            }
        }
    }

    private func record(_ id: Int, _ point: PlanePoint, _ label: String) -> PointRecord {
        PointRecord(id: id, features: [Float(point.x), Float(point.y)], label: label)
    }
}
