/// What can be wrong with an edit log, or with what is asked of it.
enum EvaluateError: Error, CustomStringConvertible {
    case noLog(folder: String)
    case notRecorded(option: String, log: String)
    case moved(path: String, option: String)
    case otherInput(path: String, log: String)
    case stepPastEnd(step: Int, last: Int)
    case noSnapshot(step: Int, log: String, before: Int, after: Int)
    case rowsDiffer(text: String, tensors: String)
    case noPadding

    var description: String {
        switch self {
        case .noLog(let folder):
            "\(folder): no edit log (codebook.safetensors or editor.safetensors) here; make one with stream-edit"
        case .notRecorded(let option, let log): "\(log): no finished run.json says what was edited; give \(option)"
        case .moved(let path, let option):
            "\(path): the edit log was made with this, but it is not there; give \(option)"
        case .otherInput(let path, let log):
            "\(path): not what the edit log \(log) was made with (the digests differ); give the original, or edit again"
        case .stepPastEnd(let step, let last):
            "--step \(step) lies past the end of the edit log, which has \(last) steps"
        case .noSnapshot(let step, let log, let before, let after):
            "\(log): edits were made between the snapshot at step \(before) and step \(step); ask for step \(before) or "
                + "\(after), or edit again with a smaller --snapshot-every"
        case .rowsDiffer(let text, let tensors):
            "\(text): its rows are not those of \(tensors); write both again with prepare-data"
        case .noPadding:
            "--pad-batch goes with an edit log of --compat official of a T5, whose retrieval reads the padding; leave it out"
        }
    }
}
