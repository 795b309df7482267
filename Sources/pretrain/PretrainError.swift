/// What can be wrong with what a model is to be trained on, with the folder that it is to be written to, or in training.
enum PretrainError: Error, CustomStringConvertible {
    case otherRun(folder: String, field: String, now: String, then: String)
    case badCheckpoint(file: String)
    case unknownLabel(file: String, row: Int, label: String, known: [String], labelFile: String)
    case emptyDocument(file: String, row: Int)
    case tooFewClasses(file: String, count: Int)
    case notTwoClasses(file: String, count: Int)
    case missingLabel(file: String, row: Int)
    case otherWidth(file: String, row: Int, count: Int, expected: Int)
    case otherVocabulary(folder: String, tokens: Int, embeddings: Int)
    case tooLong(folder: String, length: Int, limit: Int)
    case lossNotFinite(step: Int, learningRate: Float)

    var description: String {
        switch self {
        case .otherRun(let folder, let field, let now, let then):
            "\(folder): this model was trained with \(field) \(then), not \(now); choose another --output or pass --overwrite"
        case .badCheckpoint(let file):
            "\(file): not the state of a training run of this model; pass --overwrite to begin anew"
        case .unknownLabel(let file, let row, let label, let known, let labelFile):
            "\(file): row \(row + 1): label '\(label)' is not one of the classes in \(labelFile) "
                + "(\(known.joined(separator: ", "))); add it there or prepare the data again"
        case .emptyDocument(let file, let row):
            "\(file): row \(row + 1): field text is empty; give the document or leave out the row"
        case .tooFewClasses(let file, let count):
            "\(file): found \(count) class, expected at least 2"
        case .notTwoClasses(let file, let count):
            "\(file): found \(count) classes, expected 2, as one logit tells apart"
        case .missingLabel(let file, let row):
            "\(file): row \(row + 1): field label is missing; give the class or leave out the row"
        case .otherWidth(let file, let row, let count, let expected):
            "\(file): row \(row + 1): found \(count) features, expected \(expected) as in the first row of "
                + "training.jsonl"
        case .otherVocabulary(let folder, let tokens, let embeddings):
            "\(folder): its tokenizer has \(tokens) word pieces, but the model embeds only \(embeddings); "
                + "give the vocab.txt that belongs to the model"
        case .tooLong(let folder, let length, let limit):
            "\(folder): --max-length \(length) is more than the \(limit) positions of the model; give at most \(limit)"
        case .lossNotFinite(let step, let rate):
            "the loss became infinite or NaN at step \(step); lower --learning-rate (now \(rate))"
        }
    }
}
