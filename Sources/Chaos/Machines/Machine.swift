import Foundation

/// The machine the harness runs on.
enum Machine {
    static let cores = ProcessInfo.processInfo.activeProcessorCount

    /// How many processes have wanted to run at once, over the last minute.
    static var loadAverage: Double {
        var averages = [0.0, 0.0, 0.0]
        return getloadavg(&averages, 1) == 1 ? (averages[0] * 100).rounded() / 100 : 0
    }

    /// Whether so many want to run that the harness, three hubs and a database
    /// alone cannot be the reason.
    static var isBusy: Bool { loadAverage > 1.5 * Double(cores) }
}
