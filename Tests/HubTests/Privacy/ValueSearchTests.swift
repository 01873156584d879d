import Foundation
import Testing

/// The search by which nothing is found elsewhere finds what is there.
struct ValueSearchTests {
    private static let value = "禤示珩"

    @Test(arguments: ValueSearch.Form.allCases)
    func aValueIsFoundInEveryForm(_ form: ValueSearch.Form) {
        let search = ValueSearch([Self.value, "410322200806229523"])
        for spelling in form.spellings(of: Self.value) {
            let found = search.found(in: Array("before ".utf8) + spelling + Array(" after".utf8))
            #expect(found.contains("\(Self.value), \(form.rawValue)"))
        }
    }

    @Test(arguments: 0..<6)
    func base64IsFoundWhereverTheValueBegins(_ length: Int) {
        let text = String(repeating: "a", count: length) + Self.value + "的情况"
        let encoded = Array(Data(text.utf8).base64EncodedString().utf8)
        #expect(ValueSearch([Self.value]).found(in: encoded).contains("\(Self.value), base64"))
    }

    @Test func whatIsNotThereIsNotFound() {
        let bytes = Array("禤示瑶 \\u79a4\\u793a %E7%A6%A4 e7a6a4e7a4ba".utf8)
        #expect(ValueSearch([Self.value]).found(in: bytes) == [])
    }
}
