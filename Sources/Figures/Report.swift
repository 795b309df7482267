import Tables

/// The results of a pipeline in one page that needs nothing else to be read: pictures, tables, claims, settings,
/// versions and times.
package struct Report: Sendable {
    /// A picture of a figure folder.
    package struct Picture: Sendable {
        /// The file's name without its ending.
        package let name: String
        /// `image/svg+xml` or `image/png`.
        package let mediaType: String
        /// The file in base 64.
        package let base64: String
        /// Its width in pixels; a page never shows it wider.
        package let width: Int

        package init(name: String, mediaType: String, base64: String, width: Int) {
            self.name = name
            self.mediaType = mediaType
            self.base64 = base64
            self.width = width
        }
    }

    /// A folder that `plot-data` has filled.
    package struct Section: Sendable {
        /// The folder's name.
        package let name: String
        package let pictures: [Picture]
        /// The tables by the file's name without its ending; `summary` has the claims.
        package let tables: [String: TSVTable]

        package init(name: String, pictures: [Picture], tables: [String: TSVTable]) {
            self.name = name
            self.pictures = pictures.sorted { ReportCaption.precedes($0.name, $1.name) }
            self.tables = tables
        }
    }

    /// A run of a tool, from its record.
    package struct Run: Sendable {
        /// The record's path below the folder of the pipeline.
        package var path: String
        package var tool: String
        package var version: String
        /// What was run, as a shell would take it.
        package var command: String
        package var settings: [String: String]
        /// When it began and ended, in ISO 8601, UTC.
        package var started: String
        package var finished: String
        package var seconds: Double
        /// How long it took and what memory it held, in words.
        package var duration: String
        package var memory: String
        package var machine: String

        package init(
            path: String, tool: String, version: String, command: String, settings: [String: String], started: String,
            finished: String, seconds: Double, duration: String, memory: String, machine: String
        ) {
            self.path = path
            self.tool = tool
            self.version = version
            self.command = command
            self.settings = settings
            self.started = started
            self.finished = finished
            self.seconds = seconds
            self.duration = duration
            self.memory = memory
            self.machine = machine
        }
    }

    let title: String
    let sections: [Section]
    /// In the order in which they began.
    let runs: [Run]
    /// How a time span is written.
    let duration: @Sendable (Double) -> String

    package init(
        title: String, sections: [Section], runs: [Run], duration: @escaping @Sendable (Double) -> String
    ) {
        self.title = title
        self.sections = sections
        self.runs = runs.sorted { ($0.started, $0.path) < ($1.started, $1.path) }
        self.duration = duration
    }

    /// The page.
    /// - Throws: `TableError` when a summary is not one of `plot-data`.
    package func html() throws -> String {
        let head: [HTML] = [
            .void("meta", ["charset": "utf-8"]),
            // The page may load nothing, wherever it is opened.
            .void(
                "meta",
                [
                    "http-equiv": "Content-Security-Policy",
                    "content": "default-src 'none'; img-src data:; style-src 'unsafe-inline'",
                ]),
            .void("meta", ["name": "viewport", "content": "width=device-width"]),
            .element("title", title), .style(ReportStyle.rules),
        ]
        let body = [.element("h1", title), facts] + [try overview()] + (try sections.flatMap(html)) + runPart
        return HTML.document(head: head, body: [.element("main", body)])
    }

    /// When, where and with what the pipeline ran.
    private var facts: HTML {
        let begin = runs.first?.started ?? "", end = runs.map(\.finished).max() ?? ""
        let versions = Set(runs.map(\.version)).sorted().joined(separator: ", ")
        let machines = Set(runs.map(\.machine)).sorted().joined(separator: "; ")
        return .element(
            "dl", ["class": "facts"],
            [
                ("Ran", "\(begin) to \(end)"),
                ("Work", "\(runs.count) runs of tools, \(duration(runs.map(\.seconds).reduce(0, +))) in all"),
                ("Version", versions), ("Machine", machines),
            ].flatMap { [HTML.element("dt", $0.0), HTML.element("dd", $0.1)] })
    }
}
