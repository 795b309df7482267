import Foundation

/// What an editor has done so far, as one file of an edit log.
package protocol EditRecord {
    /// The file's name without its ending.
    static var fileName: String { get }

    var editCount: Int { get }

    /// Writes the record; `metadata` holds the run's settings, and `steps` is how many inputs had streamed in.
    func write(to url: URL, steps: Int, metadata: [String: String]) throws

    /// Reads what `write` wrote, with the metadata of the file.
    ///
    /// - Throws: `EditingError.badLog` for a file that is none, and what reading a safetensors file throws.
    static func read(_ url: URL) throws -> (record: Self, metadata: [String: String])
}
