import Coordination
import Hub
import Hummingbird
import Logging
import NIOCore
import Store

/// One client that reads its log as server-sent events.
///
/// One task reads the log and puts text into the outbox, another sends it. What
/// was in the log when the client came is read no faster than the client takes
/// it, so that it may be slow; once it has caught up, the log does not wait for
/// it: with 1 MiB unsent it is cut off, and resumes where it was with
/// `Last-Event-ID`. A client that takes nothing for half a minute while
/// something waits for it is cut off too.
struct FeedStream: Sendable {
    let services: HubServices
    let view: FeedView
    let token: BearerToken
    let connection: StreamConnection?
    let place: Capacity.WaitingPlace

    /// How many entries are read at once. Few enough that large events do not
    /// add up.
    private static let page = 100
    private static let heartbeat = Duration.seconds(15)
    private static let patience = Duration.seconds(30)
    /// The same while there is no more room for what waits for clients.
    private static let patienceWithoutRoom = Duration.seconds(5)
    /// Room for so much is found before the log is read on.
    private static let roomForPage = 64 << 10

    func response(from start: FeedRoutes.Start) -> APIResponse {
        APIResponse(
            status: 200,
            headers: [
                ("content-type", "text/event-stream; charset=utf-8"), ("cache-control", "no-store"),
                ("x-accel-buffering", "no"),
            ],
            body: .stream { writer, body in try await write(to: &writer, from: start, watching: body) })
    }

    /// Ends the reading of the log between two looks at it: a query that is
    /// cut off would cost the pool a connection that others use.
    private struct End: Sendable {
        let flag = Flag()
        let wakeups: Wakeups
        let registration: UInt64

        func set() {
            flag.set()
            wakeups.ring(registration: registration)
        }
    }

    @concurrent
    private func write(
        to writer: inout any ResponseBodyWriter, from start: FeedRoutes.Start, watching body: RequestBody,
    ) async throws {
        services.metrics.streamOpened()
        defer { services.metrics.streamEnded() }
        connection?.limitSendBuffer()
        let outbox = FeedOutbox(budget: services.capacity.streams, unit: view.sharing)
        let end = End(wakeups: services.wakeups, registration: services.wakeups.register(view.keys))
        let watch = services.tokens.watch(token) { end.set() }
        defer {
            services.tokens.unwatch(watch)
            services.wakeups.unregister(end.registration)
        }
        // The client is known to have left the moment it does, not at the next heartbeat.
        try await body.consumeWithInboundCloseHandler { _ in
            try await send(to: &writer, from: start, outbox: outbox, end: end)
        } onInboundClosed: {
            end.set()
            outbox.abandon()
        }
    }

    @concurrent
    private func send(
        to writer: inout any ResponseBodyWriter, from start: FeedRoutes.Start, outbox: FeedOutbox, end: End,
    ) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                defer { outbox.close() }
                do {
                    try await read(into: outbox, from: start, end: end)
                } catch is FeedOutbox.ClientTooSlow {
                    services.metrics.add("hub_feed_streams_cut_off_total")
                    connection?.hangUp()
                }
            }
            do {
                while let text = await outbox.next() {
                    try await writer.write(ByteBuffer(string: text))
                    outbox.sent()
                }
            } catch {
                end.set()
                outbox.abandon()
                try await group.waitForAll()
                throw error
            }
            try await group.waitForAll()
        }
        try await writer.finish(nil)
    }

    private func read(into outbox: FeedOutbox, from start: FeedRoutes.Start, end: End) async throws {
        // A comment opens the stream, so that the client sees it is there.
        outbox.put(view.isDemonstration ? ": \(Demonstration.notice)\n\n" : ": ok\n\n")
        if start.isReset {
            outbox.put("event: reset\nid: 0\ndata: {\"kind\":\"reset\",\"cursor\":\"0\"}\n\n")
        }
        var after = start.after
        var isCatchingUp = true
        var lastPut = ContinuousClock.now
        var putAtOnce = 0
        var lookedAt = ContinuousClock.now
        while !Task.isCancelled, !end.flag.isSet, !services.drain.hasBegun {
            if isCatchingUp {
                try await outbox.waitUntilTaken(atMost: Self.patience)
            } else {
                try await outbox.checkIsFollowing(lastPut: putAtOnce)
            }
            try await waitForRoom(in: outbox, end: end)
            let entries: [LogEntry]
            let isAll: Bool
            do {
                lookedAt = .now
                (entries, isAll) = try await services.page(of: view, after: after, limit: Self.page)
            } catch let error where !(error is CancellationError) {
                // The client resumes; it loses nothing.
                services.logger.warning("feed stream ended", metadata: ["hub_error": "\(SafeDescription.of(error))"])
                return
            }
            let texts = entries.filter(view.shows).map(view.streamed)
            if !texts.isEmpty {
                putAtOnce = texts.reduce(0) { $0 + $1.utf8.count }
                for text in texts { outbox.put(text) }
                lastPut = .now
            }
            if let last = entries.last { after = last.position }
            guard isAll else { continue }
            isCatchingUp = false
            try await idle(after: after, &lastPut, &lookedAt, outbox, end: end)
        }
        if services.drain.hasBegun {
            // Not all of them at once, where another process takes them over.
            outbox.put("retry: \(Int.random(in: Self.comeBackAfter))\n: stopping\n\n")
        }
    }

    /// Waits until the log has grown, or is thought to have, and tells the
    /// client meanwhile that the stream is there.
    private func idle(
        after: Position, _ lastPut: inout ContinuousClock.Instant, _ lookedAt: inout ContinuousClock.Instant,
        _ outbox: FeedOutbox, end: End,
    ) async throws {
        while !Task.isCancelled, !end.flag.isSet, !services.drain.hasBegun {
            if lastPut.duration(to: .now) >= Self.heartbeat {
                outbox.put(": \n\n")
                lastPut = .now
            }
            try outbox.checkIsTaking(within: patience)
            let untilHeartbeat = Self.heartbeat - lastPut.duration(to: .now)
            let isRung = await services.wakeups.wait(
                end.registration, atMost: min(FeedRoutes.safetyNet, untilHeartbeat))
            if isRung { return }
            guard lookedAt.duration(to: .now) >= FeedRoutes.safetyNet else { continue }
            do {
                let look = try await services.logEnds.hasGrown(
                    view.reader, beyond: after, since: lookedAt, by: services.capacity, unit: view.sharing
                ) { try await services.store.logEnd(view.reader) }
                if look.hasGrown { return }
                lookedAt = look.at
            } catch {
                // The next look at the log tells what it is.
                return
            }
        }
    }

    private var patience: Duration {
        hasRoom ? Self.patience : Self.patienceWithoutRoom
    }

    private var hasRoom: Bool {
        services.capacity.streams.has(Self.roomForPage, for: view.sharing, floor: FeedRoutes.pageBytes)
    }

    /// Waits until there is room for what is read next: while other clients of
    /// the unit leave much untaken, the log waits, on disk.
    private func waitForRoom(in outbox: FeedOutbox, end: End) async throws {
        while !hasRoom {
            if Task.isCancelled || end.flag.isSet || services.drain.hasBegun { return }
            try outbox.checkIsTaking(within: Self.patienceWithoutRoom)
            try? await Task.sleep(for: .milliseconds(100))
        }
    }

    /// When those come back whose stream ends with the process, in milliseconds.
    private static let comeBackAfter = 500...2500
}
