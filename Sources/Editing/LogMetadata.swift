/// The string metadata of a file of an edit log, read field by field.
package struct LogMetadata {
    private let fields: [String: String]
    private let file: String

    /// - Parameter file: named in errors.
    package init(_ fields: [String: String], file: String) {
        self.fields = fields
        self.file = file
    }

    /// - Throws: `EditingError.badLog` where the field is missing or `parse` does not understand it.
    package func field<T>(_ name: String, _ parse: (String) -> T?) throws(EditingError) -> T {
        guard let text = fields[name] else { throw .badLog(file: file, what: "its metadata has no '\(name)'") }
        guard let value = parse(text) else {
            throw .badLog(file: file, what: "its metadata has \(name) '\(text)', which is not understood")
        }
        return value
    }

    /// The longest answer that the run generated, in tokens: from 1 to 4096, as stream-edit takes it.
    func maxNewTokens() throws(EditingError) -> Int {
        try field("max_new_tokens") { text in Int(text).flatMap { (1...4096).contains($0) ? $0 : nil } }
    }
}
