import Coordination
import Testing

@testable import Hub

/// Waking those who wait for a log to grow.
struct WakeupsTests {
    private static let hrss = Wakeups.Key(county: CountyID(rawValue: 1), unit: "hrss")
    private static let psb = Wakeups.Key(county: CountyID(rawValue: 1), unit: "psb")
    private static let long = Duration.seconds(600)

    @Test
    func aRingWakesWhoWaitsForThatLog() async {
        let wakeups = Wakeups()
        let id = wakeups.register([Self.hrss])
        async let waiting = wakeups.wait(id, atMost: Self.long)
        wakeups.ring([Self.hrss])
        _ = await waiting
        wakeups.unregister(id)
        #expect(wakeups.waiting == 0)
    }

    @Test
    func aRingBeforeTheWaitIsNotLost() async {
        let wakeups = Wakeups()
        let id = wakeups.register([Self.hrss])
        wakeups.ring([Self.hrss])
        await wakeups.wait(id, atMost: Self.long)
    }

    @Test
    func aRingForAnotherLogWakesNobody() async {
        let wakeups = Wakeups()
        let id = wakeups.register([Self.hrss])
        wakeups.ring([Self.psb])
        let start = ContinuousClock.now
        await wakeups.wait(id, atMost: .milliseconds(50))
        #expect(start.duration(to: .now) >= .milliseconds(50))
    }

    @Test
    func aRingForOneWaiterWakesItWhateverItWaitsFor() async {
        let wakeups = Wakeups()
        let id = wakeups.register([Self.hrss])
        wakeups.ring(registration: id)
        await wakeups.wait(id, atMost: Self.long)
    }

    @Test
    func cancellingEndsTheWait() async {
        let wakeups = Wakeups()
        let id = wakeups.register([Self.hrss])
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await wakeups.wait(id, atMost: Self.long) }
            group.cancelAll()
            await group.waitForAll()
        }
    }

    @Test
    func whatIsRungIsKeptForOtherProcessesOnlyWhileThereAreAny() {
        let wakeups = Wakeups()
        wakeups.ring([Self.hrss])
        #expect(wakeups.takeUnsent().isEmpty)
        wakeups.setRelaying(true)
        wakeups.ring([Self.hrss, Self.psb])
        wakeups.ringHere([Self.hrss])
        #expect(wakeups.takeUnsent() == [Self.hrss, Self.psb])
        #expect(wakeups.takeUnsent().isEmpty)
    }
}

/// What processes tell each other of logs that have grown.
struct HintTests {
    private static let mengjin = CountyID(rawValue: 1)
    private static let other = CountyID(rawValue: 2)

    @Test(
        arguments: [
            [Wakeups.Key(county: mengjin, unit: "hrss")],
            [Wakeups.Key(county: mengjin, unit: "town:410322101"), Wakeups.Key(county: mengjin, unit: nil)],
            [Wakeups.Key(county: mengjin, unit: "psb"), Wakeups.Key(county: other, unit: "school:3141990002")],
        ] as [Set<Wakeups.Key>])
    func aHintIsReadAsItWasWritten(_ keys: Set<Wakeups.Key>) {
        #expect(Hint(Hint(process: "p1", keys: keys).text) == Hint(process: "p1", keys: keys))
    }

    @Test
    func moreThanFitsIntoANotificationMeansEverybody() throws {
        let keys = Set((0..<2000).map { Wakeups.Key(county: Self.mengjin, unit: UnitID("school:\($0)")) })
        let hint = Hint(process: "p1", keys: keys)
        #expect(hint.text.utf8.count < 8000)
        #expect(try #require(Hint(hint.text)).keys == nil)
    }

    @Test(arguments: ["", "p1", "p1 x", "p1 x:hrss"])
    func anythingElseIsNoHint(_ text: String) {
        #expect(Hint(text) == nil)
    }
}
