/// The version of the tools, all of which carry the same.
package enum ToolVersion {
    /// The version of this build, as `--version` prints it and run manifests record it.
    package static let current = "0.1.0"
}
