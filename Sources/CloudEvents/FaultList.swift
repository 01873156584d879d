/// Faults as they are found, up to a limit.
///
/// Who sends a hundred faults mends the cause, not the list; without a limit a
/// small body could ask for a large answer.
struct FaultList {
    /// The faults kept, in the order found.
    private(set) var faults: [InputFault] = []
    /// How many were found, those not kept included.
    private(set) var found = 0

    private static let limit = 100

    /// Whether none was found.
    var isEmpty: Bool { found == 0 }

    /// How many are kept.
    var count: Int { faults.count }

    /// The faults kept and, where there were more, one that says so.
    var all: [InputFault] {
        found > faults.count ? faults + [Self.furtherFaults(path: "")] : faults
    }

    mutating func record(path: String = "", _ code: String, _ message: String, _ messageZh: String) {
        record(InputFault(path: path, code: code, message: message, messageZh: messageZh))
    }

    mutating func record(_ fault: InputFault) {
        found += 1
        if faults.count < Self.limit { faults.append(fault) }
    }

    /// Puts a step of a JSON Pointer before the paths of the faults kept since
    /// there were `count`. Whoever reads a member or an element calls it when
    /// that is done, so that a path costs nothing as long as nothing is wrong.
    mutating func prefixPaths(since count: Int, _ step: @autoclosure () -> String) {
        guard count < faults.count else { return }
        let step = step()
        for index in count..<faults.count { faults[index].path = step + faults[index].path }
    }

    /// Says that not all faults are listed.
    static func furtherFaults(path: String) -> InputFault {
        InputFault(
            path: path, code: "further-faults", message: "there are further faults; mend these first",
            messageZh: "还有其他错误未列出，请先改正已列出的",
        )
    }
}
