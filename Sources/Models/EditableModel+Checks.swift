import Checkpoints

/// What an input, a label or a set must fulfil for a model to take it.
extension EditableModel {
    /// Checks that the model reads such inputs; `context` says in errors which one.
    package func check(_ input: ModelInput, context: @autoclosure () -> String) throws(ModelError) {
        switch inputKind {
        case .tokens(let vocabulary, let longest):
            guard input.features.isEmpty else {
                throw .otherInputs(
                    context: context(), expected: "token ids", found: "\(input.features.count) features",
                    remedy: "prepare the data with --tokenizer and this model's folder")
            }
            try check(tokens: input.tokens, vocabulary: vocabulary, context: context())
            if let longest, input.tokens.count > longest {
                throw .tooLong(context: context(), tokens: input.tokens.count, limit: longest)
            }
        case .features(let width):
            guard input.features.count == width else {
                throw .otherInputs(
                    context: context(), expected: "\(width) features",
                    found: input.features.isEmpty ? "token ids" : "\(input.features.count)",
                    remedy: "give a set of the data that this model was trained for")
            }
        }
    }

    /// Checks that the model can give the label.
    package func check(label: [Int32], context: @autoclosure () -> String) throws(ModelError) {
        switch task {
        case .generation:
            if case .tokens(let vocabulary, _) = inputKind {
                try check(tokens: label, vocabulary: vocabulary, context: context())
            }
        case .classification(let labels):
            guard label.count == 1, labels.indices.contains(Int(label[0])) else {
                throw .labelOutOfRange(label: label, classes: labels.count, context: context())
            }
        }
    }

    /// Checks that a set's labels mean what they mean to the model: answers for one that generates, the same classes
    /// in the same order for a classifier. Where a checkpoint only numbers its classes, their count has to do.
    ///
    /// - Parameter file: named in errors.
    package func check(labelNames names: [String]?, file: String) throws(ModelError) {
        guard let names else {
            guard task.labels == nil else {
                throw .otherTask(
                    file: file, found: "answers, not classes", expected: "a classifier, so it needs label_names")
            }
            return
        }
        guard let labels = task.labels else {
            throw .otherTask(file: file, found: "classes", expected: "one that generates answers")
        }
        guard names.count == labels.count else {
            throw .otherClasses(
                file: file, found: "\(names.count) classes (label_names)", expected: "\(labels.count) (id2label)")
        }
        guard !LabelNames.arePlaceholders(labels) else { return }
        if let index = names.indices.first(where: { names[$0] != labels[$0] }) {
            throw .otherClasses(
                file: file, found: "class \(index) '\(names[index])' (label_names)",
                expected: "'\(labels[index])' (id2label)")
        }
    }

    private func check(
        tokens: [Int32], vocabulary: Int, context: @autoclosure () -> String
    ) throws(ModelError) {
        for token in tokens where token < 0 || Int(token) >= vocabulary {
            throw .tokenOutOfRange(token: token, vocabulary: vocabulary, context: context())
        }
    }
}
