import Hub
import PostgresClient
import Store
import Testing

/// What seals, by itself.
struct SealerTests {
    private static let sealer = Sealer(keyring: .generate())
    private static let key = PostgresUUID.random()

    private func seal(_ text: String, sealer: Sealer = Self.sealer) throws -> AdmissionRow.SealedPart {
        try sealer.seal(
            parts: [("personal", Array(text.utf8)), ("reporter", Array(text.utf8))], county: 1, key: Self.key,
            attributes: [1], data: [2]
        ).parts[0]
    }

    @Test func aPartIsBoundToCountyEventAndAudience() throws {
        let part = try seal("吕小样")
        #expect(try Self.sealer.open(part, county: 1, key: Self.key) == Array("吕小样".utf8))
        #expect(throws: Sealer.Fault.notAuthentic) { try Self.sealer.open(part, county: 2, key: Self.key) }
        #expect(throws: Sealer.Fault.notAuthentic) { try Self.sealer.open(part, county: 1, key: .random()) }
        var moved = part
        moved.audience = "reporter"
        #expect(throws: Sealer.Fault.notAuthentic) { try Self.sealer.open(moved, county: 1, key: Self.key) }
    }

    @Test func everyBitCounts() throws {
        let part = try seal("吕小样")
        for index in part.body.indices {
            var changed = part
            changed.body[index] ^= 1
            #expect(throws: Sealer.Fault.notAuthentic) { try Self.sealer.open(changed, county: 1, key: Self.key) }
        }
        for index in part.wrappedKey.indices {
            var changed = part
            changed.wrappedKey[index] ^= 0x80
            #expect(throws: Sealer.Fault.notAuthentic) { try Self.sealer.open(changed, county: 1, key: Self.key) }
        }
    }

    @Test func theSameTextIsNeverSealedAlike() throws {
        let (first, second) = (try seal("吕小样"), try seal("吕小样"))
        #expect(first.body != second.body && first.wrappedKey != second.wrappedKey)
    }

    @Test func erasedAndNotHeldAreToldApart() throws {
        var part = try seal("吕小样")
        let other = Sealer(keyring: .generate())
        #expect(throws: Sealer.Fault.keyNotHeld) { try other.open(part, county: 1, key: Self.key) }
        part.wrappedKey = []
        #expect(throws: Sealer.Fault.erased) { try Self.sealer.open(part, county: 1, key: Self.key) }
        #expect(throws: Sealer.Fault.erased) { try other.open(part, county: 1, key: Self.key) }
    }

    @Test func aNoteIsBoundToItsPlace() throws {
        let note = try Self.sealer.sealNote(Array("吕小样".utf8), county: 1, context: "duty/1/2")
        #expect(try Self.sealer.openNote(note, county: 1, context: "duty/1/2") == Array("吕小样".utf8))
        for (county, context) in [(2, "duty/1/2"), (1, "duty/1/3"), (1, "access/1")] as [(Int16, String)] {
            #expect(throws: Sealer.Fault.notAuthentic) {
                try Self.sealer.openNote(note, county: county, context: context)
            }
        }
        for cut in [[], Array(note.prefix(5)), Array(note.prefix(60)), Array(note.dropLast())] {
            #expect(throws: Sealer.Fault.notAuthentic) {
                try Self.sealer.openNote(cut, county: 1, context: "duty/1/2")
            }
        }
        #expect(throws: Sealer.Fault.keyNotHeld) {
            try Sealer(keyring: .generate()).openNote(note, county: 1, context: "duty/1/2")
        }
    }

    @Test func theContentHashTellsContentsApartAndNothingElse() throws {
        let seal = { (attributes: [UInt8], data: [UInt8]) in
            try Self.sealer.seal(
                parts: [("personal", [])], county: 1, key: Self.key, attributes: attributes, data: data)
        }
        let first = try seal([1], [2])
        let matches = { (attributes: [UInt8], data: [UInt8]) in
            try Self.sealer.matches(
                hash: first.contentHash, attributes: attributes, data: data, personal: first.parts[0], county: 1,
                key: Self.key)
        }
        #expect(try matches([1], [2]))
        #expect(try !matches([1], [3]))
        #expect(try !matches([0], [2]))
        // Under another key the same content has another hash: it says nothing of the content.
        #expect(try seal([1], [2]).contentHash != first.contentHash)
    }
}
