import Hub
import Testing

/// How what there is only so much of is shared out.
struct FairSharingTests {
    @Test func oneHolderAloneHasAtMostHalf() {
        var share = FairShare<String>(limit: 100)
        #expect((0..<60).map { _ in share.take(1, for: "a") }.count { $0 == .granted } == 50)
        #expect(share.take(1, for: "a") == .shareTaken)
        // Whoever comes now has half of what is left, and so on.
        #expect((0..<60).count { _ in share.take(1, for: "b") == .granted } == 25)
        #expect((0..<60).count { _ in share.take(1, for: "c") == .granted } == 13)
        #expect(share.held == 88)
        share.giveBack(50, of: "a")
        // It holds 13 and 62 are free: as much as is free, with what it has.
        #expect(share.take(50, for: "c") == .shareTaken)
        #expect(share.take(49, for: "c") == .granted)
    }

    @Test func whatIsLargerThanAnyShareIsTakenAlone() {
        var share = FairShare<String>(limit: 100)
        #expect(share.take(80, for: "a") == .granted)
        #expect(share.take(30, for: "b") == .full)
        share.giveBack(80, of: "a")
        #expect(share.held == 0 && share.holding(of: "a") == 0)
        #expect(share.take(101, for: "a") == .full)
    }

    @Test func whatIsAddedCountsHoweverMuchIsLeft() {
        var share = FairShare<String>(limit: 10)
        share.add(30, for: "a")
        #expect(share.take(1, for: "b") == .full)
        share.giveBack(30, of: "a")
        #expect(share.held == 0)
    }

    /// A long line makes nobody else wait, and keeps its own order.
    @Test func linesTakeTurns() {
        var queue = FairQueue<String, Int>()
        queue.append(Array(0..<1000), from: "a")
        queue.append([5000], from: "b")
        queue.append(Array(7000..<7020), from: "c")
        let (first, senders) = queue.take(40)
        #expect(first.count == 40 && first.contains(5000))
        #expect(senders["b"] == 1 && senders["a"] ?? 0 >= 8 && senders["c"] ?? 0 >= 8)
        var rest = first
        while !queue.isEmpty { rest += queue.take(300).elements }
        #expect(rest.filter { $0 < 1000 } == Array(0..<1000))
        #expect(rest.filter { $0 >= 7000 } == Array(7000..<7020))
        #expect(rest.count == 1021 && queue.count == 0)
    }

    /// One sender has half of the places; the other one's turn comes while the
    /// first still has a line.
    @Test func theGateLetsTheOtherIn() async throws {
        let gate = FairGate<String>(width: 4, room: 100)
        let opened = AsyncStream.makeStream(of: Void.self)
        let order = Order()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<2 {
                group.addTask {
                    try await gate.pass("a") {
                        await order.add("a inside")
                        for await _ in opened.stream { break }
                    }
                }
            }
            try await order.reaches(2)
            for _ in 0..<20 { group.addTask { try await gate.pass("a") { await order.add("a") } } }
            while gate.waiting < 20 { await Task.yield() }
            // There are places, and they are not for the one who has half of them.
            try await gate.pass("b") { await order.add("b") }
            #expect(await order.all == ["a inside", "a inside", "b"])
            opened.continuation.finish()
            try await group.waitForAll()
        }
        #expect(await order.all.count == 23)
        #expect(gate.waiting == 0)
    }

    @Test func theRoomToWaitInIsBounded() async throws {
        let gate = FairGate<String>(width: 2, room: 10)
        let opened = AsyncStream.makeStream(of: Void.self)
        let order = Order()
        await withTaskGroup(of: String.self) { group in
            group.addTask {
                await Self.outcome {
                    try await gate.pass("a") {
                        await order.add("inside")
                        for await _ in opened.stream { break }
                    }
                }
            }
            try? await order.reaches(1)
            for _ in 0..<20 { group.addTask { await Self.outcome { try await gate.pass("a") {} } } }
            // Half of the room is one sender's; the rest of its tasks are told at once.
            var refused: [String] = []
            while refused.count < 15, let next = await group.next() { refused.append(next) }
            #expect(refused == Array(repeating: "too-much-at-once", count: 15))
            #expect(gate.refused == 15)
            opened.continuation.finish()
            var others: [String] = []
            for await next in group { others.append(next) }
            #expect(others == Array(repeating: "passed", count: 6))
        }
    }

    @Test func whoIsCancelledLeavesItsLine() async throws {
        let gate = FairGate<String>(width: 2, room: 10)
        let opened = AsyncStream.makeStream(of: Void.self)
        let order = Order()
        await withTaskGroup(of: String.self) { group in
            group.addTask {
                await Self.outcome {
                    try await gate.pass("a") {
                        await order.add("inside")
                        for await _ in opened.stream { break }
                    }
                }
            }
            try? await order.reaches(1)
            await withTaskGroup(of: String.self) { inner in
                inner.addTask { await Self.outcome { try await gate.pass("a") {} } }
                while gate.waiting == 0 { await Task.yield() }
                inner.cancelAll()
                for await outcome in inner { #expect(outcome == "cancelled") }
            }
            #expect(gate.waiting == 0)
            group.addTask { await Self.outcome { try await gate.pass("a") {} } }
            opened.continuation.finish()
            for await outcome in group { #expect(outcome == "passed") }
        }
    }

    private static func outcome(_ body: () async throws -> Void) async -> String {
        do {
            try await body()
            return "passed"
        } catch let error as HubError {
            return error.code
        } catch {
            return "cancelled"
        }
    }
}

/// What happened, in its order.
private actor Order {
    private(set) var all: [String] = []

    func add(_ what: String) { all.append(what) }

    func reaches(_ count: Int) async throws {
        while all.count < count {
            try Task.checkCancellation()
            await Task.yield()
        }
    }
}
