import Tensors

/// A codebook with changes that are not made yet: what a stream will probably do to it. Nothing of the codebook is
/// copied.
struct CodebookDraft: MaintainedCodebook {
    private let codebook: Codebook
    /// The keys that are new here, numbered on from the codebook's.
    private var added: Codebook
    private var changedRadii: [Int: Float] = [:]
    private var changedValues: [Int: Tensor] = [:]

    init(_ codebook: Codebook) {
        self.codebook = codebook
        added = Codebook(keyWidth: codebook.keyWidth, rules: codebook.rules)
    }

    var rules: CodebookRules { codebook.rules }

    /// The key nearest to the query, of which `near` is the codebook's.
    func nearest(to query: [Float], inCodebook near: Codebook.Neighbour?) -> Codebook.Neighbour? {
        guard let new = added.nearest(to: query) else { return near }
        if let near, !added.isNearer(new.distance, than: near.distance) { return near }
        return Codebook.Neighbour(key: codebook.count + new.key, distance: new.distance)
    }

    func label(of key: Int) -> [Int32] {
        key < codebook.count ? codebook.labels[key] : added.labels[key - codebook.count]
    }

    func radius(of key: Int) -> Float {
        changedRadii[key] ?? (key < codebook.count ? codebook.radii[key] : added.radii[key - codebook.count])
    }

    func value(of key: Int) -> Tensor {
        changedValues[key] ?? (key < codebook.count ? codebook.values[key] : added.values[key - codebook.count])
    }

    mutating func add(key: [Float], value: Tensor, radius: Float, label: [Int32]) -> Int {
        codebook.count + added.add(key: key, value: value, radius: radius, label: label)
    }

    mutating func setRadius(_ radius: Float, of key: Int) { changedRadii[key] = radius }
    mutating func setValue(_ value: Tensor, of key: Int) { changedValues[key] = value }
}
