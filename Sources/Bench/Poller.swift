import Glibc

/// Waits for many connections at once.
///
/// poll(2), not epoll: some sixty descriptors cost a microsecond to walk, and
/// nearly all are ready whenever one is.
final class Poller {
    private var watched: [pollfd] = []

    /// Watches a descriptor for input; descriptors are numbered in this order.
    func add(_ descriptor: Int32) {
        watched.append(pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0))
    }

    /// Whether it also waits until the socket takes more, where bytes are left over.
    func watchOutput(_ wanted: Bool, index: Int) {
        watched[index].events = Int16(wanted ? POLLIN | POLLOUT : POLLIN)
    }

    /// The indices of what is ready, after at most so long.
    func wait(milliseconds: Int32) -> [Int] {
        guard poll(&watched, nfds_t(watched.count), milliseconds) > 0 else { return [] }
        return watched.indices.filter { watched[$0].revents != 0 }
    }
}
