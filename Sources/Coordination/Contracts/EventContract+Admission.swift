package import ChineseIdentifiers
package import CloudEvents

extension EventContract {
    /// Judges the data of an event and splits it by who may see which part.
    ///
    /// Everything that is wrong is found in one go. Identifiers come back in
    /// their written form (capitals, no blanks); other values as they were sent.
    /// A pure function that never fails: an event is good when `faults` is empty.
    ///
    /// - Parameters:
    ///   - data: what was sent; nil counts as an object without members.
    ///   - time: when it happened: nobody is born later, and codes must have
    ///     been in use then.
    ///   - lenient: unknown fields are dropped with a warning that names them,
    ///     instead of being faults.
    ///   - directory: the county's units and regions.
    ///   - dayKind: what kind of day it was, by the county's calendar.
    package func admit(
        data: JSONValue?, time: Timestamp, lenient: Bool, directory: Directory, dayKind: (CivilDate) -> DayKind,
    ) -> ContractResult {
        var judge = ContractJudge(contract: self, time: time, lenient: lenient, directory: directory)
        judge.judge(data, dayKind: dayKind)
        return judge.result
    }
}
