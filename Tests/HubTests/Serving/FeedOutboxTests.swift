import Testing

@testable import HubAPI

/// What a stream holds for a client that does not take it.
struct FeedOutboxTests {
    private static let quarter = String(repeating: "x", count: 1 << 18)

    @Test
    func whatIsPutComesOutInOrder() async {
        let outbox = FeedOutbox()
        outbox.put("a")
        outbox.put("b")
        #expect(await outbox.next() == "ab")
        outbox.sent()
        outbox.put("c")
        outbox.close()
        #expect(await outbox.next() == "c")
        #expect(await outbox.next() == nil)
    }

    @Test
    func aTakerWaitsForWhatIsPut() async {
        let outbox = FeedOutbox()
        async let text = outbox.next()
        outbox.put("a")
        #expect(await text == "a")
    }

    @Test
    func whatIsUnderWayCountsAsUnsent() async {
        let outbox = FeedOutbox()
        outbox.put("abc")
        _ = await outbox.next()
        #expect(outbox.unsent == 3)
        outbox.sent()
        #expect(outbox.unsent == 0)
    }

    @Test
    func aClientThatHasCaughtUpMayBeOneMebibyteBehind() async throws {
        let outbox = FeedOutbox()
        for _ in 0..<4 { outbox.put(Self.quarter) }
        try await outbox.checkIsFollowing(lastPut: Self.quarter.utf8.count)
        outbox.put("x")
        await #expect(throws: FeedOutbox.ClientTooSlow.self) {
            try await outbox.checkIsFollowing(lastPut: 1)
        }
    }

    @Test
    func aClientIsGivenAMomentForWhatCameAtOnce() async throws {
        let outbox = FeedOutbox()
        for _ in 0..<5 { outbox.put(Self.quarter) }
        async let following: Void = outbox.checkIsFollowing(lastPut: 5 * Self.quarter.utf8.count)
        while outbox.unsent > 0 {
            _ = await outbox.next()
            outbox.sent()
        }
        try await following
    }

    @Test
    func aClientThatCatchesUpIsWaitedForWhileItTakesSomething() async throws {
        let outbox = FeedOutbox()
        for _ in 0..<8 { outbox.put(Self.quarter) }
        async let taken: Void = outbox.waitUntilTaken(atMost: .seconds(600))
        while outbox.unsent > 0 {
            _ = await outbox.next()
            outbox.sent()
        }
        try await taken
    }

    @Test
    func aClientThatTakesNothingIsGivenUp() async {
        let outbox = FeedOutbox()
        outbox.put(Self.quarter)
        await #expect(throws: FeedOutbox.ClientTooSlow.self) {
            try await outbox.waitUntilTaken(atMost: .milliseconds(20))
        }
    }

    @Test
    func nothingIsKeptForAClientThatHasLeft() async throws {
        let outbox = FeedOutbox()
        for _ in 0..<5 { outbox.put(Self.quarter) }
        outbox.abandon()
        outbox.put("x")
        #expect(outbox.unsent == 0)
        #expect(await outbox.next() == nil)
        try await outbox.waitUntilTaken(atMost: .seconds(600))
    }
}
