import Testing

@testable import PostgresClient

@Suite struct ListenStateMachineTests {
    private func machine() -> ListenStateMachine {
        ListenStateMachine(channels: ["a", "b\"c"], probeChannel: "p", interval: 100, timeout: 10)
    }

    /// A machine that listens since the moment 0.
    private func listening() -> ListenStateMachine {
        var machine = machine()
        _ = machine.connected(now: 0)
        _ = machine.answered(now: 0)
        return machine
    }

    private func echo(_ number: Int) -> PostgresNotification {
        PostgresNotification(channel: "p", payload: String(number))
    }

    @Test func itSubscribesAndAnnounces() {
        var machine = machine()
        #expect(machine.deadline == nil && !machine.expectsAnswer)
        #expect(
            machine.connected(now: 5) == [
                .send("SET synchronous_commit = off; LISTEN \"a\"; LISTEN \"b\"\"c\"; LISTEN \"p\";")
            ])
        #expect(machine.expectsAnswer && machine.deadline == 15)
        #expect(machine.answered(now: 7) == [.announce])
        #expect(!machine.expectsAnswer && machine.deadline == 107)
    }

    @Test func notificationsAreDelivered() {
        var machine = listening()
        let notification = PostgresNotification(channel: "a", payload: "x")
        #expect(machine.notified(notification, now: 1) == [.deliver(notification)])
    }

    @Test(arguments: [true, false]) func anAnswerAndAnEchoProveThatItIsAlive(isEchoFirst: Bool) {
        var machine = listening()
        #expect(machine.timePassed(99).isEmpty)
        #expect(machine.timePassed(100) == [.send("NOTIFY \"p\", '1'")])
        #expect(machine.deadline == 110 && machine.expectsAnswer)
        if isEchoFirst {
            #expect(machine.notified(echo(1), now: 102).isEmpty)
            #expect(machine.answered(now: 103).isEmpty)
        } else {
            #expect(machine.answered(now: 102).isEmpty)
            #expect(!machine.expectsAnswer && machine.deadline == 110)
            #expect(machine.notified(echo(1), now: 103).isEmpty)
        }
        #expect(machine.deadline == 203)
        #expect(machine.timePassed(203) == [.send("NOTIFY \"p\", '2'")])
    }

    @Test func anOldEchoProvesNothing() {
        var machine = listening()
        _ = machine.timePassed(100)
        _ = machine.answered(now: 101)
        #expect(machine.notified(echo(0), now: 102).isEmpty)
        #expect(machine.timePassed(110) == [.giveUp("the server did not answer in time")])
    }

    @Test func silenceIsLossInEachState() {
        var subscribing = machine()
        _ = subscribing.connected(now: 0)
        #expect(subscribing.timePassed(10) == [.giveUp("the server did not answer in time")])
        var probing = listening()
        _ = probing.timePassed(100)
        _ = probing.notified(echo(1), now: 101)
        #expect(probing.timePassed(110) == [.giveUp("the server did not answer in time")])
        #expect(probing.deadline == nil && probing.timePassed(1_000).isEmpty)
        #expect(probing.notified(PostgresNotification(channel: "a", payload: ""), now: 111).isEmpty)
    }

    @Test func aRefusalIsLoss() {
        var machine = machine()
        _ = machine.connected(now: 0)
        #expect(machine.refused(PostgresError(.server, message: "no")) == [.giveUp("no")])
        #expect(machine.answered(now: 1).isEmpty)
    }
}

@Suite struct PostgresSubscriptionTests {
    private func notification(_ payload: Int) -> PostgresNotification {
        PostgresNotification(channel: "c", payload: String(payload))
    }

    @Test func eventsComeInOrder() async {
        let subscription = PostgresSubscription(capacity: 10)
        for number in 0..<3 { subscription.receive(notification(number)) }
        subscription.finish()
        var heard: [PostgresListenEvent] = []
        for await event in subscription { heard.append(event) }
        #expect(heard == (0..<3).map { .notification(notification($0)) })
    }

    @Test func equalNotificationsCoalesceWhileTheyWait() async {
        let subscription = PostgresSubscription(capacity: 10)
        for number in [1, 1, 2, 1] { subscription.receive(notification(number)) }
        var events = subscription.makeAsyncIterator()
        #expect(await events.next() == .notification(notification(1)))
        subscription.receive(notification(1))
        #expect(await events.next() == .notification(notification(2)))
        #expect(await events.next() == .notification(notification(1)))
    }

    @Test func tooManyBecomeOneHintThatSomethingWasMissed() async {
        let subscription = PostgresSubscription(capacity: 2)
        for number in 0..<5 { subscription.receive(notification(number)) }
        subscription.finish()
        var events = subscription.makeAsyncIterator()
        #expect(await events.next() == .mayHaveMissedSomething)
        #expect(await events.next() == nil)
    }

    @Test func aCancelledReaderEnds() async {
        let subscription = PostgresSubscription(capacity: 2)
        let reader = Task {
            var events = subscription.makeAsyncIterator()
            return await events.next()
        }
        reader.cancel()
        #expect(await reader.value == nil)
        subscription.receive(notification(1))
        var events = subscription.makeAsyncIterator()
        #expect(await events.next() == .notification(notification(1)))
    }
}
