import CloudEvents
import HubClient

/// Asks for sweeps, while every hub sweeps on its own schedule too.
struct SweepCaller: Sendable {
    static let unit = "county-gov-office"
    /// Who has the scope `admin`.
    static let officer = "county-gov-office-02"

    let speaker: Speaker
    let ledger: Ledger
    var generator: SeededGenerator

    /// Works until it is told to stop.
    mutating func work(until isOver: @Sendable () -> Bool) async {
        var turn = generator.number(0...99)
        while !isOver(), !Task.isCancelled {
            do {
                let result = try await speaker.insist("sweep", &turn) { try await $0.sweep() }
                ledger.keep(stepsFired: Int(result["stepsFired"]?.integerValue ?? 0))
                turn += 1
            } catch {
                if Task.isCancelled { return }
                ledger.find("sweep: \(error)")
            }
            try? await Task.sleep(for: generator.milliseconds(200...700))
        }
    }
}
