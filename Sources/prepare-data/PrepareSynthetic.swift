import ArgumentParser
import Checkpoints
import Datasets
import Foundation
import Files
import ToolSupport

/// `prepare-data synthetic`
struct PrepareSynthetic: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "synthetic",
        abstract: "Make two clusters of points, and a tight circle of edits inside the left one.",
        discussion: """
            The data of the paper's section 3.4. Writes training, upstream and edits, each as .jsonl and .safetensors, \
            and labels.json. The points of the clusters are normal around the centres, cut off at 2.5 deviations, half \
            of them of each class; the edits lie evenly in a circle inside the left cluster and have the label right. \
            Upstream points, which editing must not harm, keep --clearance from that circle: within it the labels have \
            changed. With a clearance above the deferral radius, measured between the points themselves (layers.0), no \
            ball around an edit holds an upstream point.
            """)

    @OptionGroup var destination: OutputFolderOption

    @Option(parsing: .unconditional, help: ArgumentHelp("The centre of the left cluster.", valueName: "x,y"))
    var left = SyntheticClusters().left

    @Option(parsing: .unconditional, help: ArgumentHelp("The centre of the right cluster.", valueName: "x,y"))
    var right = SyntheticClusters().right

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("The standard deviation of both clusters, in each direction.", valueName: "distance"))
    var deviation = SyntheticClusters().deviation

    @Option(parsing: .unconditional, help: ArgumentHelp("The centre of the circle of edits.", valueName: "x,y"))
    var circle = SyntheticClusters().circle

    @Option(parsing: .unconditional, help: ArgumentHelp("The radius of the circle of edits.", valueName: "distance"))
    var circleRadius = SyntheticClusters().circleRadius

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("The least distance of upstream points from that circle.", valueName: "distance"))
    var clearance = SyntheticClusters().clearance

    @Option(parsing: .unconditional, help: ArgumentHelp("Points to train on.", valueName: "count"))
    var trainingCount = SyntheticClusters().trainingCount

    @Option(parsing: .unconditional, help: ArgumentHelp("Points that editing must not harm.", valueName: "count"))
    var upstreamCount = SyntheticClusters().upstreamCount

    @Option(parsing: .unconditional, help: ArgumentHelp("Points in the circle of edits.", valueName: "count"))
    var editCount = SyntheticClusters().editCount

    @OptionGroup var seeding: SeedOption
    @OptionGroup var messages: MessageOptions

    private var clusters: SyntheticClusters {
        var clusters = SyntheticClusters()
        (clusters.left, clusters.right, clusters.circle) = (left, right, circle)
        (clusters.deviation, clusters.circleRadius, clusters.clearance) = (deviation, circleRadius, clearance)
        (clusters.trainingCount, clusters.upstreamCount, clusters.editCount) = (trainingCount, upstreamCount, editCount)
        return clusters
    }

    func validate() throws {
        if let problem = clusters.problem { throw ValidationError(problem) }
    }

    func run() throws {
        var writer = try SetWriter(kind: "synthetic", folder: destination.output, source: nil, seed: seeding.seed)
        writer.settings = [
            "left": left.text, "right": right.text, "circle": circle.text, "deviation": "\(deviation)",
            "circle_radius": "\(circleRadius)", "clearance": "\(clearance)",
        ]
        let sets = clusters.sets(seed: seeding.seed)
        let labels = try LabelList(SyntheticClusters.labels, name: "synthetic")
        try writer.write(file: "labels.json") { try AtomicFile.write(Data((labels.json + "\n").utf8), to: $0) }
        for (name, records) in [("training", sets.training), ("upstream", sets.upstream), ("edits", sets.edits)] {
            let items = records.map { record in
                TokenizedSet.Item(
                    id: record.id, question: record.id, group: record.id, features: record.features,
                    label: record.label.flatMap(labels.index).map { [Int32($0)] } ?? [])
            }
            _ = try writer.write(TokenizedSet(items: items, labelNames: labels.names), as: name)
            try writer.write(rows: records.count, as: name) { try PointRecord.write(records, to: $0) }
        }
        try writer.finish()
    }
}

extension PlanePoint: ExpressibleByArgument {
    /// A point as `x,y`.
    public init?(argument: String) {
        let parts = argument.split(separator: ",", omittingEmptySubsequences: false).map { Double($0) }
        guard parts.count == 2, let x = parts[0], let y = parts[1] else { return nil }
        self.init(x, y)
    }

    public var defaultValueDescription: String { text }

    fileprivate var text: String { "\(x),\(y)" }
}
