import CloudEvents

extension JSONValue {
    /// The value at a JSON Pointer whose keys need no escape; nil when there is none.
    func at(_ pointer: String) -> JSONValue? {
        pointer.split(separator: "/").reduce(Optional(self)) { value, key in
            switch value {
            case .array(let elements)?: Int(key).flatMap { elements.indices.contains($0) ? elements[$0] : nil }
            case let value?: value[String(key)]
            case nil: nil
            }
        }
    }

    /// The text at a JSON Pointer; nil when there is none.
    func text(_ pointer: String) -> String? { at(pointer)?.stringValue }

    /// The elements of the list at a JSON Pointer; none when there is no list.
    func list(_ pointer: String) -> [JSONValue] { at(pointer)?.arrayValue ?? [] }

    /// The same with another value at a JSON Pointer; nil takes the member away.
    func with(_ pointer: String, _ value: JSONValue?) -> JSONValue {
        replaced(pointer.split(separator: "/")[...], value) ?? .null
    }

    private func replaced(_ keys: ArraySlice<Substring>, _ value: JSONValue?) -> JSONValue? {
        guard let key = keys.first else { return value }
        let rest = keys.dropFirst()
        if case .array(var elements) = self, let index = Int(key) {
            elements[index] = elements[index].replaced(rest, value) ?? .null
            return .array(elements)
        }
        var object = objectValue ?? JSONObject()
        object[String(key)] = (object[String(key)] ?? [:]).replaced(rest, value)
        return .object(object)
    }

    /// The names of an object's members.
    var names: Set<String> { Set(objectValue?.keys ?? []) }
}

/// A fault as an answer shows it, by what a program reads of it.
struct ShownFault: Hashable, CustomStringConvertible {
    var path: String
    var code: String

    init(_ path: String, _ code: String) {
        self.path = path
        self.code = code
    }

    init(_ value: JSONValue) {
        self.init(value.text("path") ?? "?", value.text("code") ?? "?")
    }

    var description: String { "\(path) \(code)" }
}

extension JSONValue {
    /// The faults of a problem.
    var faults: Set<ShownFault> { Set(list("errors").map { ShownFault($0) }) }
}
