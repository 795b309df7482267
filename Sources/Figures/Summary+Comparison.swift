import Tables

extension Summary {
    /// How much of its upstream score an editor may lose before it counts as lost.
    private static let lostShare = 0.05
    /// "Tens of edits".
    private static let tens = 99.0

    /// An editor's best setting scores higher than that of every other, finetuning comes closest, and all others soon
    /// lose what the model knew (paper, section 3.2). Editors of which no setting qualifies do not compete.
    static func comparison(_ comparison: Comparison, of editor: String) -> [Claim] {
        let standings = comparison.standings
        let own = standings.first { $0.editor == editor }?.best
        let score = own?.end(\.editScore).mean ?? .nan
        let others = standings.filter { $0.editor != editor && !$0.score.isNaN }.sorted { $0.score > $1.score }
        let closest = others.first
        let name = closest.map { " (\($0.editor))" } ?? ""

        var claims = [
            Claim(
                "final edit score of \(editor) less that of the best other editor\(name)",
                closest.map { score - $0.score } ?? .nan, .above(0), layer: own?.key.layer, epsilon: own?.key.epsilon)
        ]
        if let place = others.firstIndex(where: { $0.editor.hasPrefix("finetune") }) {
            claims.append(
                Claim("place of finetuning among the other editors by final edit score", Double(place + 1), .atMost(1)))
        }
        let percent = Int(100 * lostShare)
        for other in others {
            claims.append(
                Claim(
                    "edits until \(other.editor) has lost \(percent)% of its upstream \(comparison.layout.scoreName)",
                    other.best?.editsUntilLost(lostShare) ?? .nan, .atMost(tens), layer: other.best?.key.layer))
        }
        return claims
    }
}
