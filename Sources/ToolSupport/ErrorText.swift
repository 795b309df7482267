import ArgumentParser
import Foundation

/// Turns any error into one line for a person.
package enum ErrorText {
    /// The text of an error on one line, without the type names that Swift or Foundation would print.
    package static func line(for error: any Error) -> String {
        let lines = text(of: error).split(whereSeparator: \.isNewline)
        return lines.map { $0.trimmingCharacters(in: .whitespaces) }.joined(separator: " ")
    }

    /// The error that a command threw while its arguments were checked, which ArgumentParser wraps.
    static func cause(of error: any Error, in root: any ParsableCommand.Type) -> any Error {
        // The wrapper is internal to ArgumentParser; its message is that of the error inside.
        String(reflecting: type(of: error)).hasPrefix("ArgumentParser.")
            ? PlainText(description: root.message(for: error)) : error
    }

    private struct PlainText: Error, CustomStringConvertible {
        let description: String
    }

    private static func text(of error: any Error) -> String {
        switch error {
        case let error as CocoaError: return foundation(error as NSError)
        case let error as POSIXError: return String(cString: strerror(error.code.rawValue))
        case let error as DecodingError: return decoding(error)
        case let error as any CustomStringConvertible where !(type(of: error) is NSError.Type):
            return error.description
        case let error as any LocalizedError: return error.errorDescription ?? foundation(error as NSError)
        default:
            return type(of: error) is NSError.Type ? foundation(error as NSError) : String(describing: error)
        }
    }

    /// `path: reason`, from the system's own reason where Foundation kept it.
    private static func foundation(_ error: NSError) -> String {
        let path = error.userInfo[NSFilePathErrorKey] as? String ?? (error.userInfo[NSURLErrorKey] as? URL)?.path
        var reason = error.localizedDescription
        let underlying = (error.userInfo[NSUnderlyingErrorKey] as? any Error).map { $0 as NSError }
        for cause in [underlying, error].compactMap({ $0 }) where cause.domain == NSPOSIXErrorDomain {
            reason = String(cString: strerror(Int32(cause.code)))
            break
        }
        return path.map { "\($0): \(reason)" } ?? reason
    }

    private static func decoding(_ error: DecodingError) -> String {
        func place(_ path: [any CodingKey]) -> String {
            path.isEmpty ? "the top level" : "'" + path.map(\.stringValue).joined(separator: ".") + "'"
        }
        switch error {
        case .keyNotFound(let key, let context):
            return "JSON: the key \(place(context.codingPath + [key])) is missing"
        case .typeMismatch(let type, let context):
            return "JSON: expected \(type) at \(place(context.codingPath))"
        case .valueNotFound(let type, let context):
            return "JSON: expected \(type) at \(place(context.codingPath)), found null"
        case .dataCorrupted(let context):
            return "JSON: \(context.debugDescription) (at \(place(context.codingPath)))"
        @unknown default:
            return "JSON: \(error.localizedDescription)"
        }
    }
}
