import Foundation

/// The folder of Package.swift.
package let packageRoot: URL = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

/// `Tests/Fixtures`.
package let fixtures: URL = packageRoot.appendingPathComponent("Tests/Fixtures", isDirectory: true)

/// Real sample files beside the repository, where they are; tests of them are skipped elsewhere.
package let sharedData: URL? = {
    let folder = packageRoot.deletingLastPathComponent().appendingPathComponent("shared/data", isDirectory: true)
    return FileManager.default.fileExists(atPath: folder.path) ? folder : nil
}()
