import Testing

@testable import Datasets

@Suite("Splits of zsRE")
struct EditSplitTests {
    @Test(
        "The presets are those of the paper",
        arguments: [
            (EditSplit.Preset.main, 200, 5, 1_000, 0), (.generalization, 1_000, 10, 5_000, 5_000),
            (.long, 2_000, 5, 10_000, 0),
        ])
    func presets(preset: EditSplit.Preset, used: Int, minimum: Int, edits: Int, holdout: Int) throws {
        let split = EditSplit(preset)
        #expect(split.minimumRephrasings == minimum)
        // Every third question has too few rephrasings.
        let questions = Rows.questions(3 * used, rephrasings: [minimum, minimum - 1, minimum + 3])
        let sets = try split.select(from: questions, seed: 0, file: "f")
        #expect(sets.eligible == 2 * used)
        #expect(sets.used == used)
        #expect(sets.edits.count == edits)
        #expect(sets.holdout.count == holdout)
        let expected = questions.filter { $0.rephrasings.count >= minimum }.prefix(used).map(\.row)
        #expect(Set(sets.edits.map(\.question)) == Set(expected))
    }

    @Test("Each of the first rephrasings of a question is an edit, with its answers, row and group")
    func edits() throws {
        let questions = Rows.questions(4, rephrasings: [3])
        let split = EditSplit(.main, questions: 3, rephrasings: 2, minimumRephrasings: 3)
        let sets = try split.select(from: questions, seed: 0, shuffle: false, file: "f")
        #expect(sets.edits.map(\.id) == Array(0..<6))
        #expect(sets.edits.map(\.question) == [0, 0, 1, 1, 2, 2])
        #expect(sets.edits.map(\.group) == [0, 0, 1, 1, 2, 2])
        #expect(sets.edits[3].input == "phrasing 1 of 1?")
        #expect(sets.edits[3].answers == ["answer 1"])
        #expect(sets.holdout.isEmpty)
    }

    @Test("The shuffle changes the order only, by seed, and ids tell the order before it")
    func shuffle() throws {
        let questions = Rows.questions(50, rephrasings: [5])
        let split = EditSplit(.main)
        let plain = try split.select(from: questions, seed: 3, shuffle: false, file: "f")
        let shuffled = try split.select(from: questions, seed: 3, file: "f")
        #expect(shuffled.edits != plain.edits)
        #expect(shuffled.edits.sorted { $0.id < $1.id } == plain.edits)
        #expect(try split.select(from: questions, seed: 3, file: "f") == shuffled)
        #expect(try split.select(from: questions, seed: 4, file: "f").edits != shuffled.edits)
    }

    @Test("Edits and holdout halve the rephrasings of each question, by seed and not by position")
    func holdout() throws {
        let questions = Rows.questions(200, rephrasings: [10])
        let split = EditSplit(.generalization)
        let sets = try split.select(from: questions, seed: 0, file: "f")
        #expect(sets.edits.count == 1_000 && sets.holdout.count == 1_000)
        #expect(Set(sets.edits.map(\.input)).isDisjoint(with: sets.holdout.map(\.input)))
        for row in 0..<200 {
            #expect(sets.edits.count { $0.question == row } == 5)
            #expect(sets.holdout.count { $0.question == row } == 5)
        }
        // Each position is held out about half of the time: within five standard deviations of 100 out of 200.
        for position in 0..<10 {
            let held = sets.holdout.count { $0.input.hasPrefix("phrasing \(position) of") }
            #expect((65...135).contains(held), "position \(position): \(held)")
        }
        #expect(sets.holdout.map(\.id) == Array(0..<1_000))
        #expect(try split.select(from: questions, seed: 1, file: "f").holdout != sets.holdout)
    }

    @Test("The halves of a question depend on seed and row, not on which other questions are used")
    func halvesAreStable() throws {
        let questions = Rows.questions(20, rephrasings: [10])
        let few = try EditSplit(.generalization, questions: 5).select(from: questions, seed: 9, file: "f")
        let many = try EditSplit(.generalization).select(from: questions, seed: 9, file: "f")
        #expect(few.holdout.map(\.input) == many.holdout.prefix(few.holdout.count).map(\.input))
    }

    @Test("An odd number of rephrasings gives the edits one more")
    func oddHalves() throws {
        let split = EditSplit(.generalization, rephrasings: 3, minimumRephrasings: 3)
        let sets = try split.select(from: Rows.questions(4, rephrasings: [3]), seed: 0, file: "f")
        #expect(sets.edits.count == 8 && sets.holdout.count == 4)
    }

    @Test("A text that another question has among the edits is not held out")
    func sharedPhrasings() throws {
        var questions = Rows.questions(40, rephrasings: [2])
        for index in questions.indices { questions[index].rephrasings[0] = "the same for all?" }
        let split = EditSplit(.generalization, rephrasings: 2, minimumRephrasings: 2)
        let sets = try split.select(from: questions, seed: 0, file: "f")
        #expect(Set(sets.edits.map(\.input)).isDisjoint(with: sets.holdout.map(\.input)))
        #expect(sets.overlapping > 0)
        #expect(sets.holdout.count + sets.overlapping == 40)
        #expect(sets.holdout.map(\.id) == Array(sets.holdout.indices))
    }

    @Test("A holdout of nothing but edits is an error")
    func emptyHoldout() {
        let questions = (0..<40).map {
            ZsREQuestion(row: $0, input: "q\($0)", rephrasings: ["a?", "b?"], answers: ["x"])
        }
        let split = EditSplit(.generalization, rephrasings: 2, minimumRephrasings: 2)
        let text = message { _ = try split.select(from: questions, seed: 0, file: "dev.jsonl") }
        #expect(text.contains("dev.jsonl: every held-out phrasing is also an edit"))
    }

    @Test("Fewer questions than asked for give what there is")
    func fewerQuestions() throws {
        let sets = try EditSplit(.main).select(from: Rows.questions(7, rephrasings: [5]), seed: 0, file: "f")
        #expect(sets.used == 7 && sets.edits.count == 35)
    }

    @Test("No question with rephrasings enough is an error that says how many there are at most")
    func noQuestions() {
        let questions = Rows.questions(5, rephrasings: [1, 4, 0])
        let text = message { _ = try EditSplit(.main).select(from: questions, seed: 0, file: "dev.jsonl") }
        #expect(text.contains("dev.jsonl: no question has 5 different rephrasings, the most is 4"))
        #expect(text.contains("--minimum-rephrasings"))
    }

    @Test("Counts can be overridden; the minimum follows a larger number of rephrasings")
    func overrides() {
        let split = EditSplit(.main, questions: 7, rephrasings: 8)
        #expect(split.questions == 7 && split.rephrasings == 8 && split.minimumRephrasings == 8)
        #expect(EditSplit(.main, rephrasings: 2).minimumRephrasings == 5)
        #expect(EditSplit(.long, minimumRephrasings: 9).minimumRephrasings == 9)
    }

    @Test(
        "Counts that make no split are told",
        arguments: [
            (EditSplit(.main, questions: 0), "questions must be at least 1"),
            (EditSplit(.main, questions: -3), "not -3"),
            (EditSplit(.main, rephrasings: 0), "rephrasings must be at least 1"),
            (EditSplit(.generalization, rephrasings: 1), "rephrasings must be at least 2 for generalization"),
            (EditSplit(.main, rephrasings: 6, minimumRephrasings: 5), "minimum of rephrasings (5)"),
            (EditSplit(.main, minimumRephrasings: -1), "minimum of rephrasings (-1)"),
        ])
    func problems(split: EditSplit, expected: String) throws {
        #expect(try #require(split.problem).contains(expected))
        #expect(EditSplit(.generalization).problem == nil)
    }
}
