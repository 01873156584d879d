/// A value the router may read, by field name.
package enum RoutableValue: Sendable, Hashable {
    case text(String)
    case flag(Bool)
    case integer(Int64)
    case list([String])
}
