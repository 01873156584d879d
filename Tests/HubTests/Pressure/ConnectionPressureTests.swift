import TestSupport
import Testing

/// Connections that are slow, silent, too many, or say too much.
struct ConnectionPressureTests {
    /// Five hundred uploads that send a byte and then nothing: each is told that
    /// it is late, and others are served meanwhile.
    @Test func slowUploadsEndAndHinderNobody() async throws {
        try await HubProcess.with(options: ["--body-timeout", "3"]) { process, hub in
            let before = try await process.memory()
            let head = try await hub.head(
                "POST /v1/events", as: .unit("psb"),
                ["Content-Type: application/cloudevents+json", "Content-Length: 1048576"])
            let uploads = try (0..<500).map { _ in
                let socket = try PressureSocket(port: hub.port)
                socket.send(head + "{")
                return socket
            }
            for number in 0..<20 {
                let answer = try await hub.publish(
                    try Sample.report(id: "among-them-\(number)", employer: number), as: .unit("jm-office"))
                #expect(answer.status == 201)
            }
            let during = try await process.memory()
            #expect(during - before < 128 << 20, "\((during - before) >> 20) MiB more")
            for socket in uploads {
                socket.send(" ")
                let answer = try await socket.read()
                #expect(answer.hasPrefix("HTTP/1.1 408 ") && answer.contains("\"request-timeout\""), "\(answer)")
            }
            try await eventually("the bodies are let go of") { try await hub.metric("hub_body_bytes") == 0 }
        }
    }

    /// A head that comes a byte at a time is not waited for longer than one
    /// that does not come at all.
    @Test func stalledHeadsAreTold() async throws {
        try await HubProcess.with(options: ["--head-timeout", "2"]) { _, hub in
            let dripping = try (0..<50).map { _ in try PressureSocket(port: hub.port) }
            let silent = try (0..<50).map { _ in try PressureSocket(port: hub.port) }
            for byte in "GET /v1/me" {
                for socket in dripping { socket.send(String(byte)) }
                try await Task.sleep(for: .milliseconds(100))
            }
            for socket in dripping {
                let answer = try await socket.read()
                #expect(answer.hasPrefix("HTTP/1.1 408 ") && answer.contains("\"request-timeout\""), "\(answer)")
                #expect(answer.lowercased().contains("\r\nconnection: close\r\n"))
            }
            // Who has asked for nothing is owed no answer.
            for socket in silent { #expect(try await socket.read().isEmpty) }
            // Between two requests a connection may be silent for longer.
            let idle = try PressureSocket(port: hub.port)
            let head = try await hub.head("GET /v1/me", as: .unit("psb"))
            idle.send(head)
            #expect(try await idle.read(until: "}").hasPrefix("HTTP/1.1 200 "))
            try await Task.sleep(for: .seconds(3))
            idle.send(head)
            #expect(try await idle.read(until: "}").hasPrefix("HTTP/1.1 200 "))
        }
    }

    /// One connection too many is told so, and there is room again once some
    /// have gone.
    @Test func connectionsAreBounded() async throws {
        try await HubProcess.with(options: ["--connections", "100"]) { _, hub in
            var held = try (0..<99).map { _ in try PressureSocket(port: hub.port) }
            try await eventually("they are counted") { try await hub.metric("hub_connections") >= 100 }
            let refused = try PressureSocket(port: hub.port)
            refused.send(try await hub.head("GET /v1/me", as: .unit("psb")))
            let answer = try await refused.read()
            #expect(answer.hasPrefix("HTTP/1.1 503 ") && answer.contains("\"overloaded\""), "\(answer)")
            #expect(answer.lowercased().contains("\r\nretry-after: "))
            held.removeAll()
            try await eventually("there is room again") { try await hub.metric("hub_connections") < 10 }
            let served = try PressureSocket(port: hub.port)
            served.send(try await hub.head("GET /v1/me", as: .unit("psb"), ["Connection: close"]))
            #expect(try await served.read().hasPrefix("HTTP/1.1 200 "))
        }
    }

    private static let oversized: [(what: String, line: String, fields: [String], status: Int)] = [
        ("one header", "GET /v1/me", ["X-Long: " + String(repeating: "a", count: 40_000)], 431),
        ("one header beyond reading", "GET /v1/me", ["X-Long: " + String(repeating: "a", count: 400_000)], 431),
        ("many headers", "GET /v1/me", (0..<1000).map { "X-\($0): a" }, 431),
        ("a path", "GET /v1/" + String(repeating: "a", count: 10_000), [], 414),
        ("a query", "GET /v1/feed?types=" + String(repeating: "a", count: 10_000), [], 414),
        ("a path beyond reading", "GET /v1/" + String(repeating: "a", count: 400_000), [], 431),
        (
            "a body", "POST /v1/events",
            ["Content-Type: application/cloudevents+json", "Content-Length: 1000000000"], 413
        ),
    ]

    @Test(arguments: oversized.indices)
    func whatIsTooLargeIsToldAndHungUpOn(index: Int) async throws {
        let (what, line, fields, status) = Self.oversized[index]
        try await TestHub.with { hub in
            let socket = try PressureSocket(port: hub.port)
            socket.send(try await hub.head(line, as: .unit("jm-office"), fields + ["Accept: */*"]))
            if status == 414 || status == 431, !what.contains("beyond") {
                let answer = try await socket.read(until: "}")
                #expect(answer.hasPrefix("HTTP/1.1 \(status) "), "\(what): \(answer)")
                #expect(answer.contains("application/problem+json"))
                return
            }
            let answer = try await socket.read()
            #expect(answer.hasPrefix("HTTP/1.1 \(status) "), "\(what): \(answer)")
            #expect(answer.lowercased().contains("\r\nconnection: close\r\n"), "\(answer)")
        }
    }
}
