/// When a run saves its progress: at intervals that grow with what saving takes, so that a twentieth of its time at most
/// goes into it in the long run, however much there is to save.
package struct SavingPace {
    private var pause: Double
    private var saved: ContinuousClock.Instant
    private let now: () -> ContinuousClock.Instant

    /// - Parameters:
    ///   - seconds: the least time between two savings; 0 for saving whenever it is asked for.
    ///   - now: tells the time.
    package init(seconds: Double, now: @escaping () -> ContinuousClock.Instant = { .now }) {
        (pause, saved, self.now) = (seconds, now(), now)
    }

    /// Calls `save` when it is time.
    package mutating func saveIfDue(_ save: () throws -> Void) rethrows {
        let start = now()
        guard (start - saved).inSeconds >= pause else { return }
        try save()
        saved = now()
        if pause > 0 { pause = max(pause, 20 * (saved - start).inSeconds) }
    }
}
