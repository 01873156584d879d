import CLibPQ
import Synchronization

/// Asks the server to interrupt whatever a connection runs.
///
/// The request travels over a connection of its own and may arrive late, when
/// the statement has ended and another one runs: after ``interrupt()`` the
/// connection must not take work any more.
///
/// This is the one place that knows how a cancellation is sent.
///
/// Unchecked: nothing changes a `PGcancel` after it was made, and libpq's
/// manual lets any thread use one; the last owner frees it.
/// https://www.postgresql.org/docs/15/libpq-cancel.html
final class PQCanceller: @unchecked Sendable {
    private let pointer: OpaquePointer
    private let isUsed = Atomic(false)

    /// Nil when there is no memory left.
    init?(_ connection: PQConnection) {
        guard let pointer = PQgetCancel(connection.pointer) else { return nil }
        self.pointer = pointer
    }

    deinit {
        PQfreeCancel(pointer)
    }

    /// Sends the request, once, from a thread made for it: `PQcancel` blocks
    /// until the server has closed the connection that carried it.
    func interrupt() {
        guard !isUsed.exchange(true, ordering: .relaxed) else { return }
        // Without a thread the drain deadline ends the matter.
        _ = detachThread(stackSize: 1 << 18, argument: Unmanaged.passRetained(self)) { argument in
            guard let argument else { return nil }
            clibpq_name_thread("pg-cancel")
            Unmanaged<PQCanceller>.fromOpaque(argument).takeRetainedValue().send()
            return nil
        }
    }

    private func send() {
        // What it says of a failure helps nobody: the deadline decides.
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { buffer in
            _ = PQcancel(pointer, buffer.baseAddress, 256)
        }
    }
}
