/// MEND's settings beside the learning rate of its hypernetwork; the defaults are those of the published code.
package struct MENDOptions: Sendable, Equatable {
    /// What the learned step size of the layer begins at.
    package var editRate: Float = 1e-4
    /// The learning rate of that step size.
    package var editRateLearningRate: Float = 1e-4
    /// The most rows of the hypernetwork's factors.
    package var rank = 1920
    /// The weight of the edit's loss, and of locality.
    package var editWeight: Float = 0.1
    package var localityWeight: Float = 1
    /// The largest norm of the hypernetwork's gradients together.
    package var clip: Float = 100

    package init() {}

    package var values: [String: String] {
        [
            "edit_rate": "\(editRate)", "edit_rate_learning_rate": "\(editRateLearningRate)", "rank": "\(rank)",
            "edit_weight": "\(editWeight)", "locality_weight": "\(localityWeight)", "clip": "\(clip)",
        ]
    }
}
