/// One row of a set that the tools pass on: a phrasing of a question with its accepted answers.
package struct QuestionRecord: Equatable, Sendable {
    /// The row in its set before the stream was shuffled, from 0.
    package var id: Int
    /// The row of the source question in its file, from 0.
    package var question: Int
    /// The fact: all phrasings of one fact share it.
    package var group: Int
    package var input: String
    /// The accepted answers; the first is the label. Empty only in files of questions to be answered.
    package var answers: [String]

    package init(id: Int, question: Int, group: Int, input: String, answers: [String]) {
        self.id = id
        self.question = question
        self.group = group
        self.input = input
        self.answers = answers
    }

    /// The label; nil where the file gave no answer.
    package var answer: String? { answers.first }
}
