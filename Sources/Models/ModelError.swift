import Foundation

/// What can be wrong with a model folder, or with what a model is asked to do.
package enum ModelError: Error, CustomStringConvertible, Sendable {
    case missingWeight(name: String, file: String)
    case wrongShape(name: String, file: String, expected: [Int], found: [Int])
    case unsupported(file: String, field: String, value: String, supported: String)
    case badConfiguration(file: String, field: String, value: String, expected: String)
    case unknownSite(path: String, known: [String])
    case tokenOutOfRange(token: Int32, vocabulary: Int, context: String)
    case tooLong(context: String, tokens: Int, limit: Int)
    case otherInputs(context: String, expected: String, found: String, remedy: String)
    case labelOutOfRange(label: [Int32], classes: Int, context: String)
    case otherTask(file: String, found: String, expected: String)
    case otherClasses(file: String, found: String, expected: String)
    case otherHead(folder: String, found: String, asked: String)
    case notANumber(context: String)

    package var description: String {
        switch self {
        case .missingWeight(let name, let file):
            "\(file): no tensor '\(name)', which this model needs; is it a checkpoint of the model that config.json describes?"
        case .wrongShape(let name, let file, let expected, let found):
            "\(file): tensor '\(name)' has shape \(found), but config.json asks for \(expected)"
        case .unsupported(let file, let field, let value, let supported):
            "\(file): \(field) is '\(value)', which is not supported (supported: \(supported))"
        case .badConfiguration(let file, let field, let value, let expected):
            "\(file): \(field) is \(value), expected \(expected)"
        case .unknownSite(let path, let known):
            "no layer '\(path)' to edit in this model; it has: \(known.joined(separator: ", "))"
        case .tokenOutOfRange(let token, let vocabulary, let context):
            "\(context): token id \(token) is outside the model's vocabulary of \(vocabulary); "
                + "prepare the data with this model's own tokenizer"
        case .tooLong(let context, let tokens, let limit):
            "\(context): \(tokens) tokens, but the model reads at most \(limit); "
                + "prepare the data with a smaller --max-length"
        case .otherInputs(let context, let expected, let found, let remedy):
            "\(context): the model reads \(expected), found \(found); \(remedy)"
        case .labelOutOfRange(let label, let classes, let context):
            "\(context): the label is \(label.map(String.init).joined(separator: " ")), but the model's classes are 0 to "
                + "\(classes - 1); prepare the data with the classes of this model"
        case .otherTask(let file, let found, let expected):
            "\(file): its labels are \(found), but the model is \(expected); "
                + "give a set that was prepared for this model"
        case .otherClasses(let file, let found, let expected):
            "\(file): has \(found), but the model has \(expected); prepare the data with the model's class names, "
                + "or train a model for these classes"
        case .otherHead(let folder, let found, let asked):
            "\(folder): the checkpoint's head has \(found), expected \(asked); give data with the classes of the model, "
                + "or --new-head to train a new head"
        case .notANumber(let context):
            "\(context): the model computed a value that is not a number; check the checkpoint for infinite or NaN weights, "
                + "or lower the learning rate of what changed them"
        }
    }
}
