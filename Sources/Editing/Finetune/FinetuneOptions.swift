/// What continual finetuning does beside taking gradient steps on each error; nothing by default.
package struct FinetuneOptions: Sendable, Equatable {
    /// The weight λ of elastic weight consolidation over recent edits (Kirkpatrick et al. 2017); 0 does without.
    package var ewc: Float = 0
    /// How many recent edits its Fisher information is estimated from.
    package var ewcEdits = 10
    /// Trains on all edits so far after every so many; 0 never does.
    package var retrainEvery = 0
    /// Adam steps of such a training, each on a batch of the edits so far.
    package var retrainSteps = 100

    package init() {}

    /// Reads what `values` wrote.
    package init(_ metadata: LogMetadata) throws(EditingError) {
        ewc = try metadata.field("ewc") { Float($0) }
        ewcEdits = try metadata.field("ewc_edits") { Int($0) }
        retrainEvery = try metadata.field("retrain_every") { Int($0) }
        retrainSteps = try metadata.field("retrain_steps") { Int($0) }
    }

    /// What tables call finetuning with these options: `finetune`, with `-ewc` and `-retrain` for what it does beside.
    package var name: String {
        EditorName.finetune.rawValue + (ewc > 0 ? "-ewc" : "") + (retrainEvery > 0 ? "-retrain" : "")
    }

    /// How many of the latest edits are needed to go on.
    package var historyNeeded: Int { retrainEvery > 0 ? .max : ewc > 0 ? ewcEdits : 0 }

    package var values: [String: String] {
        [
            "ewc": "\(ewc)", "ewc_edits": "\(ewcEdits)", "retrain_every": "\(retrainEvery)",
            "retrain_steps": "\(retrainSteps)",
        ]
    }
}
