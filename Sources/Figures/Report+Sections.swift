import Tables

extension Report {
    /// How many claims hold, and which do not.
    func overview() throws -> HTML {
        let claims = try sections.flatMap { section in
            try (section.tables["summary"]?.records ?? []).map {
                (section: section.name, claim: try $0.text("claim"), holds: try $0.text("holds") == "yes")
            }
        }
        let unmet = claims.filter { !$0.holds }
        var parts: [HTML] = [
            .element("h2", "What the runs show"),
            .element("p", "\(claims.count - unmet.count) of \(claims.count) claims hold."),
        ]
        if !unmet.isEmpty {
            parts += [
                .element("p", "These do not:"),
                .element(
                    "ul",
                    unmet.map {
                        .element("li", ["class": "unmet"], "\(ReportCaption.heading($0.section)): \($0.claim)")
                    }),
            ]
        }
        return .element("section", parts)
    }

    /// A folder of figures: its claims, pictures and tables.
    func html(_ section: Section) throws -> [HTML] {
        var parts: [HTML] = [.element("h2", ReportCaption.heading(section.name))]
        if let summary = section.tables["summary"] {
            let holds = try summary.records.map { try $0.text("holds") == "yes" }
            parts += [
                .element("h3", "Claims"), ReportTable(summary).html { holds[$0] ? "holds" : "unmet" },
            ]
        }
        parts += section.pictures.map(figure)
        if section.pictures.isEmpty {
            parts.append(.element("p", ["class": "note"], "There are no pictures: gnuplot draws them (make figures)."))
        }
        let names = section.tables.keys.filter { $0 != "summary" }.sorted(by: ReportCaption.precedes)
        for name in names {
            guard let caption = ReportCaption.table(name), let table = section.tables[name] else { continue }
            let rows = ReportTable(table).html()
            if name == "final" {
                // A row for each run is for those who look for it, and too wide for paper.
                let label = HTML.element("summary", "\(caption) (\(table.rows.count) rows)")
                parts.append(.element("details", ["class": "screen"], [label, rows]))
            } else {
                parts += [.element("h3", caption), rows]
            }
        }
        let listed = names.filter { ReportCaption.table($0) == nil }
        if !listed.isEmpty { parts += [.element("h3", "Other tables in this folder"), list(listed, of: section)] }
        return [.element("section", parts)]
    }

    private func figure(_ picture: Picture) -> HTML {
        let caption = ReportCaption.picture(picture.name)
        return .element(
            "figure",
            [
                .void(
                    "img",
                    [
                        "src": "data:\(picture.mediaType);base64,\(picture.base64)", "alt": caption,
                        "width": "\(picture.width)",
                    ]),
                .element("figcaption", caption),
            ])
    }

    /// Tables that are too long for a page, by name.
    private func list(_ names: [String], of section: Section) -> HTML {
        .element(
            "ul",
            names.compactMap { name in
                section.tables[name].map { table in
                    .element(
                        "li",
                        [
                            .element("code", "\(name).tsv"),
                            .text(": \(table.rows.count) rows of \(table.columns.joined(separator: ", "))"),
                        ])
                }
            })
    }
}
