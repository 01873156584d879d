import CloudEvents

/// The members of an object, sorted by where they are kept.
struct ContractParts {
    private var open = JSONObject()
    private var personal = JSONObject()
    private var sensitive = JSONObject()
    private var reporter = JSONObject()
    private var officials = JSONObject()
    private var router = JSONObject()

    /// All places; nil is open.
    static let places: [SealedClass?] = [nil] + SealedClass.allCases

    subscript(place: SealedClass?) -> JSONObject {
        switch place {
        case nil: open
        case .personal: personal
        case .sensitive: sensitive
        case .reporter: reporter
        case .officials: officials
        case .router: router
        }
    }

    mutating func set(_ value: JSONValue, for name: String, in place: SealedClass?) {
        switch place {
        case nil: open[name] = value
        case .personal: personal[name] = value
        case .sensitive: sensitive[name] = value
        case .reporter: reporter[name] = value
        case .officials: officials[name] = value
        case .router: router[name] = value
        }
    }

    /// A member, wherever it is kept.
    subscript(name: String) -> JSONValue? {
        open[name] ?? personal[name] ?? sensitive[name] ?? router[name] ?? reporter[name] ?? officials[name]
    }

    /// The sealed parts that have any member.
    var sealed: [SealedClass: JSONObject] {
        var result: [SealedClass: JSONObject] = [:]
        for part in SealedClass.allCases where !self[part].isEmpty { result[part] = self[part] }
        return result
    }
}
