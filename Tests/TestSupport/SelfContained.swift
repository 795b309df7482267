import Testing

/// Expects that a page loads nothing: no script, no style sheet or picture from elsewhere, no link.
package func expectSelfContained(_ page: String) throws {
    let attributes = /(?i)\s(?:src|href|srcset|action|data|poster)\s*=\s*["']?([^"'>\s]*)/
    let references = page.matches(of: attributes).map(\.output.1)
    #expect(!references.contains { !$0.hasPrefix("data:image/") }, "\(references.map { $0.prefix(60) })")
    for word in ["<script", "<link", "<iframe", "<object", "<embed", "@import", "url(", "javascript:"] {
        #expect(!page.lowercased().contains(word), "\(word)")
    }
    #expect(page.contains("content=\"default-src 'none'"))
}
