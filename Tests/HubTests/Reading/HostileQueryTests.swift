import CloudEvents
import TestSupport
import Testing

/// Query parameters and segments of paths that hold what no text may: an answer
/// of the contract, wherever they are taken.
struct HostileQueryTests {
    @Test func theCharacterThatNoTextHoldsIsRefusedEverywhere() async throws {
        try await TestHub.with { hub in
            let document = try await hub.get("/openapi.json", as: .nobody).json
            var refused = 0
            for (path, operations) in document.at("paths")?.objectValue ?? [:] {
                for (method, operation) in operations.objectValue ?? [:] {
                    let segments = path.split(separator: "/").map { $0.hasPrefix("{") ? "%00a" : String($0) }
                    let names = operation.list("parameters").filter { $0.text("in") == "query" }
                        .compactMap { $0.text("name") }
                    let queries = names.isEmpty ? [""] : names.map { "?\($0)=a%00b" }
                    for query in queries {
                        for speaker in [TestHub.Speaker.unit("jm-office"), .officer("hrss-01")] {
                            let answer = try await hub.send(
                                method.uppercased(), "/" + segments.joined(separator: "/") + query, as: speaker)
                            #expect(answer.status < 500 || answer.status == 501, "\(method) \(path)\(query)")
                            if answer.code == "bad-query" { refused += 1 }
                        }
                    }
                }
            }
            #expect(refused > 30)
            let answer = try await hub.get("/v1/duties/count?type=%00", as: .unit("hrss"))
            #expect(answer.status == 400 && answer.faultPaths == ["query:type"], "\(answer.text)")
        }
    }
}
