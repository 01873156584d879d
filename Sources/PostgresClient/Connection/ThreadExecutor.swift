import CLibPQ
import Glibc
import Synchronization

/// A thread of its own on which the jobs of one actor run, one after another.
///
/// libpq blocks; here it may. The thread sleeps in `poll` on the socket its
/// loop names and on an eventfd, and is woken through the eventfd by the first
/// that brings work while it sleeps; whoever brings work while it is awake
/// pays for no system call.
///
/// It lives until ``stop()``, which the actor's end calls: an actor must be
/// able to run jobs as long as anybody refers to it.
final class ThreadExecutor: SerialExecutor {
    /// What the thread's loop waits for.
    enum Interest: Sendable {
        case wait(descriptor: Int32?, forWriting: Bool, deadline: UInt64?)
        /// The loop is over; only jobs are run from now on.
        case finished
    }

    /// What a wait found on the loop's descriptor.
    struct Readiness: Sendable {
        /// There is something to read, or an error to be found by reading.
        var canRead = false
        var canWrite = false
    }

    /// The I/O that shares the thread with the jobs.
    protocol Loop: AnyObject, Sendable {
        /// Whether there is something to do that did not come through the descriptor.
        var hasMail: Bool { get }
        /// Does what there is to do; called on the thread, after each wait.
        func turn(_ readiness: Readiness) -> Interest
    }

    private struct State: ~Copyable {
        var jobs: [UnownedJob] = []
        var loop: (any Loop)?
        var isStopped = false
    }

    private let state = Mutex(State())
    private let isAsleep = Atomic<Bool>(false)
    private let wakeDescriptor: Int32
    private let thread = Atomic<UInt>(0)
    private let name: String

    /// Makes the thread.
    ///
    /// - Throws: ``PostgresError`` with `.connectFailed` when the system has
    ///   no thread or descriptor left.
    init(name: String) throws {
        self.name = name
        wakeDescriptor = clibpq_make_wake_descriptor()
        guard wakeDescriptor >= 0 else {
            throw PostgresError(.connectFailed, message: "no descriptor left: errno \(errno)")
        }
        let status = detachThread(stackSize: 1 << 20, argument: Unmanaged.passRetained(self)) { argument in
            guard let argument else { return nil }
            Unmanaged<ThreadExecutor>.fromOpaque(argument).takeRetainedValue().main()
            return nil
        }
        guard status == 0 else {
            throw PostgresError(.connectFailed, message: "no thread left: errno \(status)")
        }
    }

    deinit {
        Glibc.close(wakeDescriptor)
    }

    /// Runs a loop on the thread, until it says that it is finished.
    func run(_ loop: any Loop) {
        state.withLock { $0.loop = loop }
        wake()
    }

    /// Ends the thread when it has nothing left to run.
    func stop() {
        state.withLock { $0.isStopped = true }
        wake()
    }

    /// Makes the thread look at its mail; a system call only if it sleeps.
    func wake() {
        if isAsleep.exchange(false, ordering: .sequentiallyConsistent) {
            clibpq_wake(wakeDescriptor)
        }
    }

    // MARK: SerialExecutor

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        state.withLock { $0.jobs.append(job) }
        wake()
    }

    func checkIsolated() {
        precondition(isCurrent, "not on the connection's thread")
    }

    func isIsolatingCurrentContext() -> Bool? { isCurrent }

    private var isCurrent: Bool { thread.load(ordering: .relaxed) == UInt(pthread_self()) }

    // MARK: The thread

    private func main() {
        thread.store(UInt(pthread_self()), ordering: .relaxed)
        clibpq_name_thread(name)
        var readiness = Readiness()
        while true {
            let (jobs, loop, isStopped) = takeWork()
            for job in jobs { job.runSynchronously(on: asUnownedSerialExecutor()) }
            var interest = Interest.wait(descriptor: nil, forWriting: false, deadline: nil)
            if let loop {
                interest = loop.turn(readiness)
                if case .finished = interest { state.withLock { $0.loop = nil } }
            }
            if isStopped, loop == nil, jobs.isEmpty { return }
            readiness = wait(interest, loop: loop)
        }
    }

    private func takeWork() -> ([UnownedJob], (any Loop)?, Bool) {
        state.withLock { state in
            let jobs = state.jobs
            if !jobs.isEmpty { state.jobs.removeAll(keepingCapacity: true) }
            return (jobs, state.loop, state.isStopped)
        }
    }

    private func wait(_ interest: Interest, loop: (any Loop)?) -> Readiness {
        guard case .wait(let descriptor, let forWriting, let deadline) = interest else { return Readiness() }
        return sleep(on: descriptor, forWriting: forWriting, deadline: deadline) {
            (loop?.hasMail ?? false)
                || state.withLock {
                    !$0.jobs.isEmpty || ($0.isStopped && $0.loop == nil) || (loop == nil && $0.loop != nil)
                }
        }
    }

    /// Blocks a job until the descriptor is ready, the deadline has passed or
    /// somebody calls ``wake()``; not at all when `hasWork` says so.
    ///
    /// - Precondition: called on the thread.
    func block(
        on descriptor: Int32, forWriting: Bool, deadline: UInt64?, unless hasWork: () -> Bool,
    ) -> Readiness {
        precondition(isCurrent, "not on the connection's thread")
        return sleep(on: descriptor, forWriting: forWriting, deadline: deadline, unless: hasWork)
    }

    /// Sleeps until there is something to do.
    ///
    /// "Asleep" is announced before the last look for work: whoever brings
    /// work after that look sees it and writes to the eventfd.
    private func sleep(
        on descriptor: Int32?, forWriting: Bool, deadline: UInt64?, unless hasWork: () -> Bool,
    ) -> Readiness {
        isAsleep.store(true, ordering: .sequentiallyConsistent)
        let timeout = hasWork() ? 0 : Self.milliseconds(until: deadline)
        var descriptors = (
            pollfd(fd: wakeDescriptor, events: Int16(POLLIN), revents: 0),
            pollfd(fd: descriptor ?? -1, events: Int16(POLLIN | (forWriting ? POLLOUT : 0)), revents: 0)
        )
        let found = withUnsafeMutableBytes(of: &descriptors) { bytes in
            poll(bytes.assumingMemoryBound(to: pollfd.self).baseAddress, 2, timeout)
        }
        isAsleep.store(false, ordering: .sequentiallyConsistent)
        guard found > 0 else { return Readiness() }
        if descriptors.0.revents != 0 { clibpq_clear_wake(wakeDescriptor) }
        let events = Int32(descriptors.1.revents)
        return Readiness(
            canRead: events & (POLLIN | POLLHUP | POLLERR | POLLNVAL) != 0, canWrite: events & POLLOUT != 0)
    }

    /// Rounded up, so that a deadline has passed when the wait is over.
    private static func milliseconds(until deadline: UInt64?) -> Int32 {
        guard let deadline else { return -1 }
        let now = monotonicNanoseconds()
        return deadline <= now ? 0 : Int32(clamping: (deadline - now + 999_999) / 1_000_000)
    }
}

/// Starts a detached thread that owns its argument; returns 0, or an errno
/// and releases the argument.
func detachThread<Argument: AnyObject>(
    stackSize: Int, argument: Unmanaged<Argument>,
    main: @convention(c) (UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer?,
) -> Int32 {
    var attributes = pthread_attr_t()
    pthread_attr_init(&attributes)
    defer { pthread_attr_destroy(&attributes) }
    pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
    pthread_attr_setstacksize(&attributes, stackSize)
    var handle = pthread_t()
    let status = pthread_create(&handle, &attributes, main, argument.toOpaque())
    if status != 0 { argument.release() }
    return status
}

/// The system's monotonic clock.
func monotonicNanoseconds() -> UInt64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
}
