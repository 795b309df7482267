import Editing
import Models
import Scoring
import Testing

@Suite("Answers with a codebook as it stands")
struct CodebookAnswersTests {
    @Test("In batches of any size they are those of each input alone", arguments: ReplayTests.Setting.allCases)
    func plain(setting: ReplayTests.Setting) throws {
        let fixture = try setting.fixture()
        // More than one batch, with the inputs before and behind others than alone.
        let items = fixture.items + fixture.near + fixture.far
        for step in [0, 1, 9, fixture.items.count] {
            let codebook = fixture.history.codebook(at: step, rules: fixture.options.rules)
            let answers = try CodebookAnswers.of(
                items.map { ModelInput($0.input) }, through: fixture.passes, codebook: codebook,
                options: fixture.options)
            #expect(answers.map(\.output) == (try fixture.plainAnswers(items, step: step)), "as after step \(step)")
            for (item, answer) in zip(items, answers) {
                let prefix = fixture.model.prefixes(of: [ModelInput(item.input)], at: fixture.site)[0]
                let query = fixture.options.query.query(of: prefix)
                #expect(answer.nearest == codebook.nearest(to: query))
                #expect(answer.isEdited == (codebook.retrieve(query) != nil))
            }
        }
    }
}
