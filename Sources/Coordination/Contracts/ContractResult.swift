package import CloudEvents

/// What a contract makes of the data of an event: everything that is wrong
/// with it, or the data split by who may see which part.
package struct ContractResult: Sendable {
    /// Empty when the data is valid; every fault there is otherwise. Paths begin
    /// with `/data`. The parts below mean nothing unless this is empty.
    package var faults: [InputFault] = []
    /// What was let pass but should be known to the sender.
    package var warnings: [InputFault] = []
    /// Public and internal fields, in the order sent.
    package var open = JSONObject()
    /// The sealed parts that have any field. A list or object of which some
    /// parts are open and some sealed keeps its shape in both.
    package var sealed: [SealedClass: JSONObject] = [:]
    /// Attributes that every recipient sees and filters may name.
    package var promoted: [(name: String, value: AttributeValue)] = []
    /// Promoted and routed-only values, derived ones too, by field name.
    package var routable: [String: RoutableValue] = [:]
    /// The names of the children, their guardians and who reported, faults or
    /// not: nothing that more people read may hold one.
    package var personNames = PersonNames([])
    /// What tells the case, such as `uscc:9141…`. Personal: the caller hashes it
    /// with a key and keeps nothing else of it.
    package var naturalKey: String?

    /// Nothing found and nothing taken.
    package init() {}
}
