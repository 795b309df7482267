import Foundation
import TestSupport
import Testing

@testable import Datasets

@Suite("Reading court opinions")
struct DocumentReaderTests {
    let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    private func read(
        _ name: String, member: String? = nil, labels: LabelList.Preset = .scdb14,
        _ change: (inout DocumentReader) -> Void = { _ in }
    ) throws -> DocumentReader.Splits {
        var reader = DocumentReader(labels: try LabelList(labels))
        change(&reader)
        return try reader.read(DocumentSource(folder.url(name), member: member))
    }

    private static func line(_ text: String, _ label: String) -> String {
        "{\"text\":\"\(text)\",\"label\":\(label)}\n"
    }

    /// FairLex's three files.
    private static let fairLex = [
        ("train.jsonl", Data((line("a", "0") + line("b", "\"first amendment\"")).utf8)),
        ("val.jsonl", Data(line("c", "6").utf8)), ("test.jsonl", Data((line("d", "13") + line("e", "7")).utf8)),
    ]

    @Test("FairLex's zip, also with a folder in it, and its unpacked folder are the same three splits")
    func fairLex() throws {
        try ArchiveMaker.pack(Self.fairLex, as: .zip, to: folder.url("a.zip"))
        try ArchiveMaker.pack(
            Self.fairLex.map { ("scotus/\($0.0)", $0.1) } + [("scotus/README.md", Data("x".utf8))], as: .tar, .gzip,
            to: folder.url("b.tar.gz"))
        for (name, data) in Self.fairLex { try folder.file("c/\(name)", data) }
        for name in ["a.zip", "b.tar.gz", "c"] {
            let splits = try read(name)
            #expect(splits[.train]?.map(\.text) == ["a", "b"])
            #expect(splits[.train]?.map(\.label) == ["Criminal Procedure", "First Amendment"])
            #expect(splits[.validation]?.map(\.label) == ["Unions"])
            #expect(splits[.test]?.map(\.label) == ["Private Action", "Economic Activity"])
            #expect(splits[.test]?.last?.source == .init(split: "test", row: 1, label: "Economic Activity"))
        }
    }

    @Test("LexGLUE's issueArea is a code of the database, whatever the list; its data_type the split")
    func lexGLUE() throws {
        let rows = [("a", "1", "train"), ("b", "12", "dev"), ("c", "8", "test")].map {
            "{\"text\":\"\($0.0)\",\"issueArea\":\"\($0.1)\",\"data_type\":\"\($0.2)\"}\n"
        }
        try ArchiveMaker.pack(
            [("scotus.jsonl", Data(rows.joined().utf8))], as: .tar, .gzip, to: folder.url("scotus.tar.gz"))
        for list in LabelList.Preset.allCases {
            let splits = try read("scotus.tar.gz", labels: list)
            #expect(splits[.train]?.map(\.label) == ["Criminal Procedure"])
            #expect(splits[.validation]?.map(\.label) == ["Federal Taxation"])
            #expect(splits[.test]?.map(\.label) == ["Economic Activity"])
        }
        #expect(try read("scotus.tar.gz", member: "scotus.jsonl").count == 3)
    }

    @Test("An index means another class in each list")
    func lists() throws {
        try folder.file("d/train.jsonl", Self.line("a", "10"))
        try folder.file("d/test.jsonl", Self.line("a", "\"9\""))
        #expect(try read("d")[.train]?.first?.label == "Interstate Relations")
        #expect(try read("d", labels: .fairlex11)[.train]?.first?.label == "Federal Taxation")
        #expect(try read("d", labels: .fairlex11)[.test]?.first?.label == "Federalism")
    }

    @Test("CSV with quotes, commas and line ends in its fields, by split files or by a field of any name")
    func csv() throws {
        let text = "text,label,part\n\"One, \"\"two\"\"\nthree.\",2,train\nplain,unions,test\r\n\"x\",0,validation\n\n"
        try folder.file("e.csv", "\u{FEFF}" + text)
        let splits = try read("e.csv") { $0.splitField = "part" }
        #expect(splits[.train]?.first?.text == "One, \"two\"\nthree.")
        #expect(splits[.train]?.first?.label == "First Amendment" && splits[.test]?.first?.label == "Unions")
        #expect(splits[.validation]?.first?.source?.row == 2)
        try folder.file("f/train.csv", "id,label,text\n1,3,a b\n2,4,\"c\"")
        try folder.file("f/test.csv", "id,label,text\n1,3,a b\n")
        #expect(try read("f")[.train]?.map(\.label) == ["Due Process", "Privacy"])
    }

    @Test("Years are read from numbers and from CSV")
    func years() throws {
        try folder.file("g/train.jsonl", "{\"text\":\"a\",\"label\":1,\"year\":1950}\n")
        try folder.file("g/test.csv", "text,label,year\na,1,1999\nb,2,\n")
        let splits = try read("g")
        #expect(splits[.train]?.map(\.year) == [1950] && splits[.test]?.map(\.year) == [1999, nil])
    }

    @Test(
        "Files that lie are refused with their place",
        arguments: [
            ("{\"text\":\"a\",\"label\":14}\n", "line 1: label \"14\" is unknown: expected an index from 0 to 13"),
            ("{\"text\":\"a\",\"label\":\"Taxes\"}\n", "label \"Taxes\" is unknown"),
            ("{\"text\":\"a\",\"label\":-1}\n", "label \"-1\" is unknown"),
            ("{\"text\":\"a\",\"label\":1.5}\n", "field label: expected a string or a whole number"),
            ("{\"text\":\"a\"}\n", "line 1: field label is missing"),
            ("{\"text\":\"a\",\"label\":null}\n", "line 1: field label is missing"),
            (
                "{\"text\":\"a\",\"issueArea\":\"15\"}\n",
                "issueArea \"15\" is unknown: expected the code, from 1 to 14, of a class that --labels has"
            ),
            ("{\"text\":\" \",\"label\":1}\n", "line 1: field text is empty"),
            ("{\"label\":1}\n", "field text is missing"),
            ("", "train.jsonl: no rows"), ("text,label\n", "no rows"),
            ("text,label\na,1\n,2\n", "row 2: field text is empty"),
            ("text,label\na,\n", "row 1: field label is empty"),
            ("text,label\na\n", "row 1: not CSV: expected 2 fields"), ("text,label\na,1\nb,2,3\n", "row 2: not CSV"),
            ("text,label\n\"a,1\n", "a quoted field is never closed"),
            ("text,label\n\"a\"b\",\"\n", "not CSV: a quote is"),
            ("text,text\na,1\n", "the header has a column twice"),
            ("{\"text\":\"a\",\"label\":1,\"year\":\"then\"}\n", "field year"),
        ])
    func lies(text: String, expected: String) throws {
        try folder.file("h/train.jsonl", text)
        try folder.file("h/test.jsonl", Self.line("a", "1"))
        let error = #expect(throws: DatasetError.self) { try read("h") }
        #expect(error?.description.contains(expected) == true, "\(error?.description ?? "")")
    }

    @Test("A source needs train and test, each once")
    func missing() throws {
        try ArchiveMaker.pack(Array(Self.fairLex.prefix(2)), as: .zip, to: folder.url("cut.zip"))
        try folder.file("twice/train.jsonl", "")
        try folder.file("twice/train.csv", "")
        try folder.file("none/other.jsonl", "")
        try folder.file("all.jsonl", Self.line("a", "1").replacing("}", with: ",\"data_type\":\"train\"}"))
        try folder.file("odd.jsonl", Self.line("a", "1").replacing("}", with: ",\"data_type\":\"holdout\"}"))
        try folder.file("plain.jsonl", Self.line("a", "1"))
        for (name, expected) in [
            ("cut.zip", "cut.zip: nothing of the split test"), ("twice", "the split train is there twice"),
            ("none", "nothing of the split train"), ("all.jsonl", "nothing of the split test"),
            ("odd.jsonl", "data_type \"holdout\" is unknown"), ("plain.jsonl", "field data_type is missing"),
        ] {
            let error = #expect(throws: DatasetError.self) { try read(name) }
            #expect(error?.description.contains(expected) == true, "\(error?.description ?? "")")
        }
    }
}

@Suite("Merging labels")
struct LabelMergeTests {
    @Test("The paper's merge leaves 11 of the 14 issue areas")
    func paper() throws {
        let merger = try LabelMerger(LabelMerge.paper, labels: LabelList(.scdb14))
        let merged = LabelList.issueAreas.map(merger.merged)
        #expect(Set(merged).count == 11)
        #expect(merged[2] == "Civil Rights" && merged[3] == "Civil Rights" && merged[6] == "Economic Activity")
        #expect(try LabelMerger([], labels: LabelList(.scdb14)).merged("Unions") == "Unions")
    }

    @Test("A merge is written A,B=C")
    func text() {
        #expect(LabelMerge("First Amendment, Due  Process = Civil Rights") == LabelMerge.paper[0])
        #expect(LabelMerge.paper.map { LabelMerge($0.text) } == LabelMerge.paper)
        for text in ["", "a", "a=", "=b", "a,=b", "a=b=c", ",=b"] { #expect(LabelMerge(text) == nil, "\(text)") }
    }

    @Test(
        "Merges that cannot be done name what is wrong",
        arguments: [
            ([("Taxes", "Unions")], "Taxes is no class of scdb14"), ([("Unions", "Taxes")], "Taxes is no class"),
            ([("Unions", "unions")], "merged into itself"),
            ([("Unions", "Privacy"), ("Unions", "Attorneys")], "Unions is merged twice"),
            ([("Unions", "Privacy"), ("Privacy", "Attorneys")], "Privacy is itself merged into Attorneys"),
        ])
    func bad(pairs: [(String, String)], expected: String) throws {
        let merges = pairs.map { LabelMerge([$0.0], into: $0.1) }
        let error = #expect(throws: DatasetError.self) { try LabelMerger(merges, labels: LabelList(.scdb14)) }
        #expect(error?.description.contains(expected) == true, "\(error?.description ?? "")")
    }
}

@Suite("Sets of documents")
struct DocumentPlanTests {
    private func records(_ count: Int, _ split: String, years: [Int?]) -> [DocumentRecord] {
        (0..<count).map {
            DocumentRecord(
                id: $0, text: "\(split) \($0)", label: "Unions", year: years[$0 % years.count],
                source: .init(split: split, row: $0, label: "Unions"))
        }
    }

    private func plan() throws -> DocumentPlan {
        DocumentPlan(merger: try LabelMerger(LabelMerge.paper, labels: LabelList(.scdb14)))
    }

    @Test("Labels are merged in training and upstream and not in the stream")
    func merging() throws {
        let sets = try plan().sets(
            from: [
                .train: records(4, "train", years: [nil]), .validation: records(2, "val", years: [nil]),
                .test: records(3, "test", years: [nil]),
            ], seed: 0)
        #expect(sets.training.map(\.label) == Array(repeating: "Economic Activity", count: 4))
        #expect(sets.upstream.allSatisfy { $0.label == "Economic Activity" && $0.source?.label == "Unions" })
        #expect(sets.edits.map(\.label) == ["Unions", "Unions", "Unions"] && !sets.isOrderedByYear)
    }

    @Test("The stream stands by year where all have one, equals as in the file; else as in the file")
    func order() throws {
        let train = records(2, "train", years: [nil])
        let dated = try plan().sets(from: [.train: train, .test: records(5, "t", years: [2001, 1999, 2001])], seed: 0)
        #expect(dated.edits.map { $0.source?.row } == [1, 4, 0, 2, 3] && dated.isOrderedByYear)
        #expect(dated.edits.map(\.id) == Array(0..<5))
        let undated = try plan().sets(from: [.train: train, .test: records(5, "t", years: [2001, nil])], seed: 0)
        #expect(undated.edits.map { $0.source?.row } == [0, 1, 2, 3, 4])
    }

    @Test("Without a validation split a tenth of the training split is kept apart")
    func share() throws {
        let splits: DocumentReader.Splits = [
            .train: records(50, "train", years: [nil]), .test: records(1, "test", years: [nil]),
        ]
        let sets = try plan().sets(from: splits, seed: 1)
        #expect(sets.upstreamIsShare && sets.upstream.count == 5 && sets.training.count == 45)
        #expect(Set(sets.upstream.map(\.text)).isDisjoint(with: sets.training.map(\.text)))
        #expect(try plan().sets(from: splits, seed: 2) != sets)
    }

    @Test("Counts draw by seed and keep the order")
    func counts() throws {
        var plan = try plan()
        (plan.trainingCount, plan.upstreamCount, plan.editCount) = (7, 3, 5)
        let splits: DocumentReader.Splits = [
            .train: records(50, "train", years: [nil]), .validation: records(20, "val", years: [nil]),
            .test: records(30, "test", years: [nil]),
        ]
        let sets = plan.sets(from: splits, seed: 1)
        #expect(sets.training.count == 7 && sets.upstream.count == 3 && sets.edits.count == 5)
        let rows = sets.edits.compactMap { $0.source?.row }
        #expect(rows == rows.sorted() && rows != Array(0..<5))
    }
}
