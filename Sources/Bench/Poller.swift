import CEpoll
import Glibc

/// Waits for many connections at once, by epoll(7): it costs what is ready, not
/// what is watched.
final class Poller {
    private let descriptor = epoll_create1(0)
    private var events = [epoll_event](repeating: epoll_event(), count: 256)
    private var watched: [Int32] = []

    deinit { close(descriptor) }

    /// Watches a descriptor for input; descriptors are numbered in this order.
    func add(_ file: Int32) {
        watched.append(file)
        control(EPOLL_CTL_ADD, index: watched.count - 1, wanted: EPOLLIN.rawValue)
    }

    /// Whether it also waits until the socket takes more, where bytes are left over.
    func watchOutput(_ wanted: Bool, index: Int) {
        control(EPOLL_CTL_MOD, index: index, wanted: EPOLLIN.rawValue | (wanted ? EPOLLOUT.rawValue : 0))
    }

    /// Calls back with the index of each that is ready, after at most so long.
    func wait(milliseconds: Int32, _ ready: (Int) throws -> Void) rethrows {
        let count = epoll_wait(descriptor, &events, Int32(events.count), milliseconds)
        for number in 0..<max(0, Int(count)) { try ready(Int(events[number].data.u32)) }
    }

    private func control(_ operation: Int32, index: Int, wanted: UInt32) {
        var event = epoll_event()
        event.events = wanted
        event.data.u32 = UInt32(index)
        _ = epoll_ctl(descriptor, operation, watched[index], &event)
    }
}
