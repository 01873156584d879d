/// One value of a result, as it lies in libpq's memory; valid during a call only.
package struct PostgresCell {
    /// Why a cell could not be read as the wanted type; it holds no value.
    package enum Fault: Error {
        case typeMismatch, unexpectedNull, nullElement, dimensions, malformed

        var reason: String {
            switch self {
            case .typeMismatch: "the types do not fit"
            case .unexpectedNull: "the value is null"
            case .nullElement: "an element is null"
            case .dimensions: "the array has several dimensions"
            case .malformed: "the binary form is malformed"
            }
        }
    }

    /// The column's type.
    let type: PostgresType
    /// The binary form; nil for NULL.
    let bytes: UnsafeRawBufferPointer?
}

@available(*, unavailable)
extension PostgresCell: Sendable {}
