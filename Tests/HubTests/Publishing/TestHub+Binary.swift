import CloudEvents
import TestSupport

extension TestHub {
    /// Publishes an event in binary mode, as a client would that knows the HTTP
    /// protocol binding and nothing else.
    func publishBinary(
        _ event: JSONValue, as speaker: Speaker, headers: [(String, String)] = []
    ) async throws -> TestAnswer {
        var fields = headers
        for (name, value) in event.objectValue ?? [:] where name != "data" {
            let text = value.stringValue ?? ""
            fields.append(
                name == "datacontenttype" ? ("Content-Type", text) : ("ce-\(name)", Self.percentEncoded(text)))
        }
        return try await send(
            "POST", "/v1/events", as: speaker, headers: fields, body: event.at("/data")?.encodedBytes())
    }

    /// As section 3.1.3.2 of the binding has it: everything that is not printable
    /// ASCII, the space, the quotation mark and the percent sign.
    private static func percentEncoded(_ text: String) -> String {
        text.utf8.map { byte in
            (0x21...0x7E).contains(byte) && byte != 0x22 && byte != 0x25
                ? String(UnicodeScalar(byte)) : "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
        }.joined()
    }
}
