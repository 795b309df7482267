/// The sets that a split makes of a file.
package struct EditSets: Equatable, Sendable {
    /// In stream order; ids keep the order before the shuffle.
    package var edits: [QuestionRecord] = []
    /// In file order; empty for splits that hold nothing out.
    package var holdout: [QuestionRecord] = []
    /// How many questions had rephrasings enough, and how many of them were used.
    package var eligible = 0
    package var used = 0
    /// Held-out phrasings left out because another question has the same text among the edits.
    package var overlapping = 0
}

extension EditSplit {
    /// Takes edits and holdout from `questions`.
    ///
    /// The files list the rephrasings of a question in alphabetical order, so halves by position would hold out
    /// "Which ..." and train on "The ...". Which half a rephrasing falls in is therefore drawn by seed, for each
    /// question on its own: its draw depends on the seed and its row only. No text is in both sets.
    ///
    /// - Parameters:
    ///   - shuffle: whether the stream of edits is put into an order drawn by seed, or keeps file order.
    ///   - file: what errors call the file.
    /// - Throws: `DatasetError.tooFewRephrasings` when no question has enough of them, saying how many there are.
    package func select(
        from questions: [ZsREQuestion], seed: UInt64, shuffle: Bool = true, file: String
    ) throws -> EditSets {
        precondition(problem == nil, "counts are checked before work starts")
        let eligible = questions.filter { $0.rephrasings.count >= minimumRephrasings }
        guard !eligible.isEmpty else {
            throw DatasetError.tooFewRephrasings(
                DataLocation(file: file), asked: minimumRephrasings,
                most: questions.map(\.rephrasings.count).max() ?? 0)
        }
        var sets = EditSets()
        sets.eligible = eligible.count
        for question in eligible.prefix(self.questions) {
            sets.used += 1
            for (phrasing, isEdit) in zip(question.rephrasings, roles(of: question, seed: seed)) {
                let set = isEdit ? \EditSets.edits : \EditSets.holdout
                sets[keyPath: set].append(
                    QuestionRecord(
                        id: sets[keyPath: set].count, question: question.row, group: question.row, input: phrasing,
                        answers: question.answers))
            }
        }
        if holdsOut { try separate(&sets, file: file) }
        if shuffle {
            var generator = SeededGenerator(seed: seed, stream: "zsre.order")
            generator.shuffle(&sets.edits)
        }
        return sets
    }

    /// For each rephrasing in use whether it is an edit.
    private func roles(of question: ZsREQuestion, seed: UInt64) -> [Bool] {
        guard holdsOut else { return Array(repeating: true, count: rephrasings) }
        var roles = (0..<rephrasings).map { $0 < (rephrasings + 1) / 2 }
        var generator = SeededGenerator(seed: seed, stream: "zsre.holdout", index: question.row)
        generator.shuffle(&roles)
        return roles
    }

    /// Takes out of the holdout what is also an edit: different questions can have a phrasing in common.
    private func separate(_ sets: inout EditSets, file: String) throws {
        let edited = Set(sets.edits.map(\.input))
        let before = sets.holdout.count
        sets.holdout.removeAll { edited.contains($0.input) }
        sets.overlapping = before - sets.holdout.count
        guard !sets.holdout.isEmpty else { throw DatasetError.emptyHoldout(DataLocation(file: file)) }
        for position in sets.holdout.indices { sets.holdout[position].id = position }
    }
}
