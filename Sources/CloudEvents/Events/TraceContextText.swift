/// The texts of the W3C trace context (https://www.w3.org/TR/trace-context/),
/// which events carry as attributes of the distributed tracing extension.
package enum TraceContextText {
    private static let longestState = 512
    private static let memberLimit = 32

    /// Whether a text is a `traceparent`: `00-<32 digits>-<16 digits>-<2
    /// digits>` in lower-case hexadecimal, neither identifier all zeros.
    package static func isParent(_ text: String) -> Bool {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 4, parts.map(\.utf8.count) == [2, 32, 16, 2], parts[0] != "ff" else { return false }
        let isHexadecimal = text.utf8.allSatisfy { byte in
            isDigit(byte) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte) || byte == UInt8(ascii: "-")
        }
        return isHexadecimal && parts[1].contains { $0 != "0" } && parts[2].contains { $0 != "0" }
    }

    /// Whether a text is a `tracestate`: at most 32 members `key=value`.
    package static func isState(_ text: String) -> Bool {
        guard !text.isEmpty, text.utf8.count <= longestState else { return false }
        let members = text.utf8.split(separator: UInt8(ascii: ","))
            .map { $0.drop(while: isBlank) }.filter { !$0.isEmpty }
        return (1...memberLimit).contains(members.count) && members.allSatisfy(isMember)
    }

    private static func isMember(_ member: Substring.UTF8View) -> Bool {
        guard let sign = member.firstIndex(of: UInt8(ascii: "=")) else { return false }
        let key = member[..<sign]
        let value = member[member.index(after: sign)...]
        guard (1...256).contains(key.count), let first = key.first, isLetter(first) || isDigit(first) else {
            return false
        }
        let isKey = key.allSatisfy { isLetter($0) || isDigit($0) || "_-*/@".utf8.contains($0) }
        return isKey && (1...256).contains(value.count)
            && value.allSatisfy { (0x20...0x7E).contains($0) && $0 != UInt8(ascii: "=") }
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }
    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
    private static func isLetter(_ byte: UInt8) -> Bool { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) }
}
