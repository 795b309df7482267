import Checkpoints

/// What must hold in a file for it to be the history of a codebook, so that it can be replayed edit by edit.
extension CodebookHistory {
    /// Checks the order of steps, the births of keys and the keys that are referred to.
    ///
    /// - Throws: `EditingError.badLog` naming the tensor of `file` that is wrong.
    func checkOrder(_ file: SafetensorsFile) throws {
        func fail(_ tensor: String, _ what: String) -> EditingError {
            .badLog(file: file.url.path, what: "tensor '\(tensor)' \(what)")
        }
        let last = file.metadata["stream_steps"].flatMap(Int.init) ?? .max
        for (name, steps) in [
            ("key_steps", keys.map(\.step)), ("value_steps", values.map(\.step)), ("radius_steps", radii.map(\.step)),
        ] {
            if let step = steps.first(where: { $0 < 1 || $0 > last }) {
                throw fail(name, "has step \(step), expected 1 to \(last)")
            }
            if zip(steps, steps.dropFirst()).contains(where: >) { throw fail(name, "is not in order") }
        }
        if let (step, _) = zip(values.map(\.step), values.map(\.step).dropFirst()).first(where: ==) {
            throw fail("value_steps", "has two edits at step \(step)")
        }
        // Every key is born by an edit, in the order of the keys.
        var born = 0
        for edit in values {
            guard (0...born).contains(edit.key) else {
                throw fail("value_keys", "names key \(edit.key) before its birth")
            }
            guard edit.key == born else { continue }
            guard keys.indices.contains(born), keys[born].step == edit.step else {
                throw fail("key_steps", "has no key born at step \(edit.step), where an edit made one")
            }
            born += 1
        }
        guard born == keys.count else { throw fail("value_keys", "has no value for key \(born)") }
        for change in radii {
            guard keys.indices.contains(change.key), keys[change.key].step <= change.step else {
                throw fail("radius_keys", "names a key that does not exist at that step")
            }
            guard change.radius.isFinite else { throw fail("radii", "has the radius \(change.radius)") }
        }
        let measured = Set(radii.filter { keys[$0.key].step == $0.step }.map(\.key))
        if let key = keys.indices.first(where: { !measured.contains($0) }) {
            throw fail("radius_keys", "has no radius for key \(key) at its birth")
        }
    }
}
