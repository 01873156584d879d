import Testing

@testable import PostgresClient

/// Connections are strings; time is a number of nanoseconds.
@Suite struct PoolStateMachineTests {
    private struct Waiter: PoolWaiter {
        var id: UInt64
        var takesLease = false
        var deadline: UInt64 = 1_000
    }

    private typealias Machine = PoolStateMachine<String, Waiter>

    private let failure = ConnectFailure(
        error: PostgresError(.connectFailed, message: "refused"), isPermanent: false)
    private let wrongPassword = ConnectFailure(
        error: PostgresError(.connectFailed, message: "no", sqlState: .invalidPassword), isPermanent: true)

    private func machine(size: Int = 2, depth: Int = 2, maximumWaiters: Int = 100) -> Machine {
        Machine(
            limits: Machine.Limits(
                size: size, depth: depth, maximumWaiters: maximumWaiters, patience: 100,
                backoff: Backoff(first: .nanoseconds(200), ceiling: .nanoseconds(400))))
    }

    /// Short words for actions.
    private func words(_ actions: [Machine.Action]) -> [String] {
        actions.map { action in
            switch action {
            case .connect(let id): "connect \(id)"
            case .dispatch(let waiter, let connection): "\(waiter.id) to \(connection)"
            case .fail(let waiter, let error): "fail \(waiter.id): \((error as? PostgresError)?.message ?? "cancelled")"
            case .cancel(let connection): "cancel on \(connection)"
            case .close(let connection): "close \(connection)"
            case .ended: "ended"
            }
        }
    }

    /// A machine with open connections "c1" and so on.
    private func open(_ count: Int, size: Int = 2, depth: Int = 2, maximumWaiters: Int = 100) -> Machine {
        var machine = machine(size: size, depth: depth, maximumWaiters: maximumWaiters)
        for id in 1...UInt64(count) {
            _ = machine.requested(Waiter(id: 1000 + id, takesLease: true), now: 0)
            _ = machine.connectionMade(id, "c\(id)")
            _ = machine.connectionOpened(id, now: 0)
        }
        for id in 1...UInt64(count) { _ = machine.leaseEnded(id, now: 0) }
        return machine
    }

    // MARK: Growing and sharing

    @Test func theFirstCallerMakesTheFirstConnection() {
        var machine = machine()
        #expect(words(machine.requested(Waiter(id: 1), now: 0)) == ["connect 1"])
        #expect(machine.statistics.waiting == 1 && machine.statistics.connecting == 1)
        #expect(words(machine.connectionMade(1, "c1")).isEmpty)
        #expect(words(machine.connectionOpened(1, now: 1)) == ["1 to c1"])
        #expect(machine.statistics.open == 1 && machine.statistics.underWay == 1)
    }

    @Test func noMoreConnectionsAreMadeThanCallersWait() {
        var machine = machine(size: 8)
        #expect(words(machine.requested(Waiter(id: 1), now: 0)) == ["connect 1"])
        #expect(words(machine.requested(Waiter(id: 2), now: 0)) == ["connect 2"])
        _ = machine.connectionMade(1, "c1")
        // Both share the first connection at once, and a third caller waits
        // for the second.
        #expect(words(machine.connectionOpened(1, now: 0)) == ["1 to c1", "2 to c1"])
        #expect(words(machine.requested(Waiter(id: 3), now: 0)).isEmpty)
    }

    @Test func anIdleConnectionIsUsedBeforeAnotherIsMade() {
        var machine = open(1, size: 4)
        #expect(words(machine.requested(Waiter(id: 1), now: 0)) == ["1 to c1"])
        #expect(words(machine.completed(1, count: 1, now: 1)).isEmpty)
        #expect(words(machine.requested(Waiter(id: 2), now: 2)) == ["2 to c1"])
        #expect(words(machine.requested(Waiter(id: 3), now: 3)) == ["3 to c1", "connect 2"])
    }

    @Test func queriesGoToTheConnectionWithTheFewest() {
        var machine = open(2, depth: 3)
        let dispatched = (1...6).flatMap { words(machine.requested(Waiter(id: $0), now: 0)) }
        #expect(dispatched == ["1 to c1", "2 to c2", "3 to c1", "4 to c2", "5 to c1", "6 to c2"])
        #expect(words(machine.requested(Waiter(id: 7), now: 0)).isEmpty, "all are full")
        #expect(words(machine.completed(2, count: 2, now: 1)) == ["7 to c2"])
    }

    @Test func nobodyQueuesBehindASlowStatement() {
        var machine = open(2, depth: 16)
        _ = machine.requested(Waiter(id: 1), now: 0)
        _ = machine.requested(Waiter(id: 2), now: 90)
        #expect(words(machine.requested(Waiter(id: 3), now: 120)) == ["3 to c2"], "c1 makes no progress")
        #expect(words(machine.requested(Waiter(id: 4), now: 200)).isEmpty, "neither does c2")
        #expect(words(machine.completed(1, count: 1, now: 250)) == ["4 to c1"])
    }

    // MARK: Leases

    @Test func aLeaseIsExclusive() {
        var machine = open(1, size: 1)
        #expect(words(machine.requested(Waiter(id: 1, takesLease: true), now: 0)) == ["1 to c1"])
        #expect(words(machine.requested(Waiter(id: 2), now: 0)).isEmpty)
        #expect(machine.statistics.leased == 1)
        #expect(words(machine.leaseEnded(1, now: 1)) == ["2 to c1"])
        #expect(machine.statistics.leased == 0)
    }

    // MARK: Waiting

    @Test func waitersAreServedInOrderAndBounded() {
        var machine = open(1, size: 1, depth: 1, maximumWaiters: 2)
        _ = machine.requested(Waiter(id: 1), now: 0)
        #expect(words(machine.requested(Waiter(id: 2), now: 0)).isEmpty)
        #expect(words(machine.requested(Waiter(id: 3), now: 0)).isEmpty)
        #expect(words(machine.requested(Waiter(id: 4), now: 0)) == ["fail 4: 2 callers wait already"])
        #expect(words(machine.completed(1, count: 1, now: 1)) == ["2 to c1"])
    }

    @Test func waitersFailAtTheirDeadline() {
        var machine = open(1, size: 1, depth: 1)
        _ = machine.requested(Waiter(id: 1), now: 0)
        #expect(machine.nextDeadline == nil)
        _ = machine.requested(Waiter(id: 2, deadline: 500), now: 0)
        _ = machine.requested(Waiter(id: 3, deadline: 600), now: 0)
        #expect(machine.nextDeadline == 500)
        #expect(words(machine.timePassed(499)).isEmpty)
        #expect(
            words(machine.timePassed(500)) == [
                "fail 2: 1 of 1 connections, 0 in transactions, were busy all the time"
            ])
        #expect(machine.nextDeadline == 600)
    }

    @Test func aWaiterCanLeave() {
        var machine = open(1, size: 1, depth: 1)
        _ = machine.requested(Waiter(id: 1), now: 0)
        _ = machine.requested(Waiter(id: 2), now: 0)
        #expect(words(machine.cancelled(2)) == ["fail 2: cancelled"])
        #expect(words(machine.cancelled(1)) == ["cancel on c1"], "it was dispatched")
        #expect(machine.statistics.waiting == 0)
    }

    // MARK: Failures to connect

    @Test func aFailedConnectionFailsThoseWhoWait() {
        var machine = machine()
        _ = machine.requested(Waiter(id: 1), now: 0)
        #expect(words(machine.connectFailed(1, failure, now: 10, jitter: 0)) == ["fail 1: refused"])
        #expect(machine.statistics.failedAttempts == 1)
    }

    @Test func afterAFailureThereIsAPause() {
        var machine = machine()
        _ = machine.requested(Waiter(id: 1), now: 0)
        _ = machine.connectFailed(1, failure, now: 10, jitter: 0)
        #expect(words(machine.requested(Waiter(id: 2), now: 50)).isEmpty, "it waits for the pause to end")
        #expect(machine.nextDeadline == 110)
        #expect(words(machine.timePassed(110)) == ["connect 2"])
        #expect(machine.nextDeadline == 1_000, "nothing but its own deadline is left")
        // Twice as long, and not longer than the ceiling.
        _ = machine.connectFailed(2, failure, now: 200, jitter: 0)
        _ = machine.requested(Waiter(id: 3), now: 200)
        #expect(machine.nextDeadline == 400)
        _ = machine.timePassed(400)
        _ = machine.connectFailed(3, failure, now: 400, jitter: 0)
        _ = machine.requested(Waiter(id: 4), now: 400)
        #expect(machine.nextDeadline == 600)
    }

    @Test func aPermanentFailureAnswersAtOnceDuringThePause() {
        var machine = machine()
        _ = machine.requested(Waiter(id: 1), now: 0)
        #expect(words(machine.connectFailed(1, wrongPassword, now: 10, jitter: 0)) == ["fail 1: no"])
        #expect(words(machine.requested(Waiter(id: 2), now: 50)) == ["fail 2: no"])
        #expect(words(machine.requested(Waiter(id: 3), now: 110)) == ["connect 2"])
    }

    @Test func aFailureToGrowHurtsNobody() {
        var machine = open(1, size: 2)
        _ = machine.requested(Waiter(id: 1), now: 0)
        #expect(words(machine.requested(Waiter(id: 2), now: 0)) == ["2 to c1", "connect 2"])
        #expect(words(machine.requested(Waiter(id: 3), now: 0)).isEmpty)
        #expect(words(machine.connectFailed(2, failure, now: 10, jitter: 0)).isEmpty)
        #expect(words(machine.completed(1, count: 1, now: 20)) == ["3 to c1"], "no new attempt during the pause")
    }

    @Test func anotherAttemptUnderWayKeepsThemWaiting() {
        var machine = machine()
        _ = machine.requested(Waiter(id: 1), now: 0)
        _ = machine.requested(Waiter(id: 2), now: 0)
        #expect(words(machine.connectFailed(1, failure, now: 10, jitter: 0)).isEmpty)
        #expect(words(machine.connectFailed(2, failure, now: 10, jitter: 0)) == ["fail 1: refused", "fail 2: refused"])
    }

    // MARK: Connections that go

    @Test func aRetiringConnectionIsReplacedAndGetsNothing() {
        var machine = open(1, size: 1)
        _ = machine.requested(Waiter(id: 1), now: 0)
        #expect(words(machine.connectionRetired(1, now: 1)).isEmpty)
        #expect(words(machine.requested(Waiter(id: 2), now: 2)) == ["connect 2"])
        #expect(machine.statistics.retiring == 1 && machine.statistics.discarded == 1)
        #expect(words(machine.connectionEnded(1, isLost: false, now: 3, jitter: 0)).isEmpty)
        #expect(machine.statistics.lost == 0)
    }

    @Test func thereAreNeverMoreThanTwiceAsMany() {
        var machine = open(1, size: 1)
        _ = machine.connectionRetired(1, now: 0)
        _ = machine.requested(Waiter(id: 1), now: 0)
        _ = machine.connectionMade(2, "c2")
        _ = machine.connectionOpened(2, now: 0)
        _ = machine.connectionRetired(2, now: 0)
        #expect(words(machine.requested(Waiter(id: 2), now: 0)).isEmpty)
        #expect(words(machine.connectionEnded(1, isLost: false, now: 0, jitter: 0)) == ["connect 3"])
    }

    @Test func whatComesBackGoesFirst() {
        var machine = open(1, size: 1, depth: 2)
        _ = machine.requested(Waiter(id: 1), now: 0)
        _ = machine.requested(Waiter(id: 2), now: 0)
        _ = machine.requested(Waiter(id: 3), now: 0)
        #expect(words(machine.connectionRetired(1, now: 0)) == ["connect 2"])
        #expect(words(machine.returned([Waiter(id: 1), Waiter(id: 2)], from: 1, now: 0)).isEmpty)
        #expect(machine.statistics.underWay == 0)
        _ = machine.connectionMade(2, "c2")
        #expect(words(machine.connectionOpened(2, now: 0)) == ["1 to c2", "2 to c2"])
    }

    /// The connection has ended, and its word of that is still on its way.
    @Test func aConnectionThatRefusesIsNotAskedAgain() {
        var machine = open(1, size: 1)
        #expect(words(machine.requested(Waiter(id: 1), now: 0)) == ["1 to c1"])
        #expect(words(machine.returned([Waiter(id: 1)], from: 1, now: 0)) == ["connect 2"])
        #expect(words(machine.connectionEnded(1, isLost: true, now: 0, jitter: 0)).isEmpty)
        #expect(machine.statistics.lost == 1)
    }

    @Test func aServerThatDropsConnectionsIsGivenAPause() {
        var machine = machine(size: 1)
        _ = machine.requested(Waiter(id: 1), now: 0)
        _ = machine.connectionMade(1, "c1")
        _ = machine.connectionOpened(1, now: 0)
        #expect(words(machine.connectionEnded(1, isLost: true, now: 10, jitter: 0)).isEmpty)
        #expect(machine.statistics.lost == 1)
        #expect(words(machine.returned([Waiter(id: 1)], from: 1, now: 10)).isEmpty)
        #expect(machine.nextDeadline == 110)
        #expect(words(machine.timePassed(110)) == ["connect 2"])
    }

    @Test func aConnectionThatServedIsReplacedAtOnce() {
        var machine = open(1, size: 1)
        _ = machine.connectionEnded(1, isLost: true, now: 10, jitter: 0)
        #expect(words(machine.requested(Waiter(id: 1), now: 10)) == ["connect 2"])
    }

    // MARK: Closing

    @Test func closingFailsWhoWaitsAndEndsWithTheLastConnection() {
        var machine = open(1, size: 2, depth: 1)
        _ = machine.requested(Waiter(id: 1), now: 0)
        #expect(words(machine.requested(Waiter(id: 2), now: 0)) == ["connect 2"])
        #expect(words(machine.closed()) == ["fail 2: the pool was closed", "close c1"])
        #expect(words(machine.closed()).isEmpty)
        #expect(words(machine.requested(Waiter(id: 3), now: 0)) == ["fail 3: the pool is closed"])
        // The second was being made meanwhile.
        #expect(words(machine.connectionMade(2, "c2")) == ["close c2"])
        #expect(words(machine.connectionEnded(2, isLost: false, now: 0, jitter: 0)).isEmpty)
        #expect(words(machine.returned([Waiter(id: 1)], from: 1, now: 0)) == ["fail 1: the pool was closed"])
        #expect(words(machine.connectionEnded(1, isLost: false, now: 0, jitter: 0)) == ["ended"])
        #expect(machine.isOver)
    }

    @Test func anUnusedPoolClosesAtOnce() {
        var machine = machine()
        #expect(words(machine.closed()) == ["ended"])
    }
}
