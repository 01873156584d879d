/// A value of the CloudEvents SQL expression language (CESQL 1.0, section 3.1).
public enum CESQLValue: Sendable, Hashable {
    /// A sequence of Unicode characters; URIs, timestamps and Base64 text too.
    case string(String)
    /// A whole number of 32 bits.
    case integer(Int32)
    /// `true` or `false`.
    case boolean(Bool)
}

extension CESQLValue {
    /// The types of the language.
    enum Kind: Sendable {
        case string, integer, boolean

        /// What an operator or a function of this type gives back when it
        /// cannot compute anything.
        var zero: CESQLValue {
            switch self {
            case .string: .string("")
            case .integer: .integer(0)
            case .boolean: .boolean(false)
            }
        }
    }

    var kind: Kind {
        switch self {
        case .string: .string
        case .integer: .integer
        case .boolean: .boolean
        }
    }

    /// The value as text; every value has one.
    var asString: String {
        switch self {
        case .string(let text): text
        case .integer(let number): String(number)
        case .boolean(let flag): flag ? "true" : "false"
        }
    }

    /// The value as a number; nil for text that is not a 32-bit decimal.
    var asInteger: Int32? {
        switch self {
        case .string(let text): Int32(text)
        case .integer(let number): number
        case .boolean(let flag): flag ? 1 : 0
        }
    }

    /// The value as a truth value; nil for text other than true and false.
    var asBoolean: Bool? {
        switch self {
        case .string(let text):
            if Self.isASCII(text, equalTo: "true") {
                true
            } else if Self.isASCII(text, equalTo: "false") {
                false
            } else {
                nil
            }
        case .integer(let number): number != 0
        case .boolean(let flag): flag
        }
    }

    /// The value in another type; nil where the cast fails.
    func cast(to kind: Kind) -> CESQLValue? {
        switch kind {
        case .string: .string(asString)
        case .integer: asInteger.map(CESQLValue.integer)
        case .boolean: asBoolean.map(CESQLValue.boolean)
        }
    }

    /// Equality of the language: by code points. Swift's own equality of
    /// strings would hold composed and decomposed accents for equal.
    func isSame(as other: CESQLValue) -> Bool {
        switch (self, other) {
        case (.string(let left), .string(let right)): left.utf8.elementsEqual(right.utf8)
        case (.integer(let left), .integer(let right)): left == right
        case (.boolean(let left), .boolean(let right)): left == right
        default: false
        }
    }

    private static func isASCII(_ text: String, equalTo lowercase: StaticString) -> Bool {
        guard text.utf8.count == lowercase.utf8CodeUnitCount else { return false }
        var pointer = lowercase.utf8Start
        for byte in text.utf8 {
            guard byte | 0x20 == pointer.pointee else { return false }
            pointer += 1
        }
        return true
    }
}
