import CloudEvents
import Foundation
import HubClient
import Synchronization

/// Everything that was answered over one database, in memory and line by line
/// in a file.
final class Ledger: Sendable {
    /// An event that the hub has said it stored.
    struct Stored: Sendable, Hashable {
        var position: Int64
        /// The duties of its recipients by unit; nil for those merely informed.
        var duties: [String: Int64?]
    }

    /// A delivery handed to a worker.
    struct Handing: Sendable {
        var delivery: Int64
        var attempt: Int
        /// When the call was sent that fetched it.
        var askedAt: ContinuousClock.Instant
        /// The lease by the database's clock, in microseconds; one that was
        /// extended ended later.
        var begin: Int64
        var end: Int64
        var isGivenBack = false
    }

    /// What happened to one consumer's deliveries.
    struct Account: Sendable {
        var handings: [Handing] = []
        /// Deliveries whose acknowledgement was answered with `acked`, and when.
        var acknowledged: [Int64: ContinuousClock.Instant] = [:]
        /// Those with any answer that says they are done.
        var settled: Set<Int64> = []
    }

    struct Book: Sendable {
        var sent: Set<String> = []
        var stored: [String: Stored] = [:]
        /// Duties with the officer whose signature was answered.
        var signatures: [Int64: String] = [:]
        var consumers: [String: Account] = [:]
        /// What each follower of a unit's log has received, in its order.
        var followed: [String: [Int64]] = [:]
        /// Steps that sweeps have said they fired.
        var stepsFired = 0
        var findings: [String] = []
        /// Why something was sent again, and how often.
        var repetitions: [String: Int] = [:]
        var answers = 0
    }

    private let book = Mutex(Book())
    private let file: Int32
    private let began = ContinuousClock.now
    /// When events were answered, for the rate.
    let rate = RateMeter()

    /// A ledger that writes to a file, at its end.
    init(file path: String) throws {
        file = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw ChaosFailure("the ledger \(path) cannot be written: errno \(errno)") }
    }

    deinit { close(file) }

    /// All of it as it stands.
    var whole: Book { book.withLock { $0 } }

    /// Changes the book and writes a line.
    func write(_ line: JSONObject? = nil, _ change: (inout Book) -> Void) {
        book.withLock { book in
            change(&book)
            guard var line else { return }
            line["t"] = .thousandths(began.duration(to: .now).inSeconds)
            var bytes = JSONValue.object(line).encodedBytes()
            bytes.append(0x0A)
            _ = Glibc.write(file, bytes, bytes.count)
        }
    }

    /// Something that must not be was seen.
    func find(_ what: String) {
        write(["finding": .string(what)]) { $0.findings.append(what) }
    }

    /// Something has to be sent again, because of what came after so long.
    func note(repetition error: HubClientError, of what: String, atHub hub: Int, after time: Duration) {
        let code = error.status.map { "\($0) \(error.code)" } ?? error.code
        write([
            "again": .string(what), "because": .string(code), "hub": .integer(Int64(hub)),
            "after": .thousandths(time.inSeconds),
        ]) { $0.repetitions[code, default: 0] += 1 }
    }

    // MARK: - What is answered

    func isSending(_ ids: [String]) {
        write(["sent": .array(ids.map { .string($0) })]) { $0.sent.formUnion(ids) }
    }

    /// A receipt was answered; a second one must be the first again.
    func keep(_ stored: Stored, of id: String) {
        write([
            "stored": .string(id), "position": .integer(stored.position),
            "duties": .array(stored.duties.values.compactMap { $0 }.sorted().map { .integer($0) }),
        ]) { book in
            book.answers += 1
            if let before = book.stored[id], before != stored {
                book.findings.append("event \(id) was answered twice and differently: \(before), then \(stored)")
            }
            book.stored[id] = stored
        }
    }

    func keep(signature duty: Int64, by officer: String) {
        write(["signed": .integer(duty), "officer": .string(officer)]) { book in
            book.answers += 1
            book.signatures[duty] = officer
        }
    }

    func keep(stepsFired: Int) {
        guard stepsFired > 0 else { return }
        write(["stepsFired": .integer(Int64(stepsFired))]) { $0.stepsFired += stepsFired }
    }

    // MARK: - Deliveries

    /// Deliveries were handed out.
    ///
    /// - Returns: where they stand in the account.
    func keep(handings: [Handing], of consumer: String) -> [Int] {
        var places: [Int] = []
        write([
            "consumer": .string(consumer), "handed": .array(handings.map { .integer($0.delivery) }),
        ]) { book in
            for handing in handings {
                if let done = book.consumers[consumer]?.acknowledged[handing.delivery], done < handing.askedAt {
                    book.findings.append(
                        "\(consumer): delivery \(handing.delivery) was handed out again after its acknowledgement")
                }
                book.consumers[consumer, default: Account()].handings.append(handing)
                places.append((book.consumers[consumer]?.handings.count ?? 1) - 1)
            }
        }
        return places
    }

    /// A worker was answered about a delivery it had been handed.
    func keep(result: String, to act: String, of delivery: Int64, consumer: String) {
        write([
            "consumer": .string(consumer), "delivery": .integer(delivery), act: .string(result),
        ]) { book in
            switch (act, result) {
            case ("ack", "acked"):
                if book.consumers[consumer]?.acknowledged[delivery] != nil {
                    book.findings.append("\(consumer): delivery \(delivery) was acknowledged twice")
                }
                book.consumers[consumer]?.acknowledged[delivery] = .now
                book.consumers[consumer]?.settled.insert(delivery)
            case (_, "already-acked"): book.consumers[consumer]?.settled.insert(delivery)
            case ("extend", "extended"), ("nack", "nacked"), (_, "stale"): break
            default:
                book.findings.append("\(consumer): delivery \(delivery), \(act) was answered \(result)")
            }
        }
    }

    /// A worker is about to give a delivery back, heard or not.
    func isGivingBack(_ place: Int, of consumer: String) {
        write { $0.consumers[consumer]?.handings[place].isGivenBack = true }
    }

    // MARK: - Logs

    /// A follower received entries of its log.
    func keep(cursors: [Int64], of follower: String) {
        write(["follower": .string(follower), "cursors": .array(cursors.map { .integer($0) })]) { book in
            for cursor in cursors {
                if let last = book.followed[follower]?.last, last >= cursor {
                    book.findings.append("\(follower): \(cursor) came after \(last)")
                }
                book.followed[follower, default: []].append(cursor)
            }
        }
    }

    /// The last entry that a follower received; 0 before the first.
    func followed(_ follower: String) -> Int64 {
        book.withLock { $0.followed[follower]?.last ?? 0 }
    }

    /// Forgets what a round's checks have seen to be right, so that the next
    /// round's begin anew.
    ///
    /// - Returns: the findings so far.
    func takeFindings() -> [String] {
        book.withLock { book in
            defer { book.findings = [] }
            return book.findings
        }
    }
}
